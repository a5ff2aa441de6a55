"""The provider's desk: what staff look after, across customers, and do for one of them at a time (decision 0025)."""

from routes.desk import customers, notices, overview, plans, reports, users, viewings

__all__ = ["customers", "notices", "overview", "plans", "reports", "users", "viewings"]
