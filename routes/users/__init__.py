"""Brukere of a customer: who can sign in and what they may do, for the customer's own administrators and at the desk.

What users do with their own password and sessions is in `routes.session`.
"""
