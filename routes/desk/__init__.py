"""The provider's desk: what staff look after, across customers, and do for one of them at a time (decision 0025)."""

from routes.desk import customers, orders, overview, viewings

__all__ = ["customers", "orders", "overview", "viewings"]
