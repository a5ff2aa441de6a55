"""Users, their rights, sessions and passwords, and what slows down who guesses them.

The customers and units that rights are given in are in `models.customers`.
"""
