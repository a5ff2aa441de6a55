"""Bookings at the provider's desk: publishing them, changing their times, and who came.

What a customer's users do with a booking is one folder up.
"""
