"""What becomes of messages: the postman claims the next one and notes what came of it; old ones are emptied (C2).

How they are written is in `models.outbox.message`; how they are sent, in `models.exchange`. The postman calls them in
`across_customers`.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, bindparam, exists, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from models.core.base import Moment
from models.outbox.message import Channel, Message, waits

LEASE = timedelta(minutes=2)
"""For how long a message belongs to its postman: longer than sending takes, so that only a dead postman loses it."""
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

    The attempt does not count, so that it does not die of an outage, however long; it goes to the end of those that are
    due.
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


def resend_since(db: Session, since: datetime, kind: str | None, now: datetime) -> int:
    """Give all messages that died since a moment, or those of a kind, another four days; how many."""
    dead = [Message.dead_at >= since, Message.sequence != _EMPTIED, *([Message.kind == kind] if kind else [])]
    revived = update(Message).where(*dead).values(dead_at=None, due_at=now, attempts=0).returning(Message.id)
    return len(db.scalars(revived, execution_options={"synchronize_session": False}).all())


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


def still_holding(db: Session, public_ids: Collection[str]) -> set[str]:
    """Those of some messages that are there and are not emptied; across customers."""
    full = select(Message.public_id).where(Message.public_id.in_(public_ids), Message.sequence != _EMPTIED)
    return set(db.scalars(full))


def drop(db: Session, channel: Channel, now: datetime) -> None:
    """Take everything out of what waits for somebody who is not there; that something was changed then, stays."""
    nobodys = (Message.channel == channel.value) & Message.delivered_at.is_(None)
    db.execute(
        update(Message)
        .where(nobodys)
        .values(delivered_at=now, dead_at=None, claim=None, payload={}, sealed=None, to=None, sequence=_EMPTIED)
        .execution_options(synchronize_session=False)
    )


def _empty(db: Session, which: ColumnElement[bool]) -> int:
    emptied = (
        update(Message)
        .where(which)
        .values(payload={}, sealed=None, to=None, sequence=_EMPTIED)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.scalars(emptied).all())
