"""The state of the outbox, for the command line and the desk: what waits and what is dead, never what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.outbox.message import Message, waits


@dataclass(frozen=True, slots=True)
class Counts:
    """How the outbox is: for health and for the command line."""

    waiting: int
    dead: int
    waiting_since: datetime | None
    """When the oldest of those that wait was written."""


def counts(db: Session) -> Counts:
    """How many messages wait and how many are dead."""
    of_waiting = select(func.count(), func.min(Message.created_at)).where(waits(Message))
    waiting, since = db.execute(of_waiting).one()
    return Counts(waiting=waiting, dead=dead_count(db), waiting_since=since)


def dead_count(db: Session) -> int:
    """How many messages could not be delivered."""
    with looking_across(db):
        return db.scalar(select(func.count(Message.id)).where(Message.dead_at.is_not(None))) or 0


def overview(db: Session) -> Iterator[str]:
    """What operators are told, by line: the counts, the dead messages, and those that failed and wait."""
    found = counts(db)
    since = f", the oldest since {found.waiting_since:%Y-%m-%d %H:%M} UTC" if found.waiting_since else ""
    yield f"waiting: {found.waiting}{since}"
    yield f"dead: {found.dead}"
    for message in db.scalars(
        select(Message)
        .where(Message.delivered_at.is_(None), Message.last_error.is_not(None))
        .order_by(Message.dead_at.is_(None), Message.id)
    ):
        state = "dead" if message.dead_at else "waiting"
        told = f"{message.channel} {message.kind} {message.about} customer {message.customer_id}"
        yield f"{message.id} {state}: {told}, {message.attempts} attempts, {message.last_error}"
