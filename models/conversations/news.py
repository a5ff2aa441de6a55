"""News for the provider: a letter for each, or one letter each working morning, as each account manager wishes (NB10).

For those who wish the second, the news wait in a table, written in the transaction of the change instead of the letter;
`models.desk.morning_letters` posts them. Which news there are of a thing, it says itself: `models.orders.news`,
`models.invoices.messages`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Thing
from models.core.base import Base, Moment
from models.core.clock import today_in_oslo
from models.core.scope import CustomerOwned
from models.customers.account_managers import AccountManager, MailWish
from models.customers.stand_ins import reader_of_letters
from models.customers.units import account_manager_of
from models.outbox.message import Outgoing, post
from models.users.sessions import SignedIn
from models.users.user import Role, User


class WaitingNews(CustomerOwned, Base):
    """Something an account manager is told of in the next morning's letter; gone once that is posted.

    It names the order or the invoice; what was written on it stands in the portal alone.
    """

    __tablename__ = "waiting_news"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoices.customer_id", "invoices.id"]),
        CheckConstraint("(order_number IS NULL) <> (invoice_id IS NULL)", name="about"),
        Index(None, "account_manager_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_manager_id: Mapped[int] = mapped_column(ForeignKey("account_managers.id"))
    kind: Mapped[str] = mapped_column(String(20))
    order_number: Mapped[int | None]
    invoice_id: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(200), default="")
    """Who wrote, or who cancelled."""
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Told:
    """Who of the provider's is told of something about an order or an invoice."""

    manager: AccountManager | None
    """Whose customer it is."""
    reader: AccountManager | None
    """Who reads it: the manager, or whoever stands in."""
    others: tuple[tuple[str, str], ...] = ()
    """Where there is no manager, the addresses to which it goes instead, each with a name or without."""

    @property
    def somebody(self) -> bool:
        """Whether anybody is told at all."""
        return self.reader is not None or bool(self.others)

    def besides(self, writer: SignedIn) -> "Told":
        """The same without whoever wrote it, who knows."""
        reader = None if self.reader and self.reader.id == writer.account_manager_id else self.reader
        return replace(self, reader=reader, others=tuple(one for one in self.others if one[1] != writer.email))


def who_is_told(db: Session, unit_id: int, *, fallback: str | None, now: datetime) -> Told:
    """Who is told of what happens in a unit: its account manager, or else `fallback`, or else every administrator."""
    manager = account_manager_of(db, unit_id)
    if manager is not None:
        return Told(manager, reader_of_letters(db, manager, today_in_oslo(now)))
    if fallback:
        return Told(None, None, (("", fallback),))
    found = select(User.full_name, User.email).where(User.role == Role.ADMINISTRATOR, User.active).order_by(User.id)
    return Told(None, None, tuple((name, email) for name, email in db.execute(found)))


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened: its kind, what it is about, by which of its columns, and who did it."""

    kind: str
    """Also of the letter that tells it alone."""
    about: Thing
    named: Mapping[str, int]
    author: str = ""


def tell_of(db: Session, told: Told, news: News, *, facts: dict[str, Any], now: datetime) -> None:
    """Tell the provider of something, in the transaction in which it happened.

    Whoever reads the letters of an account manager gets them as that one wishes.
    """
    if told.manager is None or told.reader is None:
        for name, email in told.others:
            addressed_to = {"to_name": name, "stands_in_for": "", "is_unserved": True}
            post(db, Outgoing.letter(news.about, news.kind, facts | addressed_to, now, to=email))
    elif told.reader.mail_wish == MailWish.MORNING:
        db.add(
            WaitingNews(
                customer_id=news.about.customer_id,
                account_manager_id=told.manager.id,
                kind=news.kind,
                author=news.author,
                at=now,
                **news.named,
            )
        )
    else:
        letter = facts | addressed(told.reader, told.manager)
        post(db, Outgoing.letter(news.about, news.kind, letter, now, to=told.reader.email))


def addressed(reader: AccountManager, manager: AccountManager) -> dict[str, str]:
    """What a letter to an account manager says of who reads it: the name, and for whom that one stands in."""
    return {"to_name": reader.name, "stands_in_for": "" if reader.id == manager.id else manager.name}
