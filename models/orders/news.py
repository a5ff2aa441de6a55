"""News for account managers: a letter for each, or one letter each working morning, as each of them wishes (NB10).

For those who wish the second, the news wait in a table, written in the transaction of the change instead of the letter;
`models.orders.morning_letters` posts them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Identity, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.clock import today_in_oslo
from models.core.scope import CustomerOwned
from models.customers.account_managers import AccountManager, MailWish
from models.customers.stand_ins import reader_of_letters
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
) -> AccountManager:
    """Tell an account manager of something about an order, in the transaction in which it happened; who reads it.

    That is whoever stands in, who gets it as that one wishes.
    """
    reader = reader_of_letters(db, manager, today_in_oslo(now))
    if reader.mail_wish == MailWish.MORNING:
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
    else:
        post(db, Outgoing.letter(order, kind, facts | addressed(reader, manager), now, to=reader.email))
    return reader


def addressed(reader: AccountManager, manager: AccountManager) -> dict[str, str]:
    """What a letter to an account manager says of who reads it: the name, and for whom that one stands in."""
    return {"to_name": reader.name, "stands_in_for": "" if reader.id == manager.id else manager.name}
