"""Bookings (timeavtaler): rounds of times that the provider offers, how they are published and changed.

Who sits on the times is in `models.bookings.sign_ups`; how they look to a calendar, in `models.exchange.calendars`.
"""
