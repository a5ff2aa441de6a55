"""How what somebody types is compared with what is written: `pieces` of words, and the `passages` in which they stand.

How texts are folded is in `models.values.texts.folding`; which columns are asked, is said beside each thing.
"""
