"""Everything that the portal holds of one employee: which columns those are, and how they are read for a file.

How the file looks is in `routes/log/disclosures.py`; how people are erased, in `models.operations.erasure`.
"""
