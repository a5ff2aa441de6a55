"""Notices (oppslag): what the provider says to customers on Info, for a while, and how they are found.

News to account managers are letters, and in `models.orders`.
"""
