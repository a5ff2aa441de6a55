"""What is done with a customer's issuer: set up at the desk, and believed about whom it means.

The tables are in `models.users.issuers`; what is asked of an issuer, in `models.exchange.oidc`.
"""
