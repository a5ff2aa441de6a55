"""A customer's own issuer, at which its users sign in: which one it is, and whom it has vouched for.

What it is asked and believed is in `models.exchange.oidc`; what changes of these rows, in `models.users.sign_on`.
"""
