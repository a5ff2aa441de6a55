"""Orders (bestillinger): what a customer asked for, its progress, its messages, and the news of them.

The bookings that are made for an order are in `models.bookings`.
"""
