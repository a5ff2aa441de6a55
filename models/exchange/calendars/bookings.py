"""Bookings as calendar entries for those who sign people up: one entry for each time that somebody has.

Who is named is what the session may see; on a booking with hidden names nobody is: others may look into a calendar.
"""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import HOLDING, SignUp
from models.bookings.slots import Slot
from models.employees.employee import Employee
from models.exchange.calendars.ics import Entry

_PAST = timedelta(days=92)
"""So far back a feed goes."""


def entries_of_booking(db: Session, booking_id: int, host: str, now: datetime) -> list[Entry]:
    """The entries of one booking; `host` makes them the portal's own among all entries of the world."""
    return _entries(db, Booking.id == booking_id, host, now)


def entries_in_scope(db: Session, host: str, now: datetime) -> list[Entry]:
    """The entries of all bookings that the session may see, from a quarter of a year ago on."""
    return _entries(db, Slot.ends_at > now - _PAST, host, now)


def _entries(db: Session, which: ColumnElement[bool], host: str, now: datetime) -> list[Entry]:
    slots = db.execute(
        select(Slot, Booking)
        .join(Booking, Booking.id == Slot.booking_id)
        .where(which, Booking.cancelled_at.is_(None), Slot.taken > 0)
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    people: dict[int, list[str]] = defaultdict(list)
    for slot_id, given_name, family_name in db.execute(
        select(Slot.id, Employee.given_name, Employee.family_name)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .join(Booking, Booking.id == SignUp.booking_id)
        .join(Employee, Employee.id == SignUp.employee_id)
        .where(which, SignUp.state.in_(HOLDING), Booking.names_hidden.is_(False))
        .order_by(Slot.id, SignUp.id)
    ):
        people[slot_id].append(f"{given_name} {family_name}")
    today = datetime.combine(now.astimezone(UTC), time(), UTC)  # so that what has not changed is the same all day
    return [_entry(slot, booking, people[slot.id], host, today) for slot, booking in slots]


def _entry(slot: Slot, booking: Booking, names: list[str], host: str, changed_at: datetime) -> Entry:
    alone = names[0] if slot.capacity == 1 and names else f"{slot.taken} av {slot.capacity}"
    unseen = slot.taken - len(names)
    others = [f"{unseen} {'påmeldt' if not names else 'til'}"] if unseen else []
    return Entry(
        uid=f"slot-{slot.id}@{host}",
        sequence=0,
        changed_at=changed_at,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=f"{booking.title}: {alone}",
        place=booking.place,
        description="\n".join(names + others),
    )
