"""Stories of orders: writing, finding and following them, their messages and news.

The bookings for an order are tested in `tests.bookings`.
"""
