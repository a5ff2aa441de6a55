"""The people of one customer at the desk: found, and added in the customer's stead.

What a customer's users do with their employees is one folder up.
"""
