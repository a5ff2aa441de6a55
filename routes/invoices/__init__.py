"""Fakturaer: the search and its exports, one invoice as page, PDF and original, and the statement.

How invoices come into the portal is no page: `models.exchange.ehf`.
"""
