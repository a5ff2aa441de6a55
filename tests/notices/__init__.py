"""Stories of notices, from the desk to Info.

News to account managers are tested in `tests.orders`.
"""
