"""Attendance (møtt, ikke møtt): whether those who sit on a booking came (T7).

The provider notes it, at the desk or in the CRM; customers see only this one word.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.news import News, tell
from models.bookings.sign_ups.sign_up import ABSENT, ATTENDED, OPEN, SEATED, SIGNED_UP, SignUp, State, hold_people
from models.bookings.slots import Slot
from models.core.audit import THE_CRM, Actor, Change, record
from models.core.clock import today_in_oslo

NOTED = (ATTENDED, ABSENT)


class NobodySits(Exception):
    """Somebody of them does not sit there, or not any more."""


class SitsElsewhere(Exception):
    """Somebody of them has another time of the booking ahead, so that this one cannot lie ahead again."""


def can_be_noted(starts_at: datetime, now: datetime) -> bool:
    """Whether one can know: on the day, and after it."""
    return today_in_oslo(starts_at) <= today_in_oslo(now)


def note_attendance(
    db: Session, ids: Collection[int], state: State | None, *, by: Actor, now: datetime
) -> list[SignUp]:
    """Note for sign-ups that the people came, did not come, or (None) that it is not known.

    All or none; returns those that are new. Raises NobodySits, SitsElsewhere.
    """
    rows = _held(db, ids)
    if len(rows) < len(set(ids)) or any(row.state not in SEATED for row in rows):
        raise NobodySits(f"sign-ups {sorted(ids)}")
    changed = [row for row in rows if _is_news(row.state, state)]
    for row in changed:
        if state is None and _sits_elsewhere(db, row):
            raise SitsElsewhere(f"sign-up {row.id}")
        row.state = state or SIGNED_UP
    if by.label == THE_CRM.label:
        _record(db, changed, by, now)
    else:
        _tell(db, changed, by, now)
    return changed


def _is_news(now: State, state: State | None) -> bool:
    return now in NOTED if state is None else now != state


def _held(db: Session, ids: Collection[int]) -> list[SignUp]:
    """The sign-ups as they are now, with their people locked first, as everybody does."""
    which = select(SignUp).where(SignUp.id.in_(ids)).order_by(SignUp.id)
    hold_people(db, [row.employee_id for row in db.scalars(which)])
    return list(db.scalars(which.with_for_update(), execution_options={"populate_existing": True}))


def _sits_elsewhere(db: Session, row: SignUp) -> bool:
    return (
        db.scalar(
            select(SignUp.id)
            .where(SignUp.booking_id == row.booking_id, SignUp.employee_id == row.employee_id, SignUp.state.in_(OPEN))
            .limit(1)
        )
        is not None
    )


def _record(db: Session, changed: Collection[SignUp], by: Actor, now: datetime) -> None:
    """What came from the CRM is not sent back to it."""
    for row in changed:
        record(
            db,
            Change.of(row, "attendance", by=by, at=now, changed={"state": row.state}),
        )


def _tell(db: Session, changed: Collection[SignUp], by: Actor, now: datetime) -> None:
    for row in changed:
        booking, slot = db.get_one(Booking, row.booking_id), db.get_one(Slot, row.slot_id)
        tell(db, booking, News("attendance", row, slot), by=by, now=now)
