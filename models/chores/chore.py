"""The table of chores: asking for one, taking it for a while, and noting how far it has come.

Who does them is in `clerk`. Whatever a piece of a chore does is right when it is done twice, or by two: that one has it
alone only spares work.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import ColumnElement, ForeignKey, Identity, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import CustomerOwned

AT_ONCE = 200
"""So much and no more is done in the visit that asks for it."""
LEASE = timedelta(minutes=1)
"""For how long a chore belongs to its clerk after each piece; what comes before the first one has to fit in, too."""
_FIRST_DELAY, _LONGEST_DELAY = timedelta(seconds=5), timedelta(minutes=15)
_OFTEN = 3
_PLAIN = {"synchronize_session": False}


class ChoreKind(StrEnum):
    """What there is to do."""

    APPLICATION = "application"
    """A list of employees is applied,"""
    REVERSAL = "reversal"
    """or undone; the chore is about the import."""
    CHECKS = "checks"
    """Who of a customer's employees is due is written anew; the chore is about the customer."""


class Chore(CustomerOwned, Base):
    """Something that is to be done for a customer, until it is."""

    __tablename__ = "chores"
    __table_args__ = (UniqueConstraint("customer_id", "kind", "about"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who has asked for it, and with whose rights it is done; None where it follows from something."""
    after: Mapped[int] = mapped_column(default=0, server_default="0")
    """How far it has come, where nothing else says so."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """In a row."""
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """When to try again what has failed."""
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)


def ask(db: Session, kind: ChoreKind, customer_id: int, about: int, *, user_id: int | None = None) -> None:
    """Have it done; whoever does it already stops, and it is done from its beginning."""
    if _asked_again(db, kind, customer_id, about):
        return
    try:
        with db.begin_nested():
            db.add(Chore(kind=kind.value, customer_id=customer_id, about=about, user_id=user_id))
    except IntegrityError:  # somebody else has asked at the same time
        _asked_again(db, kind, customer_id, about)


def _asked_again(db: Session, kind: ChoreKind, customer_id: int, about: int) -> bool:
    there = (Chore.kind == kind.value, Chore.customer_id == customer_id, Chore.about == about)
    anew = {"after": 0, "failures": 0, "due_at": None, "claim": None, "claimed_until": None}
    return db.scalar(update(Chore).where(*there).values(anew).returning(Chore.id), execution_options=_PLAIN) is not None


def ask_on(db: Session, kind: ChoreKind, customer_id: int, about: int, *, user_id: int, now: datetime) -> None:
    """Have it done at once where it has stopped; whoever has it in hand goes on."""
    if stand_of(db, kind, about, now) is not Stand.IN_HAND:
        ask(db, kind, customer_id, about, user_id=user_id)


class Stand(StrEnum):
    """How it stands with what was asked for."""

    IN_HAND = "in hand"
    WAITS = "waits"
    """Nobody has begun, or whoever had is gone."""
    FAILED = "failed"
    """It is tried again after a while."""


def stand_of(db: Session, kind: ChoreKind, about: int, now: datetime) -> Stand | None:
    """How it stands; None where it is done, or was never asked for."""
    there = select(Chore.claimed_until, Chore.failures).where(Chore.kind == kind.value, Chore.about == about)
    found = db.execute(there).one_or_none()
    if found is None:
        return None
    if found.claimed_until and found.claimed_until > now:
        return Stand.IN_HAND
    return Stand.FAILED if found.failures else Stand.WAITS


def any_due(db: Session, now: datetime) -> bool:
    """Whether there is something to do: to be asked often, without SQLite's write lock. In `across_customers`."""
    return db.scalar(select(Chore.id).where(_is_due(now)).limit(1)) is not None


def claim_next(db: Session, now: datetime) -> Chore | None:
    """Take what was asked for first, of what nobody has in hand; commit before it is done. In `across_customers`."""
    due = select(Chore.id).where(_is_due(now)).order_by(Chore.id).limit(1).with_for_update(skip_locked=True)
    taken = {"claim": uuid4().hex, "claimed_until": now + LEASE}
    claimed = update(Chore).where(Chore.id == due.scalar_subquery()).values(taken).returning(Chore)
    return db.scalar(claimed, execution_options=_PLAIN | {"populate_existing": True})


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_free = Chore.claimed_until.is_(None) | (Chore.claimed_until <= now)
    return is_free & (Chore.due_at.is_(None) | (Chore.due_at <= now))


def keep_hold(db: Session, chore: Chore, now: datetime) -> bool:
    """Go on having it in hand; False where another has it by now, after which nothing must be kept.

    The last thing in a piece's transaction: who asks for a chore holds first what it is about, and so does this.
    """
    return _change(db, chore, claimed_until=now + LEASE, failures=0)


def note_progress(db: Session, chore: Chore, after: int) -> None:
    """Note how far it has come, in the transaction of the piece that brought it there."""
    _change(db, chore, after=after)


def give_back(db: Session, chore: Chore) -> None:
    """Let another have it at once."""
    _change(db, chore, claim=None, claimed_until=None)


def put_off(db: Session, chore: Chore, now: datetime) -> None:
    """It has failed: try again after a pause that grows."""
    pause = min(_FIRST_DELAY * 2 ** min(chore.failures, 16), _LONGEST_DELAY)
    _change(db, chore, claim=None, claimed_until=None, failures=Chore.failures + 1, due_at=now + pause)


def end(db: Session, chore: Chore) -> None:
    """It is done."""
    db.execute(delete(Chore).where(Chore.id == chore.id, Chore.claim == chore.claim), execution_options=_PLAIN)


def failing(db: Session) -> int:
    """How many have failed several times in a row; in `across_customers`."""
    return db.scalar(select(func.count(Chore.id)).where(Chore.failures >= _OFTEN)) or 0


def _change(db: Session, chore: Chore, **values: object) -> bool:
    mine = update(Chore).where(Chore.id == chore.id, Chore.claim == chore.claim).values(**values).returning(Chore.id)
    return db.scalar(mine, execution_options=_PLAIN) is not None
