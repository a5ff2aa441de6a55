"""The provider's desk: what staff look after, across customers, and do for one of them at a time (decision 0025)."""

from routes.desk import customers, deliveries, mail, order_messages, orders, overview, viewings

__all__ = ["customers", "deliveries", "mail", "order_messages", "orders", "overview", "viewings"]
