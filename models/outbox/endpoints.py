"""Endpoints: whether the mail server and the CRM take anything now. Each is a circuit breaker that all processes share.

Closed, it takes messages. Once it has failed several times in a row it *rests* (the breaker is open): nothing is sent
but one *probe* at a time, after pauses that grow, until one arrives. What counts as a failure of the endpoint rather
than of a message is decided in `models.exchange`. These functions are called in `across_customers`.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.outbox.claims import LEASE
from models.outbox.message import Channel

FAILURES = 3
"""After so many in a row an endpoint rests."""
LONGEST_PAUSE = timedelta(minutes=1)
"""Between two probes, so that an endpoint that is back is known to be so within about a minute."""
LONGEST_WAIT = timedelta(hours=1)
"""For how long an endpoint is left alone at most because it asked for it."""

_FIRST_PAUSE = timedelta(seconds=5)
_DICE = secrets.SystemRandom()


class Endpoint(Base):
    """Where a channel ends; without a row it has never failed."""

    __tablename__ = "endpoints"

    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, whichever messages they were."""
    resting_since: Mapped[datetime | None] = mapped_column(Moment)
    probe_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the next probe may be sent; while one is under way, when it is given up."""
    last_error: Mapped[str | None] = mapped_column(String(80))
    """What kind of failure it was, without personal data."""

    def takes(self, now: datetime) -> bool:
        """Whether a message may be sent: it does not rest, or a probe is due."""
        return self.probe_at is None or self.probe_at <= now


def endpoints(db: Session) -> dict[Channel, Endpoint]:
    """The endpoints that have ever failed."""
    return {Channel(endpoint.channel): endpoint for endpoint in db.scalars(select(Endpoint))}


def resting(db: Session) -> list[Endpoint]:
    """The endpoints that rest, the longest first."""
    found = select(Endpoint).where(Endpoint.resting_since.is_not(None)).order_by(Endpoint.resting_since)
    return list(db.scalars(found))


def begin_probe(db: Session, channel: Channel, now: datetime) -> bool:
    """Take the one probe that a resting endpoint gets; False where somebody else was first, or it is not due."""
    taken = db.scalar(
        update(Endpoint)
        .where(Endpoint.channel == channel.value, Endpoint.resting_since.is_not(None), Endpoint.probe_at <= now)
        .values(probe_at=now + LEASE)
        .returning(Endpoint.channel),
        execution_options={"synchronize_session": False},
    )
    return taken is not None


def note_failure(
    db: Session, channel: Channel, error: str, now: datetime, *, is_probe: bool, wait: timedelta | None = None
) -> bool:
    """Note that an endpoint failed; True where it rests from now on, and did not before.

    It is left alone for as long as it asks (`wait`), and then needs no further failure to rest. What was under way
    already when it began to rest says nothing new.
    """
    endpoint = _held(db, channel)
    began = endpoint.resting_since is None
    if began or is_probe:
        endpoint.failures += 1
        endpoint.last_error = error[:80]
        if endpoint.failures >= FAILURES or wait is not None:
            endpoint.resting_since = endpoint.resting_since or now
            pause = _pause(max(endpoint.failures - FAILURES, 0))
            endpoint.probe_at = now + max(pause, min(wait or pause, LONGEST_WAIT))
    return began and endpoint.resting_since is not None


def note_answer(db: Session, channel: Channel, *, is_probe: bool) -> datetime | None:
    """Note that an endpoint answers, be it with no; where that ends its rest, since when it had rested.

    While it rests that is for the probe to tell: another message may have been on its way since before.
    """
    endpoint = _held(db, channel)
    since = endpoint.resting_since
    if since is not None and not is_probe:
        return None
    endpoint.failures, endpoint.resting_since, endpoint.probe_at, endpoint.last_error = 0, None, None, None
    return since


def probe_now(db: Session, channel: Channel, now: datetime) -> None:
    """Let a resting endpoint be tried at once, because somebody asks for it."""
    db.execute(
        update(Endpoint)
        .where(Endpoint.channel == channel.value, Endpoint.resting_since.is_not(None), Endpoint.probe_at > now)
        .values(probe_at=now)
        .execution_options(synchronize_session=False)
    )


def overview(db: Session) -> Iterator[str]:
    """What operators are told: a line for each endpoint that rests."""
    for endpoint in resting(db):
        assert endpoint.resting_since
        assert endpoint.probe_at
        told = f"{endpoint.failures} failures in a row, {endpoint.last_error}"
        yield (
            f"{endpoint.channel} rests since {endpoint.resting_since:%Y-%m-%d %H:%M} UTC: {told};"
            f" next probe {endpoint.probe_at:%H:%M:%S} UTC"
        )


def _held(db: Session, channel: Channel) -> Endpoint:
    """The endpoint, locked until the commit."""
    row = select(Endpoint).where(Endpoint.channel == channel.value).with_for_update()
    found = db.scalar(row, execution_options={"populate_existing": True})
    if found is None:
        try:
            with db.begin_nested():
                db.add(Endpoint(channel=channel.value, failures=0))
        except IntegrityError:  # two noticed it at the same moment, and the other one was first
            pass
        found = db.scalar(row, execution_options={"populate_existing": True})
        assert found is not None
    return found


def _pause(before: int) -> timedelta:
    """Before the next probe, when so many have failed: twice as long each time, and spread."""
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(before, 16)
    return min(doubled, LONGEST_PAUSE) * _DICE.uniform(0.8, 1.2)
