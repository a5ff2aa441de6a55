"""What the provider changes of a booking after it was published: its facts and times, and calling it off (T1, C3).

Customers can change none of it; who sits on a time that changes is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from models.audit import Actor, record
from models.bookings import Booking
from models.sign_up_news import News, tell
from models.sign_ups import CANCELLED, HOLDING, OPEN, SignUp, hold_people, offer_places
from models.slots import Slot


class ChangeRefused(Exception):
    """The times cannot become what is wanted while people sit on them; the text says which."""


@dataclass(frozen=True, slots=True)
class Time:
    """A slot as the provider wants it."""

    starts_at: datetime
    ends_at: datetime
    capacity: int


def revise(db: Session, booking: Booking, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Give a booking other facts (`title`, `place`, `preparation`, `deadline` …)."""
    changed = sorted(name for name, value in facts.items() if getattr(booking, name) != value)
    for name in changed:
        setattr(booking, name, facts[name])
    if changed:
        _record(db, booking, "changed", by, now, fields=changed)


def set_time(db: Session, booking: Booking, slot: Slot, time: Time, *, by: Actor, now: datetime) -> None:
    """Move a slot or give it another capacity, tell who sits there, and offer places that came free.

    Raises ChangeRefused where more people sit there than would have room, or it ends before it begins.
    """
    if time.capacity < max(1, slot.taken):
        raise ChangeRefused(f"{slot.taken} people sit on slot {slot.id}, which cannot have {time.capacity} places")
    if time.ends_at <= time.starts_at:
        raise ChangeRefused("a time ends after it begins")
    is_moved = (slot.starts_at, slot.ends_at) != (time.starts_at, time.ends_at)
    grows = time.capacity > slot.capacity
    slot.capacity = time.capacity
    if is_moved:
        before = Slot(id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at)
        slot.starts_at, slot.ends_at = time.starts_at, time.ends_at
        seated = _sign_ups(db, SignUp.slot_id == slot.id, SignUp.state.in_(HOLDING))
        for sign_up in seated:
            sign_up.revision += 1
        tell(db, booking, *(News("moved", each, slot, before=before) for each in seated), by=by, now=now)
    if is_moved or grows:
        _record(db, booking, "time changed", by, now, slot=slot.id)
    if grows:
        offer_places(db, booking, [slot], now)


def add_times(db: Session, booking: Booking, times: list[Time], *, by: Actor, now: datetime) -> list[Slot]:
    """Add slots, and offer them to those who wait."""
    slots = [
        Slot(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            capacity=time.capacity,
            taken=0,
        )
        for time in times
    ]
    db.add_all(slots)
    db.flush()
    if slots:
        _record(db, booking, "times added", by, now, slots=[slot.id for slot in slots])
        offer_places(db, booking, slots, now)
    return slots


def remove_time(db: Session, booking: Booking, slot: Slot, *, by: Actor, now: datetime) -> None:
    """Take a slot away on which nobody ever sat; raises ChangeRefused where somebody did."""
    if db.scalar(select(exists().where(SignUp.slot_id == slot.id))):
        raise ChangeRefused(f"slot {slot.id} has sign-ups: move them, or call the booking off")
    db.execute(delete(Slot).where(Slot.id == slot.id))
    _record(db, booking, "time removed", by, now, slot=slot.id)


def call_off(db: Session, booking: Booking, *, by: Actor, now: datetime) -> None:
    """Cancel a booking: everybody on it is taken off and told; nothing where it is cancelled already."""
    if booking.cancelled_at is not None:
        return
    booking.cancelled_at = now
    slots = {slot.id: slot for slot in db.scalars(select(Slot).where(Slot.booking_id == booking.id))}
    news = []
    for sign_up in _sign_ups(db, SignUp.booking_id == booking.id, SignUp.state.in_(OPEN)):
        slot = slots[sign_up.slot_id] if sign_up.slot_id and sign_up.holds_a_place else None
        was, sign_up.state, sign_up.offered_until = sign_up.state, CANCELLED, None
        sign_up.revision += 1
        if slot:
            slot.give_back(db)
        news.append(News("cancelled", sign_up, slot, was=was))
    _record(db, booking, "cancelled", by, now)
    tell(db, booking, *news, by=by, now=now)


def _sign_ups(db: Session, *which: Any) -> list[SignUp]:
    """The sign-ups, with their people locked, in the order in which everybody locks them."""
    hold_people(db, db.scalars(select(SignUp.employee_id).where(*which)).all())
    return list(
        db.scalars(select(SignUp).where(*which).order_by(SignUp.id), execution_options={"populate_existing": True})
    )


def _record(db: Session, booking: Booking, action: str, by: Actor, now: datetime, **changed: Any) -> None:
    about = f"booking:{booking.id}"
    told = {"customer_id": booking.customer_id, "about": about, "action": action, "changed": changed}
    record(db, actor=by.label, now=now, **told)  # type: ignore[arg-type]
