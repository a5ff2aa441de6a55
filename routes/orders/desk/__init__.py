"""Orders at the provider's desk: found across customers, given a status, answered, and written in a customer's stead.

What a customer's users do with an order is one folder up.
"""
