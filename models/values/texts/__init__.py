"""Texts as they come from elsewhere: how their letters are written, and what in them cannot be seen.

What a text means does not live here: the other modules of `models.values` read it.
"""
