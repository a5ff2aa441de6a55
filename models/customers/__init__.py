"""Customers (kunder), the tree of their units (bedrifter, avdelinger), and who serves them.

Their users and rights are in `models.users`; the walls between customers, in `models.core.walls`.
"""
