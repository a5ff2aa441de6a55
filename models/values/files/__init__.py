"""Files that people send to the portal, whatever they belong to: which kinds are kept, and how one is given back.

Lists that are read and then thrown away are in `models.exchange.sheets`.
"""
