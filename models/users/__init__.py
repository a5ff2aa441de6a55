"""Users, their rights, sessions and passwords, and what slows down guessing.

The customers and units that rights are given in are in `models.customers`.
"""
