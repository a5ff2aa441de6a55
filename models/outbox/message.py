"""The outbox: what leaves the portal, written in the transaction of the change and sent afterwards (C1, C2).

Each message goes out at least once, under the same id, and in order with the others about the same thing.
How it is sent is known to `models.exchange` alone. What the postman asks runs in `across_customers`.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    bindparam,
    exists,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from models.core.base import Base, Moment
from models.core.sealed import Keyring, Sealed

LEASE = timedelta(minutes=2)
"""For how long a message is its postman's: longer than a delivery takes, so that only a dead one loses it."""
MAX_ATTEMPTS = 390
"""After that many a message is dead: about four days, of which the portal itself was awake."""
DELIVERED_KEPT = timedelta(days=90)
"""For how long what a message said is kept after it arrived: to answer who was told what."""
DEAD_KEPT = timedelta(days=365)
"""For how long a dead message can be sent again."""

_EMPTIED = ""
"""The sequence of a message that nothing personal is left of; its order does not matter any more."""
_FIRST_DELAY = 5.0
_LONGEST_DELAY = 15 * 60.0
_DICE = secrets.SystemRandom()


class Channel(StrEnum):
    """Where a message goes."""

    MAIL = "mail"
    CRM = "crm"


class Message(Sealed, Base):
    """One letter or event on its way out; `public_id` is what the receiver knows it by, at every attempt."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """Whose it is, for the provider's eye."""
    to: Mapped[str | None] = mapped_column(String(254))
    sequence: Mapped[str] = mapped_column(String(400))
    """Messages of the same sequence leave one after the other."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[str | None] = mapped_column(Text)
    """What nobody but the receiver may read: sealed with FIELD_KEYS, and forgotten once it is delivered."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    """Which attempt has it; the outcome of any other is not noted any more."""
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(80))
    """What kind of failure it was, without personal data."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return place_of(self.public_id)

    def seal(self, keyring: Keyring, text: str) -> "Message":
        """Give the message a secret to carry; returns the message."""
        self.sealed = keyring.seal(text, place=self.place)
        return self


def place_of(public_id: str) -> str:
    """What the seal of a message is bound to."""
    return f"outbox:{public_id}"


def waits(message: type[Message]) -> ColumnElement[bool]:
    """Whether a message has neither arrived nor died."""
    return message.delivered_at.is_(None) & message.dead_at.is_(None)


Index("ix_outbox_about_id", Message.about, Message.id)
Index("ix_outbox_customer_id_id", Message.customer_id, Message.id)
# Small, however long the history of what was delivered is.
_undelivered = Message.delivered_at.is_(None)
Index("ix_outbox_undelivered", Message.id, postgresql_where=_undelivered, sqlite_where=_undelivered)
_if = waits(Message)
Index("ix_outbox_sequence_id", Message.sequence, Message.id, postgresql_where=_if, sqlite_where=_if)
# By channel first: what waits for a CRM that is away is not looked through for each letter.
_due = (Message.channel, Message.due_at, Message.id)
Index("ix_outbox_channel_due_at_id", *_due, postgresql_where=_if, sqlite_where=_if)


class Facts(TypedDict):
    """What a message is made of: where it goes, what it says about what, and for a letter to whom."""

    channel: Channel
    kind: str
    about: str
    customer_id: int | None
    payload: dict[str, Any]
    now: datetime
    to: NotRequired[str | None]


def compose(**facts: Unpack[Facts]) -> Message:
    """A message that is not written yet: `post` does that, or, for many, the session after a flush."""
    return Message(**row_of(**facts))


def row_of(
    *,
    channel: Channel,
    kind: str,
    about: str,
    customer_id: int | None,
    payload: dict[str, Any],
    now: datetime,
    to: str | None = None,
) -> dict[str, Any]:
    """A message as its row, for `insert_rows`, where there are thousands."""
    return {
        "public_id": uuid4().hex,
        "channel": channel.value,
        "kind": kind,
        "about": about,
        "customer_id": customer_id,
        "to": to,
        "sequence": f"{channel.value} {about} {to or ''}",
        "payload": payload,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }


def post(db: Session, **facts: Unpack[Facts]) -> Message:
    """Write a message in the transaction of the change: if that is rolled back, nothing is sent.

    The change is flushed before. Its row is then locked until the commit, so that ids within a sequence
    follow the order of the commits.
    """
    db.flush()
    message = compose(**facts)
    db.add(message)
    return message


def claim_next(
    db: Session, now: datetime, lease: timedelta = LEASE, channels: Collection[Channel] = tuple(Channel)
) -> Message | None:
    """Take the message that has been due longest, of those that are the first to wait in their sequence.

    It is then this postman's until the lease ends; commit before it is sent. None where nothing is due.
    """
    return db.scalar(
        _CLAIM,
        {
            "at": now,
            "new_claim": uuid4().hex,
            "until": now + lease,
            "channels": [channel.value for channel in channels],
        },
        execution_options={"synchronize_session": False, "populate_existing": True},
    )


def _claiming() -> ReturningUpdate[Message]:
    due, earlier = aliased(Message), aliased(Message)
    now = bindparam("at", type_=Moment)
    is_preceded = exists().where(earlier.sequence == due.sequence, earlier.id < due.id, waits(earlier))
    next_id = (
        select(due.id)
        .where(
            waits(due),
            due.due_at <= now,
            due.claimed_until.is_(None) | (due.claimed_until <= now),
            due.channel.in_(bindparam("channels", expanding=True)),
            ~is_preceded,
        )
        .order_by(due.due_at, due.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has its write lock from the transaction's start
        .scalar_subquery()
    )
    taken = {"claim": bindparam("new_claim"), "claimed_until": bindparam("until"), "attempts": Message.attempts + 1}
    return update(Message).where(Message.id == next_id).values(taken).returning(Message)


_CLAIM = _claiming()
"""Built once: while it is built, SQLite's write lock would be held."""


def delivered(db: Session, message: Message, now: datetime) -> bool:
    """Note that a claimed message has arrived; False where the claim was lost to another postman."""
    return _note(db, message, delivered_at=now, last_error=None, sealed=None)


def failed(db: Session, message: Message, now: datetime, error: str, *, for_good: bool = False) -> bool:
    """Note that a claimed message did not arrive, and when to try again; False where the claim was lost.

    It is dead where it was refused `for_good` or has been tried for about four days. `error` is shown to
    operators, so it holds no personal data.
    """
    last_error = error[:80]
    if for_good or message.attempts >= MAX_ATTEMPTS:
        return _note(db, message, dead_at=now, last_error=last_error)
    return _note(db, message, due_at=now + _delay(message.attempts), last_error=last_error)


def put_back(db: Session, message: Message, now: datetime, error: str) -> bool:
    """Note that a claimed message could not be brought for no fault of its own; False where the claim was lost.

    The attempt does not count, so that it does not die of an outage, however long; it lines up behind those due.
    """
    return _note(db, message, due_at=now, attempts=Message.attempts - 1, last_error=error[:80])


_HANDED_OUT = "feed"
"""The claim on a message that its receiver fetches."""


def hand_out_next(db: Session, channel: Channel, at_most: int) -> list[Message]:
    """The messages that wait, oldest first, for a receiver that fetches them; a waiting one is handed out again."""
    waiting = select(Message).where(waits(Message), Message.channel == channel.value).order_by(Message.id)
    messages = list(db.scalars(waiting.limit(at_most).with_for_update()))
    for message in messages:
        message.claim = _HANDED_OUT
        message.attempts += 1
    return messages


def acknowledge(db: Session, channel: Channel, up_to: int, now: datetime) -> None:
    """Note as delivered what was handed out, up to an id: one that was committed later than its id says still waits."""
    db.execute(
        update(Message)
        .where(waits(Message), Message.channel == channel.value, Message.claim == _HANDED_OUT, Message.id <= up_to)
        .values(delivered_at=now, claim=None, sealed=None, last_error=None)
        .execution_options(synchronize_session=False)
    )


def _note(db: Session, message: Message, **outcome: object) -> bool:
    noted = db.scalar(
        update(Message)
        .where(Message.id == message.id, Message.claim == message.claim)
        .values(claim=None, claimed_until=None, **outcome)
        .returning(Message.id),
        execution_options={"synchronize_session": False},
    )
    return noted is not None


def _delay(attempts: int) -> timedelta:
    """Twice as long each time, up to a quarter of an hour; spread, so that not all come back at once."""
    seconds = min(_FIRST_DELAY * 2 ** min(attempts - 1, 16), _LONGEST_DELAY)
    return timedelta(seconds=seconds * _DICE.uniform(0.8, 1.2))


def resend(db: Session, id: int, now: datetime) -> bool:
    """Give a dead message another four days, under the same public id; False where none is dead, or it is emptied."""
    revived = db.scalar(
        update(Message)
        .where(Message.id == id, Message.dead_at.is_not(None), Message.sequence != _EMPTIED)
        .values(dead_at=None, due_at=now, attempts=0)
        .returning(Message.id)
    )
    return revived is not None


def hurry(db: Session, id: int, now: datetime) -> bool:
    """Let a message that waits for its next attempt be due now; False where none waits."""
    hurried = db.scalar(
        update(Message)
        .where(Message.id == id, waits(Message), Message.due_at > now)
        .values(due_at=now)
        .returning(Message.id)
    )
    return hurried is not None


def empty_delivered(db: Session, now: datetime, *, at_most: int) -> int:
    """Take everything personal out of some messages that arrived, or died, long ago; returns how many."""
    old = (
        select(Message.id)
        .where(
            (Message.delivered_at < now - DELIVERED_KEPT) | (Message.dead_at < now - DEAD_KEPT),
            Message.sequence != _EMPTIED,
        )
        .order_by(Message.id)
        .limit(at_most)
    )
    return _empty(db, Message.id.in_(old))


def empty_about(db: Session, abouts: Collection[str]) -> int:
    """Take everything personal out of all messages about something that do not wait any more; returns how many."""
    return _empty(db, Message.about.in_(abouts) & ~waits(Message) & (Message.sequence != _EMPTIED))


def _empty(db: Session, which: ColumnElement[bool]) -> int:
    emptied = (
        update(Message)
        .where(which)
        .values(payload={}, sealed=None, to=None, sequence=_EMPTIED)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.scalars(emptied).all())
