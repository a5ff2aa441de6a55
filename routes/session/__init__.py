"""Signing in and out, changing between customers, and all ways to another password.

Who a request is from is found in `routes.web.entrance`; who may have an account, in `routes.customers`.
"""
