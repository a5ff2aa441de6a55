"""Loggen: who did what in a customer's portal and when, for its administrators and at the desk.

How an entry is written is in `models.core.audit`; what was changed of staff, in `routes.staff`.
"""
