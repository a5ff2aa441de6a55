"""Signing in at work, at a customer's own issuer: the way there, the way back, and the way out.

What an issuer is believed is in `models.exchange.oidc`; how one is set up at the desk, in `routes.customers.sign_on`.
"""
