"""Stories of a customer's own administrators.

What the desk does with the users of a customer is tested in `tests.customers`.
"""
