"""The provider's desk: what staff look after, across customers, and do for one of them at a time (decision 0025)."""

from routes.desk import (
    attendances,
    booking_changes,
    bookings,
    customers,
    new_booking,
    overview,
    slots,
    viewings,
)

__all__ = [
    "attendances",
    "booking_changes",
    "bookings",
    "customers",
    "new_booking",
    "overview",
    "slots",
    "viewings",
]
