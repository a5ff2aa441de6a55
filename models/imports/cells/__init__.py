"""What the columns of an imported list mean, and what dates, states and units in their cells say.

What a whole row says is in `models.imports.reading`; the questions that a column leaves open, in
`models.imports.questions`.
"""
