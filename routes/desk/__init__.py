"""The provider's desk: what staff look after, across customers, and do for one of them at a time (decision 0025)."""

from routes.desk import (
    attendances,
    booking_changes,
    bookings,
    customers,
    deliveries,
    mail,
    new_booking,
    notices,
    order_messages,
    orders,
    overview,
    plans,
    reports,
    slots,
    users,
    viewings,
)

__all__ = [
    "attendances",
    "booking_changes",
    "bookings",
    "customers",
    "deliveries",
    "mail",
    "new_booking",
    "notices",
    "order_messages",
    "orders",
    "overview",
    "plans",
    "reports",
    "slots",
    "users",
    "viewings",
]
