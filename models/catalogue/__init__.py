"""The provider's catalogue: its words for the statuses and product groups of orders, and what each status means.

The orders that have them are in `models.orders`.
"""
