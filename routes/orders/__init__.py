"""Orders (bestillinger): the search, the form, an order's page and its messages, on either side.

The bookings for an order are made in `routes.bookings.desk`.
"""
