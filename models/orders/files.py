"""Files on an order: what came with it, or with one of its messages.

What all files share is in `models.conversations.files`.
"""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from models.conversations.files import SIZE, Attached, Files
from models.core.base import Base
from models.orders.order import Order


class OrderFile(Attached, Base):
    """One file; until its form is sent, it belongs to no order yet. Without a message it came with the order itself."""

    __tablename__ = "order_files"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        ForeignKeyConstraint(
            ["customer_id", "order_number", "message_id"],
            ["order_messages.customer_id", "order_messages.order_number", "order_messages.id"],
        ),
        CheckConstraint(SIZE, name="size"),
        CheckConstraint("message_id IS NULL OR order_number IS NOT NULL", name="message"),
        Index(None, "customer_id", "order_number", "message_id"),
        Index(None, "user_id", "at"),
        Index(None, "at"),
    )

    order_number: Mapped[int | None]
    """None while its form is still being written."""


ON_ORDERS = Files(OrderFile, OrderFile.order_number, Order.number)
