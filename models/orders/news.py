"""What the provider is told of orders: a new one, a message, a cancellation.

How it is told, is in `models.conversations.news`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.conversations.news import News, Told, tell_of
from models.orders.order import Order

PLACED, MESSAGE, CANCELLATION = "order_placed", "order_message", "order_cancelled"
"""The kinds of news, and of the letters that tell one of them alone."""


def tell_provider(
    db: Session, told: Told, *, kind: str, order: Order, facts: dict[str, Any], now: datetime, author: str = ""
) -> None:
    """Tell the provider of something about an order, in the transaction in which it happened."""
    tell_of(db, told, News(kind, order, {"order_number": order.number}, author), facts=facts, now=now)
