"""Medarbeidere at the desk: the provider's own staff, looked after by those who are administrators.

What an account manager chooses for oneself, such as when letters come, is in `routes.desk`.
"""
