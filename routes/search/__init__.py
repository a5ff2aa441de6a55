"""Søk: one box for whatever somebody has in the hand: `page` for a customer's users, `desk` for the provider's staff.

How each kind of thing is found is said where it is: `models.orders.search`, `models.invoices.search` and the like.
"""
