"""Messages on an order: what the customer and the provider write to each other about it, oldest first.

A message is never changed. Who gets a letter about it is decided here; its words are in the templates `order_message`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.alerts.kinds import Kind
from models.alerts.waiting import at_once
from models.core.audit import Actor, Change, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.units import Unit, paths_down_to
from models.orders.files import NOTHING, Chosen, FileRow, attach, digests_of
from models.orders.news import MESSAGE, tell_provider, who_is_told
from models.orders.order import Order
from models.outbox.message import Outgoing, post
from models.users.sessions import SignedIn
from models.users.user import Grant, User

LONGEST = 2000
"""Characters of a message."""
KEPT = timedelta(days=3 * 365)
"""For how long a message is kept: as long as a claim about what it is about can be made (docs/privacy.md)."""


class Side(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    PROVIDER = "provider"


class OrderMessage(CustomerOwned, Base):
    """One message on an order."""

    __tablename__ = "order_messages"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        UniqueConstraint("user_id", "idempotency_key"),
        CheckConstraint("side IN ('customer', 'provider')", name="side"),
        Index(None, "customer_id", "order_number", "id", unique=True),  # what files refer to
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_number: Mapped[int]
    side: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(200))
    """The full name, as it was then."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None where the CRM told of it."""
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    unanswered: Mapped[bool] = mapped_column(default=False)
    """Whether the customer wrote it and the provider has written nothing since."""


# Small, however long the history of what was answered is.
_unanswered = OrderMessage.unanswered.is_(True)
Index("ix_order_messages_unanswered", OrderMessage.id, postgresql_where=_unanswered, sqlite_where=_unanswered)


class AlreadySent(Exception):
    """The form was already sent once, with another text or other files."""


def write_message(
    db: Session,
    order: Order,
    text: str,
    *,
    by: SignedIn,
    key: str,
    fallback: str | None,
    now: datetime,
    chosen: Chosen = NOTHING,
) -> int:
    """Add a message of a user to an order, with its files, and tell the other side; returns its id.

    It is the provider's where the user is staff. The same form (the same `key`, text and files) sent again is the same
    message. Whoever is told where the customer has no account manager is `fallback`, or every administrator. Raises
    AlreadySent where the key was used for other content.
    """
    sent = _sent_with(db, by.user_id, key, order=order, text=text, chosen=chosen)
    if sent is not None:
        return sent
    message = _message(order, text, by=by, key=key, now=now)
    try:
        with db.begin_nested():
            add_message(db, message)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        sent = _sent_with(db, by.user_id, key, order=order, text=text, chosen=chosen)
        if sent is None:
            raise
        return sent
    record(db, Change.of(order, "message", by=by, at=now))
    files = attach(db, order, chosen, message_id=message.id, by=by, key=key, now=now)
    _tell_others(db, order, message, files, author_email=by.email, fallback=fallback, now=now)
    _tell_crm(db, order, message, files, now=now)
    return message.id


def _message(order: Order, text: str, *, by: SignedIn, key: str, now: datetime) -> OrderMessage:
    side = Side.CUSTOMER if by.account_manager_id is None else Side.PROVIDER
    return OrderMessage(
        customer_id=order.customer_id,
        order_number=order.number,
        side=side.value,
        author=by.full_name,
        user_id=by.user_id,
        idempotency_key=key,
        text=text,
        at=now,
    )


def take_over_message(
    db: Session, order: Order, text: str, *, author: str, at: datetime, by: Actor, now: datetime
) -> OrderMessage:
    """Add a message of the provider's that was written in the CRM; users are told of it, the CRM is not."""
    message = OrderMessage(
        customer_id=order.customer_id,
        order_number=order.number,
        side=Side.PROVIDER.value,
        author=author,
        text=text,
        at=at,
    )
    add_message(db, message)
    record(db, Change.of(order, "message", by=by, at=now))
    _tell_others(db, order, message, [], author_email=None, fallback=None, now=now)
    return message


def add_message(db: Session, message: OrderMessage) -> None:
    """Write a message, and with one of the provider's note that those before it are answered."""
    message.unanswered = message.side == Side.CUSTOMER
    if message.side == Side.PROVIDER:
        _answer(db, message.order_number)
    db.add(message)
    db.flush()


def _answer(db: Session, order_number: int) -> bool:
    """Note that nobody waits for an answer on an order any more; False where nobody did."""
    waited = db.scalars(
        update(OrderMessage)
        .where(OrderMessage.order_number == order_number, OrderMessage.unanswered.is_(True))
        .values(unanswered=False)
        .returning(OrderMessage.id),
        execution_options={"synchronize_session": False},
    ).all()
    return bool(waited)


def needs_no_answer(db: Session, order: Order, *, by: SignedIn, now: datetime) -> None:
    """What the customer wrote last, such as thanks, asks for no answer: it is off the desk's overview."""
    if _answer(db, order.number):
        record(db, Change.of(order, "no answer", by=by, at=now))


def _sent_with(db: Session, user_id: int, key: str, *, order: Order, text: str, chosen: Chosen) -> int | None:
    sent = db.execute(
        select(OrderMessage.id, OrderMessage.order_number, OrderMessage.text).where(
            OrderMessage.user_id == user_id, OrderMessage.idempotency_key == key
        )
    ).one_or_none()
    if sent is None:
        return None
    files = digests_of(db, sent.order_number, sent.id)
    if (sent.order_number, sent.text, files) != (order.number, text, chosen.digests):
        raise AlreadySent("the form was sent before with another text, or other files")
    return int(sent.id)


def _tell_others(
    db: Session,
    order: Order,
    message: OrderMessage,
    files: Sequence[FileRow],
    *,
    author_email: str | None,
    fallback: str | None,
    now: datetime,
) -> None:
    """Tell the provider of what the customer wrote, and the users who are in it of what the provider wrote."""
    told = who_is_told(db, order.unit_id, fallback=fallback, now=now)
    customer, unit = db.execute(
        select(Customer.name, Unit.name).join(Unit, Unit.customer_id == Customer.id).where(Unit.id == order.unit_id)
    ).one()
    facts: dict[str, Any] = {
        "number": order.number,
        "delivery": order.delivery,
        "customer": customer,
        "unit": unit,
        "side": message.side,
        "author_name": message.author,
        "author_email": author_email or (told.manager.email if told.manager else ""),
        "text": message.text,
        "files": [file.file_name for file in files],
    }
    if message.side == Side.PROVIDER:
        title = f"Bestilling {order.number}{': ' + order.delivery if order.delivery else ''}"
        for user in at_once(db, Kind.ANSWER, order, order.unit_id, users_in(db, order), title=title, now=now):
            letter = {"to_name": user.full_name, "stands_in_for": "", **facts}
            post(db, Outgoing.letter(order, MESSAGE, letter, now, to=user.email))
    else:
        tell_provider(db, told, kind=MESSAGE, order=order, author=message.author, facts=facts, now=now)


def _tell_crm(db: Session, order: Order, message: OrderMessage, files: Sequence[FileRow], *, now: datetime) -> None:
    ids = {"number": order.number, "message": message.id, "at": message.at.isoformat()}
    facts = {name: getattr(message, name) for name in ("side", "author", "text")} | {"files": [f.told for f in files]}
    post(db, Outgoing.event(order, "order.message_added", ids | facts, now))


def users_in(db: Session, order: Order) -> Sequence[User]:
    """Whom the provider writes to about an order: who sent it, and who has written on it, if they still may see it."""
    wrote = select(OrderMessage.user_id).where(
        OrderMessage.order_number == order.number, OrderMessage.user_id.is_not(None)
    )
    return _who_may_see(db, order, (User.id == order.placed_by_id) | User.id.in_(wrote))


def sender_of(db: Session, order: Order) -> User | None:
    """Who sent an order in the portal, if that user still may see it."""
    return next(iter(_who_may_see(db, order, User.id == order.placed_by_id)), None)


def _who_may_see(db: Session, order: Order, which: ColumnElement[bool]) -> Sequence[User]:
    """Those of some users who are active and still have the right to orders in the order's unit."""
    path = db.execute(select(Unit.path).where(Unit.id == order.unit_id)).scalar_one()
    allowed = (
        select(Grant.user_id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Grant.orders, Unit.path.in_(paths_down_to(path)))
    )
    return db.scalars(
        select(User)
        .where(which, User.id.in_(allowed), User.active, User.account_manager_id.is_(None))
        .order_by(User.id)
    ).all()


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as the order's page shows it."""

    id: int
    side: str
    author: str
    text: str
    at: datetime
    unanswered: bool


_MESSAGES = (
    select(*(getattr(OrderMessage, field.name) for field in fields(MessageRow)))
    .where(OrderMessage.order_number == bindparam("order_number"))
    .order_by(OrderMessage.at, OrderMessage.id)
)


def messages_of(db: Session, order: Order) -> list[MessageRow]:
    """The messages on an order, oldest first."""
    return [MessageRow(*row) for row in select_rows(db, _MESSAGES, {"order_number": order.number})]


def forget_old(db: Session, now: datetime, *, at_most: int) -> int:
    """Delete some of the messages that are past their time; returns how many."""
    old = select(OrderMessage.id).where(OrderMessage.at < now - KEPT).order_by(OrderMessage.id).limit(at_most)
    gone = delete(OrderMessage).where(OrderMessage.id.in_(old)).returning(OrderMessage.id)
    return len(db.scalars(gone, execution_options={"synchronize_session": False}).all())
