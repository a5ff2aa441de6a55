"""One look at the rows that tell how the portal is: five statements, however much there is, none without an index.

What an operator is told of the same rows in sentences is in `models.operations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.imports.lists import KEPT, Import
from models.marks.mark import Marked, marks
from models.outbox.endpoints import endpoints
from models.outbox.message import Channel, Message
from models.users.throttle import WINDOW, Bucket, FailedSignIn

SIGNING_IN = (Bucket.ACCOUNT, Bucket.DEVICE, Bucket.ADDRESS, Bucket.CODE)
"""By what attempts to sign in are counted."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What of one channel has not arrived."""

    waiting: int = 0
    dead: int = 0
    seconds: float = 0.0
    """For how long the oldest of those that wait has done so,"""
    rests: float = 0.0
    """and for how long the endpoint has rested."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How the rows are."""

    queues: Mapping[Channel, Queue]
    attempts: Mapping[Bucket, int]
    """Failed attempts to sign in within a quarter of an hour."""
    lists: Mapping[str, int]
    """Lists of employees that wait for their users, and those that are being applied."""
    last: Mapping[Marked, datetime]


def figures(db: Session, now: datetime) -> Figures:
    """All of them."""
    with looking_across(db):
        return Figures(
            queues=_queues(db, now),
            attempts=_attempts(db, now),
            lists=_lists(db, now),
            last={what: mark.at for what, mark in marks(db).items()},
        )


def _queues(db: Session, now: datetime) -> dict[Channel, Queue]:
    waits = Message.dead_at.is_(None)
    rows = db.execute(
        select(
            Message.channel,
            func.count(case((waits, 1))),
            func.count(Message.dead_at),
            func.min(case((waits, Message.created_at))),
        )
        .where(Message.delivered_at.is_(None))
        .group_by(Message.channel)
    ).all()
    found = {channel: (waiting, dead, since) for channel, waiting, dead, since in rows}
    known = endpoints(db)
    told = {}
    for channel in Channel:
        waiting, dead, since = found.get(channel.value, (0, 0, None))
        rests = known[channel].resting_since if channel in known else None
        told[channel] = Queue(waiting, dead, _age(since, now), _age(rests, now))
    return told


def _attempts(db: Session, now: datetime) -> dict[Bucket, int]:
    buckets = [each.value for each in SIGNING_IN]
    counted = (
        select(FailedSignIn.bucket, func.count())
        .where(FailedSignIn.bucket.in_(buckets), FailedSignIn.at > now - WINDOW)
        .group_by(FailedSignIn.bucket)
    )
    found = {Bucket(bucket): count for bucket, count in db.execute(counted)}
    return {each: found.get(each, 0) for each in SIGNING_IN}


def _lists(db: Session, now: datetime) -> dict[str, int]:
    kept = (Import.sealed.is_not(None), Import.made_at > now - KEPT)
    waiting, begun = db.execute(
        select(func.count(case((Import.applied_at.is_(None), 1))), func.count(Import.applied_at)).where(*kept)
    ).one()
    return {"waiting": waiting, "under way": begun}


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
