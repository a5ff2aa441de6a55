"""Stories of bookings, sign-ups, distributions, reminders and calendars, at the customer and at the desk.

The frame around their pages is tested in `tests.web`.
"""
