"""The columns of an imported list: what they mean, and what dates, states and units in them say.

What a whole row says is in `models.imports.reading`; the questions that a column leaves open, in
`models.imports.questions`.
"""
