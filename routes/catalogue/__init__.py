"""Katalog at the desk: the provider's words for the statuses and product groups of orders."""
