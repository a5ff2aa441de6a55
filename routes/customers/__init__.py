"""Customers at the provider's desk: their pages, units, users, and seeing the portal as they do.

Which unit a form of a customer's own is about is chosen in `routes.units`.
"""
