"""Notices (oppslag): what the provider says to customers on Info, for a while, and how they are found.

News for account managers are in `models.orders`.
"""
