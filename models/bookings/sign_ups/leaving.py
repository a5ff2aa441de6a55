"""Deactivation (section 5, number 7; AD4): an employee leaves the lists, and what lies ahead is freed or handed over.

The employee's history stays, and the employee can come back. Erasure after years is in `models.operations.erasure`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking, BookingCancelled, TooLate
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.sign_up import (
    CANCELLED,
    COMING,
    OPEN,
    AlreadySignedUp,
    NoEmail,
    NoLongerSignedUp,
    NotActive,
    Overlaps,
    SignUp,
    State,
    hold_people,
)
from models.bookings.slots import Slot, SlotFull
from models.core.audit import AuditEntry
from models.core.scope import whole_customer
from models.employees.employee import Employee, tell
from models.employees.own_numbers import check_number
from models.users.sessions import SignedIn


class Undecided(Exception):
    """There is a time ahead of which nobody has said what becomes of it."""


class CannotTakeOver(Exception):
    """The colleague cannot have the time of `sign_up`; the cause says why."""

    def __init__(self, sign_up: int, why: Exception) -> None:
        super().__init__(f"nobody takes over sign-up {sign_up}")
        self.sign_up, self.why = sign_up, why


@dataclass(frozen=True, slots=True)
class Ahead:
    """A time that the employee has before one, or waits for."""

    sign_up: int
    title: str
    place: str
    starts_at: datetime | None
    """None for somebody who waits for a place."""
    state: State
    may_be_given: bool
    """Whether a colleague can still take it: until the deadline."""


def ahead_of(db: Session, employee: Employee, *, by: SignedIn, now: datetime) -> list[Ahead]:
    """What an employee has ahead, soonest first.

    Bookings with hidden names are shown only to who signed the employee up, and stay as they are: the employer must not
    learn of such a conversation, nor end it.
    """
    with whole_customer(db):  # also where the booking is another unit's
        rows = db.execute(
            select(SignUp, Booking, Slot.starts_at)
            .join(Booking, Booking.id == SignUp.booking_id)
            .outerjoin(Slot, Slot.id == SignUp.slot_id)
            .where(
                SignUp.employee_id == employee.id,
                SignUp.state.in_(OPEN),
                Slot.starts_at.is_(None) | (Slot.starts_at > now),
                Booking.cancelled_at.is_(None),
                Booking.names_hidden.is_(False) | (SignUp.signed_up_by_id == by.user_id),
            )
            .order_by(Slot.starts_at, SignUp.id)
        ).all()
    return [
        Ahead(
            sign_up.id,
            booking.title,
            booking.place,
            starts_at,
            sign_up.state,
            sign_up.state in COMING and booking.is_open(now),
        )
        for sign_up, booking, starts_at in rows
    ]


def deactivate(
    db: Session, employee: Employee, heirs: Mapping[int, Employee | None] | None, *, by: SignedIn, now: datetime
) -> None:
    """Take an employee out of the lists; nothing happens to one who is out already.

    `heirs` says for each sign-up ahead who gets the time, or None where it is freed; without it all are freed.
    Raises Undecided and CannotTakeOver.
    """
    db.flush()
    hold_people(db, (employee.id,))  # nobody can sign the employee up meanwhile
    if employee.deactivated_at is not None:
        return
    freed = handed_over = 0
    for one in ahead_of(db, employee, by=by, now=now):
        if heirs is not None and one.sign_up not in heirs:
            raise Undecided(f"sign-up {one.sign_up}")
        heir = heirs[one.sign_up] if heirs else None
        with whole_customer(db):
            sign_up = db.get_one(SignUp, one.sign_up)
        if heir:
            _hand_over(db, sign_up, heir, by=by, now=now)
            handed_over += 1
        else:
            seating.cancel(db, sign_up, by=by, now=now, at_any_time=True)
            freed += 1
    employee.deactivated_at = now
    tell(db, "deactivated", [(employee, {"freed": freed, "handed_over": handed_over})], by=by, now=now)


def _hand_over(db: Session, sign_up: SignUp, heir: Employee, *, by: SignedIn, now: datetime) -> None:
    try:
        seating.hand_over(db, sign_up, heir, by=by, now=now)
    except (AlreadySignedUp, BookingCancelled, NoEmail, NoLongerSignedUp, NotActive, Overlaps, TooLate) as why:
        raise CannotTakeOver(sign_up.id, why) from why


@dataclass(frozen=True, slots=True)
class Freed:
    """A time that the employee lost by leaving, and whether it is the employee's again."""

    title: str
    starts_at: datetime
    is_back: bool


def reactivate(db: Session, employee: Employee, *, by: SignedIn, now: datetime) -> list[Freed]:
    """Take an employee back into the lists, with those of the freed times that nobody else has by now (U17).

    Raises NumberTaken where another has the employee number by now.
    """
    left_at = employee.deactivated_at
    if left_at is None:
        return []
    check_number(db, employee.employee_number, than=employee.id)
    employee.deactivated_at = None
    tell(db, "reactivated", [(employee, {})], by=by, now=now)
    db.flush()
    return [
        Freed(title, slot.starts_at, _has_again(db, slot, employee, by=by, now=now))
        for title, slot in _freed_at(db, employee, left_at, by=by, now=now)
    ]


def _freed_at(
    db: Session, employee: Employee, left_at: datetime, *, by: SignedIn, now: datetime
) -> list[tuple[str, Slot]]:
    """The times to come that the employee was taken off by leaving, soonest first; hidden names as in `ahead_of`."""
    with whole_customer(db):
        rows = db.execute(
            select(SignUp.id, Booking.title, Slot)
            .join(Booking, Booking.id == SignUp.booking_id)
            .join(Slot, Slot.id == SignUp.slot_id)
            .where(
                SignUp.employee_id == employee.id,
                SignUp.state == CANCELLED,
                Slot.starts_at > now,
                Booking.names_hidden.is_(False) | (SignUp.signed_up_by_id == by.user_id),
            )
            .order_by(Slot.starts_at, SignUp.id)
        ).all()
    names = [f"sign_up:{id}" for id, _, _ in rows]
    then = select(AuditEntry.about).where(
        AuditEntry.about.in_(names), AuditEntry.action == "cancelled", AuditEntry.at == left_at
    )
    by_leaving = set(db.scalars(then))
    return [(title, slot) for id, title, slot in rows if f"sign_up:{id}" in by_leaving]


def _has_again(db: Session, slot: Slot, employee: Employee, *, by: SignedIn, now: datetime) -> bool:
    try:
        with db.begin_nested():
            seating.sign_up(db, slot, employee, by=by, now=now)
    except (AlreadySignedUp, BookingCancelled, NoEmail, NotActive, Overlaps, SlotFull, TooLate):
        return False
    return True
