"""The provider's desk: what staff look after, across customers, and do for one of them at a time (decision 0025)."""

from routes.desk import (
    customers,
    mail,
    new_customer,
    notices,
    order_messages,
    orders,
    overview,
    plans,
    reports,
    units,
    users,
    viewings,
)

__all__ = [
    "customers",
    "mail",
    "new_customer",
    "notices",
    "order_messages",
    "orders",
    "overview",
    "plans",
    "reports",
    "units",
    "users",
    "viewings",
]
