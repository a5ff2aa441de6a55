"""Who sits where: signing up, and each change of a place, with what is told of it (T2-T5).

Whoever changes where a person sits locks the person first; see docs/decisions/0015-one-person-at-a-time.md. How a
waiting list is joined is in `waiting_list`, what is offered to it in `offers`; many at a time are in `distribution`.

A `reason` is what the provider does it for: after the deadline, too, until the day of the time is over. The log keeps
it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking, TooLate, hold_booking
from models.bookings.sign_ups.news import News, tell
from models.bookings.sign_ups.offers import end_offers, offer_places
from models.bookings.sign_ups.sign_up import (
    CANCELLED,
    COMING,
    CONFIRMED,
    OFFERED,
    OPEN,
    SIGNED_UP,
    AlreadySignedUp,
    NoLongerSignedUp,
    Overlaps,
    SignUp,
    appointment_at,
    eligible,
    hold_people,
)
from models.bookings.slots import Slot, SlotFull
from models.core.audit import Actor
from models.core.scope import whole_customer
from models.core.walls import select_rows
from models.employees.employee import Employee


def sign_up(
    db: Session, slot: Slot, employee: Employee, *, by: Actor, now: datetime, reason: str | None = None
) -> SignUp:
    """Put an employee on a slot; a place in the line or an offer on the same booking is given up for it.

    Raises BookingCancelled, TooLate, NotActive, NoEmail, AlreadySignedUp, Overlaps, SlotFull (T2-T5).
    """
    with whole_customer(db):
        booking, before = eligible(db, slot.booking_id, employee, now, late=reason is not None)
        _check_changeable(booking, slot, now, reason)
        if before and before.state in COMING:
            raise AlreadySignedUp(before)
        _check_free(db, employee.id, slot, but=before)
        offered = db.get_one(Slot, before.slot_id) if before and before.slot_id else None
        if offered is None and slot.taken >= slot.capacity:
            end_offers(db, booking, now, on=slot)
        if offered is None:
            slot.take(db)
        elif offered.id != slot.id:
            _exchange(db, offered, slot)
        made = before or SignUp(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            employee_id=employee.id,
            signed_up_at=now,
            revision=0,
        )
        made.signed_up_by_id = by.user_id
        _sit(made, slot)
        db.add(made)
        tell(db, booking, News("created", made, slot), by=by, now=now, reason=reason)
        if offered and offered.id != slot.id:
            offer_places(db, booking, [offered], now)
        return made


def sign_up_all(
    db: Session,
    slot: Slot,
    employees: Collection[Employee],
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> list[SignUp]:
    """Put several employees on a slot, all or, where `sign_up` refuses one, none."""
    refuse_full(db, slot, employees, now, reason)
    with whole_customer(db), db.begin_nested():
        hold_people(db, [employee.id for employee in employees])
        return [sign_up(db, slot, employee, by=by, now=now, reason=reason) for employee in employees]


_STANDS_THERE_OR_IS_OVER = (
    select(SignUp.id)
    .where(
        SignUp.booking_id == bindparam("booking_id"),
        (SignUp.employee_id.in_(bindparam("ids", expanding=True, type_=Integer)) & SignUp.state.in_(OPEN))
        | (
            (SignUp.slot_id == bindparam("slot_id"))
            & (SignUp.state == OFFERED)
            & (SignUp.offered_until <= bindparam("now", type_=SignUp.offered_until.type))
        ),
    )
    .limit(1)
)


def refuse_full(db: Session, slot: Slot, employees: Collection[Employee], now: datetime, reason: str | None) -> None:
    """Refuse at a look where that is certain, so that those who come for the last places hold nobody up.

    Who has something on the booking already, or finds an offer there that is over, may still get a place.
    """
    if employees and slot.taken >= slot.capacity:
        with whole_customer(db):
            asked = {"ids": [employee.id for employee in employees], "slot_id": slot.id, "now": now}
            if not select_rows(db, _STANDS_THERE_OR_IS_OVER, {"booking_id": slot.booking_id, **asked}):
                _check_changeable(db.get_one(Booking, slot.booking_id), slot, now, reason)
                raise SlotFull(slot.id)


def cancel(
    db: Session,
    sign_up: SignUp,
    *,
    by: Actor,
    now: datetime,
    at_any_time: bool = False,
    reason: str | None = None,
) -> None:
    """Take the person off, and offer the place to who is next (T5).

    Raises BookingCancelled, TooLate, NoLongerSignedUp; `at_any_time` is for people who leave. A waiting list may be
    left whenever one wants.
    """
    with whole_customer(db):
        booking = _held(db, sign_up)
        slot = db.get_one(Slot, sign_up.slot_id) if sign_up.slot_id and sign_up.holds_a_place else None
        if slot and not at_any_time:
            _check_changeable(booking, slot, now, reason)
        was, sign_up.state, sign_up.offered_until = sign_up.state, CANCELLED, None
        sign_up.revision += 1
        if slot:
            slot.give_back(db)
        tell(db, booking, News("cancelled", sign_up, slot, was=was), by=by, now=now, reason=reason)
        if slot:
            offer_places(db, booking, [slot], now)


def move(db: Session, sign_up: SignUp, slot: Slot, *, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Give the person another slot of the booking, and offer the old one to who is next (T5).

    Raises BookingCancelled, TooLate, NoLongerSignedUp, Overlaps, SlotFull.
    """
    with whole_customer(db):
        booking, old = _seated(db, sign_up, now, reason)
        if slot.id == old.id:
            return
        _check_changeable(booking, slot, now, reason)
        _check_free(db, sign_up.employee_id, slot, but=sign_up)
        _exchange(db, old, slot)
        _sit(sign_up, slot)
        tell(db, booking, News("moved", sign_up, slot, before=old), by=by, now=now, reason=reason)
        offer_places(db, booking, [old], now)


def swap(db: Session, one: SignUp, other: SignUp, *, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Let two people of a booking change places; raises as `move` does, and ValueError across bookings."""
    if one.booking_id != other.booking_id:
        raise ValueError("places are swapped within a booking")
    with whole_customer(db):
        hold_people(db, (one.employee_id, other.employee_id))
        (booking, mine), (_, theirs) = _seated(db, one, now, reason), _seated(db, other, now, reason)
        if mine.id == theirs.id:
            return
        _check_free(db, one.employee_id, theirs, but=one)
        _check_free(db, other.employee_id, mine, but=other)
        _sit(one, theirs)
        _sit(other, mine)
        swapped = News("moved", one, theirs, before=mine), News("moved", other, mine, before=theirs)
        tell(db, booking, *swapped, by=by, now=now, reason=reason)


def hand_over(db: Session, sign_up: SignUp, heir: Employee, *, by: Actor, now: datetime) -> None:
    """Give the place to a colleague, whoever waits (section 5, number 7).

    Raises BookingCancelled, TooLate, NoLongerSignedUp, NotActive, NoEmail, AlreadySignedUp, Overlaps.
    """
    with whole_customer(db):
        hold_people(db, (sign_up.employee_id, heir.id))
        booking, slot = _seated(db, sign_up, now)
        _, before = eligible(db, booking.id, heir, now)
        if before:
            raise AlreadySignedUp(before)
        _check_free(db, heir.id, slot, but=None)
        was, sign_up.state = sign_up.state, CANCELLED
        sign_up.revision += 1
        made = SignUp(
            customer_id=sign_up.customer_id,
            unit_id=sign_up.unit_id,
            booking_id=booking.id,
            employee_id=heir.id,
            signed_up_at=now,
            signed_up_by_id=by.user_id,
            revision=0,
        )
        _sit(made, slot)
        db.add(made)
        tell(db, booking, News("cancelled", sign_up, slot, was=was), News("created", made, slot), by=by, now=now)


def accept(db: Session, sign_up: SignUp, *, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Say yes to the offered place; raises BookingCancelled, TooLate, NoLongerSignedUp."""
    with whole_customer(db):
        booking = _held(db, sign_up)
        if sign_up.state != OFFERED or sign_up.offered_until is None or sign_up.offered_until <= now:
            raise NoLongerSignedUp(f"the offer of sign-up {sign_up.id} is over")
        slot = db.get_one(Slot, sign_up.slot_id)
        _check_changeable(booking, slot, now, reason)
        _sit(sign_up, slot)
        tell(db, booking, News("created", sign_up, slot), by=by, now=now, reason=reason)


def confirm(db: Session, sign_up: SignUp, *, by: Actor, now: datetime) -> None:
    """Note that the employee will come; raises BookingCancelled, TooLate, NoLongerSignedUp."""
    with whole_customer(db):
        booking, slot = _seated(db, sign_up, now)
        if sign_up.state == CONFIRMED:
            return
        sign_up.state = CONFIRMED
        tell(db, booking, News("confirmed", sign_up, slot), by=by, now=now)


def _held(db: Session, sign_up: SignUp) -> Booking:
    """Lock the person and look again: what was read before may be over."""
    hold_people(db, (sign_up.employee_id,))
    db.refresh(sign_up)
    if sign_up.state not in OPEN:
        raise NoLongerSignedUp(f"sign-up {sign_up.id}")
    return hold_booking(db, sign_up.booking_id)


def _seated(db: Session, sign_up: SignUp, now: datetime, reason: str | None = None) -> tuple[Booking, Slot]:
    booking = _held(db, sign_up)
    if sign_up.state not in COMING:
        raise NoLongerSignedUp(f"sign-up {sign_up.id}")
    slot = db.get_one(Slot, sign_up.slot_id)
    _check_changeable(booking, slot, now, reason)
    return booking, slot


def _sit(sign_up: SignUp, slot: Slot) -> None:
    sign_up.slot_id, sign_up.state, sign_up.offered_until = slot.id, SIGNED_UP, None
    sign_up.revision += 1


def _exchange(db: Session, old: Slot, new: Slot) -> None:
    """Give one place back and take another, or neither; slots are locked in one order, too."""
    with db.begin_nested():
        for slot in sorted((old, new), key=lambda slot: slot.id):
            (slot.give_back if slot is old else slot.take)(db)


def _check_changeable(booking: Booking, slot: Slot, now: datetime, reason: str | None) -> None:
    booking.check_open(now, late=reason is not None)
    if not slot.is_ahead(now, late=reason is not None):
        raise TooLate(f"slot {slot.id} has begun, or its day is over")


def _check_free(db: Session, employee_id: int, slot: Slot, *, but: SignUp | None) -> None:
    other = appointment_at(db, employee_id, slot, but)
    if other is not None:
        raise Overlaps(employee_id, other)
