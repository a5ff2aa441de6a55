"""The waiting list (venteliste) of a booking: joining it, the places in the line, and what time makes due on it.

How a free place is offered to the next in the line is in `offers`.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking, hold_booking
from models.bookings.sign_ups.news import News, tell
from models.bookings.sign_ups.offers import end_offers, offer_places
from models.bookings.sign_ups.sign_up import OFFERED, WAITING, AlreadySignedUp, SignUp, eligible, hold_people
from models.bookings.slots import Slot
from models.core.audit import Actor
from models.core.scope import whole_customer
from models.core.walls import select_rows
from models.employees.employee import Employee


def join(
    db: Session,
    booking: Booking,
    employee: Employee,
    day: date | None,
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> SignUp:
    """Put an employee at the end of the line for a day, or for any day (None), of a booking.

    The `reason` is what the provider does it for. Where a place is free after all, it is offered at once. Raises
    BookingCancelled, TooLate, NotActive, NoEmail, AlreadySignedUp.
    """
    with whole_customer(db):
        booking, before = eligible(db, booking.id, employee, now)
        if before:
            raise AlreadySignedUp(before)
        waiting = SignUp(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            employee_id=employee.id,
            state=WAITING,
            day=day,
            signed_up_at=now,
            signed_up_by_id=by.user_id,
            revision=1,
        )
        db.add(waiting)
        tell(db, booking, News("waiting", waiting), by=by, now=now, reason=reason)
        offer_places(db, booking, _free_slots(db, booking, now), now)
        return waiting


def join_all(
    db: Session,
    booking: Booking,
    employees: Collection[Employee],
    day: date | None,
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> list[SignUp]:
    """Put several employees in the line, all or, where `join` refuses one, none."""
    with whole_customer(db), db.begin_nested():
        hold_people(db, [employee.id for employee in employees])
        return [join(db, booking, employee, day, by=by, now=now, reason=reason) for employee in employees]


_LINE = (
    select(SignUp.id, SignUp.day)
    .where(SignUp.booking_id == bindparam("booking_id"), SignUp.state == WAITING)
    .order_by(SignUp.signed_up_at, SignUp.id)
)


def places_in_line(db: Session, booking_id: int) -> dict[int, int]:
    """By the id of each sign-up that waits, how far it has come: 1 is next.

    Who waits for another day is not before one; who waits for any day is.
    """
    return _numbered((id, day) for id, day in select_rows(db, _LINE, {"booking_id": booking_id}))


def _numbered(line: Iterable[tuple[int, date | None]]) -> dict[int, int]:
    before: Counter[date | None] = Counter()
    places = {}
    for id, day in line:
        places[id] = 1 + (before.total() if day is None else before[None] + before[day])
        before[day] += 1
    return places


def go_round(db: Session, now: datetime) -> int:
    """Take back the offers that are over, and offer what is free to those who wait; how many bookings were seen to.

    The portal's own round, across customers; each booking is a transaction of its own, which this commits.
    """
    due = db.scalars(
        select(Booking.id)
        .where(
            Booking.cancelled_at.is_(None),
            or_(
                Booking.id.in_(select(SignUp.booking_id).where(SignUp.state == OFFERED, SignUp.offered_until <= now)),
                (Booking.deadline > now)
                & Booking.id.in_(select(SignUp.booking_id).where(SignUp.state == WAITING))
                & Booking.id.in_(select(Slot.booking_id).where(Slot.taken < Slot.capacity, Slot.starts_at > now)),
            ),
        )
        .order_by(Booking.id)
    ).all()
    for id in due:
        booking = hold_booking(db, id)
        end_offers(db, booking, now)
        offer_places(db, booking, _free_slots(db, booking, now), now)
        db.commit()
    return len(due)


def _free_slots(db: Session, booking: Booking, now: datetime) -> list[Slot]:
    """In the order in which slots are locked."""
    return list(
        db.scalars(
            select(Slot)
            .where(Slot.booking_id == booking.id, Slot.taken < Slot.capacity, Slot.starts_at > now)
            .order_by(Slot.id)
        )
    )
