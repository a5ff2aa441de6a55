"""Bookings for a customer: the list, a booking's page, sign-ups, calendars, and the employee's own page.

What the provider does with bookings is in `desk`.
"""
