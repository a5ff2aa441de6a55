"""Chores: what takes longer than a visit. It is asked for in the visit, and done afterwards, piece by piece.

What there is to do in each kind of them lies with the thing: `models.imports.chores`, `models.checks.chores`.
"""
