"""What becomes of the rows of a list: what the portal knows already, whom each row is about, and what it would change.

What a row says is read in `models.imports.reading`; how a list is applied is in `models.imports.application`.
"""
