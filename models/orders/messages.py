"""Messages on an order: what the customer and the provider write to each other about it, oldest first.

A message is never changed. Who gets a letter about it is decided here; its words are in the templates `order_message`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    event,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Mapper, Session

from models.alerts.kinds import Kind
from models.alerts.waiting import at_once
from models.conversations import message as conversations
from models.conversations.files import NOTHING, Chosen, FileRow
from models.conversations.message import (
    AlreadySent,
    MessageRow,
    Side,
    Written,
    add,
    answer,
    asked_for,
    facts_of,
    have_read,
    listing,
    sent_by,
    signed,
    unread_answers,
    who_may_see,
)
from models.conversations.news import who_is_told
from models.core.audit import Actor, Change, record
from models.core.base import Base
from models.core.scope import Right
from models.core.walls import select_rows
from models.orders import words
from models.orders.files import ON_ORDERS
from models.orders.news import MESSAGE, tell_provider
from models.orders.order import Order, Parts
from models.outbox.message import Outgoing, post
from models.users.of_customer import Asker
from models.users.sessions import SignedIn
from models.users.user import User


class OrderMessage(Written, Base):
    """One message on an order."""

    __tablename__ = "order_messages"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        UniqueConstraint("user_id", "idempotency_key"),
        Index(None, "written_by_id", "idempotency_key", unique=True),
        CheckConstraint("side IN ('customer', 'provider')", name="side"),
        Index(None, "customer_id", "order_number", "id", unique=True),  # what files refer to
        Index(None, "at"),
    )

    order_number: Mapped[int]

    @property
    def beside(self) -> ColumnElement[bool]:
        """Those on the same order."""
        return OrderMessage.order_number == self.order_number


# Small, however long the history of what was answered and read is.
_unanswered, _unread = OrderMessage.unanswered.is_(True), OrderMessage.unread.is_(True)
Index("ix_order_messages_unanswered", OrderMessage.id, postgresql_where=_unanswered, sqlite_where=_unanswered)
Index(
    "ix_order_messages_unread",
    OrderMessage.customer_id,
    OrderMessage.order_number,
    postgresql_where=_unread,
    sqlite_where=_unread,
)


@event.listens_for(OrderMessage, "after_insert")
def _renew_words(_mapper: Mapper[OrderMessage], connection: Connection, message: OrderMessage) -> None:
    words.renew(connection, [message.order_number])


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
    asker: Asker | None = None,
) -> int:
    """Add a message of a user to an order, with its files, and tell the other side; returns its id.

    It is the provider's where the user is staff, unless an `asker` of the customer's had it written. The same form (the
    same `key`, text and files) sent again is the same message. Whoever is told where the customer has no account
    manager is `fallback`, or every administrator. Raises AlreadySent where the key was used for other content.
    """
    form: dict[str, Any] = {"order": order, "text": text, "chosen": chosen, "asker": asker}
    if (sent := _sent_with(db, by.user_id, key, **form)) is not None:
        return sent
    about = {"customer_id": order.customer_id, "order_number": order.number}
    message = OrderMessage(**about, **signed(text, by=by, key=key, now=now, asker=asker))
    try:
        with db.begin_nested():
            add(db, message)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        if (sent := _sent_with(db, by.user_id, key, **form)) is None:
            raise
        return sent
    record(db, Change.of(order, "message", by=by, at=now, changed={"asked_by": asker.name} if asker else {}))
    files = ON_ORDERS.attach(db, order, order.number, chosen, message_id=message.id, by=by, key=key, now=now)
    _tell_others(db, order, message, files, by=by, fallback=fallback, now=now)
    _tell_crm(db, order, message, files, now=now)
    return message.id


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
    add(db, message)
    record(db, Change.of(order, "message", by=by, at=now))
    _tell_others(db, order, message, [], by=None, fallback=None, now=now)
    return message


def needs_no_answer(db: Session, order: Order, *, by: SignedIn, now: datetime) -> None:
    """What the customer wrote last, such as thanks, asks for no answer: it is off the desk's overview."""
    if answer(db, OrderMessage, OrderMessage.order_number == order.number):
        record(db, Change.of(order, "no answer", by=by, at=now))


def _sent_with(
    db: Session, user_id: int, key: str, *, order: Order, text: str, chosen: Chosen, asker: Asker | None
) -> int | None:
    sent = db.scalar(select(OrderMessage).where(sent_by(OrderMessage, user_id, key)))
    if sent is None:
        return None
    files = ON_ORDERS.digests(db, sent.order_number, sent.id)
    what = (order.number, text, chosen.digests, asker.name if asker else "")
    if (sent.order_number, sent.text, files, asked_for(sent)) != what:
        raise AlreadySent("the form was sent before with another text, or other files")
    return sent.id


def _tell_others(
    db: Session,
    order: Order,
    message: OrderMessage,
    files: Sequence[FileRow],
    *,
    by: SignedIn | None,
    fallback: str | None,
    now: datetime,
) -> None:
    """Tell the provider of what the customer wrote, and the users who are in it of what the provider wrote.

    Of what staff wrote in the customer's stead the user is told in whose name it stands, and the provider's others are.
    """
    told = who_is_told(db, order.unit_id, fallback=fallback, now=now)
    answered_by = by.email if by else told.manager.email if told.manager else ""
    facts = _facts(db, order, message, files) | {"author_email": answered_by}
    if message.side == Side.PROVIDER or message.written_by_id:
        title = f"Bestilling {order.number}{': ' + order.delivery if order.delivery else ''}"
        for user in at_once(db, Kind.ANSWER, order, order.unit_id, users_in(db, order, message), title=title, now=now):
            letter = facts | {"to_name": user.full_name, "stands_in_for": "", "side": Side.PROVIDER.value}
            post(db, Outgoing.letter(order, MESSAGE, letter, now, to=user.email))
    if message.side == Side.CUSTOMER:
        told = told.besides(by) if by and message.written_by_id else told
        tell_provider(db, told, kind=MESSAGE, order=order, author=message.author, facts=facts, now=now)


def _facts(db: Session, order: Order, message: OrderMessage, files: Sequence[FileRow]) -> dict[str, Any]:
    """What letters say of a message."""
    return {
        "number": order.number,
        "delivery": order.delivery,
        **facts_of(db, message, order.unit_id, [file.file_name for file in files]),
    }


def _tell_crm(db: Session, order: Order, message: OrderMessage, files: Sequence[FileRow], *, now: datetime) -> None:
    ids = {"number": order.number, "message": message.id, "at": message.at.isoformat()}
    facts = {name: getattr(message, name) for name in ("side", "author", "written_by", "text")} | {
        "files": [f.told for f in files]
    }
    post(db, Outgoing.event(order, "order.message_added", ids | facts | {"files": [file.told for file in files]}, now))


def users_in(db: Session, order: Order, message: OrderMessage) -> Sequence[User]:
    """Whom the provider writes to about a message: who sent the order, and who has written on it, if they may see it.

    Of what staff wrote in somebody's name, that one alone.
    """
    if message.written_by_id:
        return who_may_see(db, order.unit_id, Right.ORDERS, User.id == message.user_id)
    wrote = select(OrderMessage.user_id).where(
        OrderMessage.order_number == order.number, OrderMessage.user_id.is_not(None)
    )
    return who_may_see(db, order.unit_id, Right.ORDERS, (User.id == order.placed_by_id) | User.id.in_(wrote))


def sender_of(db: Session, order: Order) -> User | None:
    """Who sent an order in the portal, if that user still may see it."""
    return next(iter(who_may_see(db, order.unit_id, Right.ORDERS, User.id == order.placed_by_id)), None)


_MESSAGES = listing(OrderMessage, OrderMessage.order_number == bindparam("order_number"))


def messages_of(db: Session, order: Order) -> list[MessageRow]:
    """The messages on an order, oldest first."""
    return [MessageRow(*row) for row in select_rows(db, _MESSAGES, {"order_number": order.number})]


@dataclass(frozen=True, slots=True)
class Answered:
    """An order on which the provider has written what nobody of the customer has read yet."""

    number: int
    what: str
    author: str
    at: datetime


_UNREAD = unread_answers(
    OrderMessage,
    Order,
    Order.number == OrderMessage.order_number,
    *(Order.number, Order.product_group, Order.delivery, Order.description),
)


def answered_orders(db: Session, at_most: int) -> list[Answered]:
    """The orders of the scope with an answer that nobody has read, the oldest answer first (H3)."""
    return [
        Answered(number, Parts(delivery=delivery, description=description).known_as(group), author, at)
        for number, group, delivery, description, author, at in select_rows(db, _UNREAD, {"at_most": at_most})
    ]


def read_on(db: Session, order_number: int) -> None:
    """Note that a user of the customer has seen what stands on an order."""
    have_read(db, OrderMessage, OrderMessage.order_number == order_number)


def forget_old(db: Session, now: datetime, *, at_most: int) -> int:
    """Delete some of the messages that are past their time, after which no order is found by them; returns how many."""
    gone = conversations.forget_old(db, OrderMessage, OrderMessage.order_number, now, at_most=at_most)
    words.renew_after_purge(db, sorted(set(gone)))
    return len(gone)
