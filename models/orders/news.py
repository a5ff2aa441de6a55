"""News for account managers: a letter for each, or one letter each working morning, as each of them wishes (NB10).

For those who wish the second, the news wait in a table, written in the transaction of the change instead of the letter;
`models.orders.morning_letters` posts them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Identity, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.customers.account_managers import AccountManager, MailWish
from models.orders.order import Order
from models.outbox.message import Outgoing, post

PLACED, MESSAGE = "order_placed", "order_message"
"""The kinds of news, and of the letters that tell one of them alone."""


class WaitingNews(CustomerOwned, Base):
    """Something an account manager is told of in the next morning's letter; gone once that is posted.

    It names the order; what was written on it stands in the portal alone.
    """

    __tablename__ = "waiting_news"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        Index(None, "account_manager_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_manager_id: Mapped[int] = mapped_column(ForeignKey("account_managers.id"))
    kind: Mapped[str] = mapped_column(String(20))
    order_number: Mapped[int]
    author: Mapped[str] = mapped_column(String(200), default="")
    """Who wrote, of a message."""
    at: Mapped[datetime] = mapped_column(Moment)


def tell_manager(
    db: Session,
    manager: AccountManager,
    *,
    kind: str,
    order: Order,
    facts: dict[str, Any],
    now: datetime,
    author: str = "",
) -> None:
    """Tell an account manager of something about an order, in the transaction in which it happened."""
    if manager.mail_wish == MailWish.MORNING:
        db.add(
            WaitingNews(
                customer_id=order.customer_id,
                account_manager_id=manager.id,
                kind=kind,
                order_number=order.number,
                author=author,
                at=now,
            )
        )
        return
    post(db, Outgoing.letter(order, kind, facts, now, to=manager.email))
