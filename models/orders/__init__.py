"""Orders (bestillinger): what a customer asked for, how it gets on, its messages, and the news of them.

The bookings that are made for an order are in `models.bookings`.
"""
