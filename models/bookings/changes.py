"""What the provider changes of a booking after it was published: its facts and times, and calling it off (T1, C3).

Customers can change none of it; those who sit on a time that changes get a letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.bookings.alerts import tell_of_change, tell_of_new_times
from models.bookings.booking import Booking, ChangedMeanwhile
from models.bookings.news import tell_crm
from models.bookings.sign_ups.news import News, tell
from models.bookings.sign_ups.offers import offer_places
from models.bookings.sign_ups.sign_up import CANCELLED, COMING, HOLDING, OPEN, SignUp, appointment_at, hold_people
from models.bookings.slots import Slot
from models.core.audit import THE_CRM, Actor, Change, record


class ChangeRefused(Exception):
    """The times cannot become what is wanted while people sit on them; the text says which."""


class TooFewPlaces(ChangeRefused):
    """More people sit there than would have a place."""

    def __init__(self, slot: Slot, wanted: int) -> None:
        super().__init__(f"{slot.taken} people sit on slot {slot.id}, which cannot have {wanted} places")
        self.taken = slot.taken


class EndsBeforeItBegins(ChangeRefused):
    """A time ends after it begins."""


class HasBegun(ChangeRefused):
    """What has begun cannot be moved."""


class PeopleAreBusy(ChangeRefused):
    """Those who sit there are somewhere else at the new time (T4)."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"{len(names)} people are somewhere else then")
        self.names = names


class HasSignUps(ChangeRefused):
    """Somebody sits there, or has sat."""


@dataclass(frozen=True, slots=True)
class Time:
    """A slot as the provider wants it."""

    starts_at: datetime
    ends_at: datetime
    capacity: int


def hold_round(db: Session, id: int) -> Booking:
    """The booking as it is now, held against everybody until the commit: its people first, as all do, then itself."""
    hold_people(db, db.scalars(select(SignUp.employee_id).where(SignUp.booking_id == id, SignUp.state.in_(OPEN))).all())
    held = select(Booking).where(Booking.id == id).with_for_update()
    return db.scalars(held, execution_options={"populate_existing": True}).one()


def revise(
    db: Session,
    booking: Booking,
    facts: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    tell_of_place: bool = False,
) -> int:
    """Give a booking other facts (`title`, `place`, `preparation`, `deadline` …); returns how many people are told.

    `tell_of_place` writes to whoever comes where the place is another; an event that also moves times does so with
    them. Where sign-up opens again, free places are offered to those who wait. `seen` is the version that the user saw;
    raises ChangedMeanwhile where there is a newer one.
    """
    if seen is not None and seen != booking.version:
        raise ChangedMeanwhile(f"booking {booking.id} is another than the one that was seen")
    changed = sorted(name for name, value in facts.items() if getattr(booking, name) != value)
    was_open = booking.is_open(now)
    for name in changed:
        setattr(booking, name, facts[name])
    if not changed:
        return 0
    _record(db, booking, "changed", by, now, fields=changed)
    if "place" in changed:
        tell_of_change(db, booking, f"Nytt sted: {booking.place}", now)
    told = _tell_of_place(db, booking, by, now) if tell_of_place and "place" in changed else 0
    if booking.is_open(now) and not was_open:
        offer_places(db, booking, _slots_of(db, booking), now)
    return told


def _tell_of_place(db: Session, booking: Booking, by: Actor, now: datetime) -> int:
    ahead = {slot.id: slot for slot in _slots_of(db, booking) if slot.starts_at > now}
    seated = _sign_ups(db, SignUp.booking_id == booking.id, SignUp.slot_id.in_(ahead), SignUp.state.in_(COMING))
    for sign_up in seated:
        sign_up.revision += 1
    news = (News("moved", each, ahead[each.slot_id], before=ahead[each.slot_id]) for each in seated if each.slot_id)
    tell(db, booking, *news, by=by, now=now)
    return len(seated)


def set_time(
    db: Session,
    booking: Booking,
    slot: Slot,
    time: Time,
    *,
    by: Actor,
    now: datetime,
    where_people_are_free: bool = False,
) -> int:
    """Move a slot or give it another capacity, and offer places that came free; returns how many people are told.

    Raises TooFewPlaces, EndsBeforeItBegins, and, where the slot is only to be moved where its people can come, HasBegun
    and PeopleAreBusy.
    """
    _check_time(slot, time)
    is_moved = (slot.starts_at, slot.ends_at) != (time.starts_at, time.ends_at)
    grows, is_changed = time.capacity > slot.capacity, is_moved or time.capacity != slot.capacity
    seated = _sign_ups(db, SignUp.slot_id == slot.id, SignUp.state.in_(HOLDING)) if is_moved else []
    if is_moved and where_people_are_free:
        _check_free(db, slot, time, seated, now)
    slot.capacity = time.capacity
    if is_moved:
        news = _moved(slot, time, seated)
        tell(db, booking, *news, by=by, now=now)
        tell_of_change(db, booking, "Tider er flyttet", now)
    if is_changed:
        _record(db, booking, "time changed", by, now, slot=slot.id)
    if grows:
        offer_places(db, booking, [slot], now)
    return len(seated)


def move_times(
    db: Session, booking: Booking, wanted: Mapping[int, Time], *, reason: str, by: Actor, now: datetime
) -> int:
    """Move several slots of a booking, by their ids, all of them or none; returns how many people are told.

    Each gets one letter. Raises what `set_time` does; `reason` is for the log alone.
    """
    slots = [slot for slot in _slots_of(db, booking) if slot.id in wanted]
    news = []
    for slot in slots:
        time = wanted[slot.id]
        _check_time(slot, time)
        seated = _sign_ups(db, SignUp.slot_id == slot.id, SignUp.state.in_(HOLDING))
        _check_free(db, slot, time, seated, now)
        news += _moved(slot, time, seated)
    tell(db, booking, *news, by=by, now=now, reason=reason)
    tell_of_change(db, booking, "Tider er flyttet", now)
    _record(db, booking, "times moved", by, now, slots=[slot.id for slot in slots], reason=reason)
    return len(news)


def _check_time(slot: Slot, time: Time) -> None:
    if time.capacity < max(1, slot.taken):
        raise TooFewPlaces(slot, time.capacity)
    if time.ends_at <= time.starts_at:
        raise EndsBeforeItBegins("a time ends after it begins")


def _moved(slot: Slot, time: Time, seated: list[SignUp]) -> list[News]:
    """Move a slot with those who sit on it; what each of them is to be told."""
    before = Slot(id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at)
    slot.starts_at, slot.ends_at = time.starts_at, time.ends_at
    for sign_up in seated:
        sign_up.revision += 1
    return [News("moved", each, slot, before=before) for each in seated]


def _check_free(db: Session, slot: Slot, time: Time, seated: list[SignUp], now: datetime) -> None:
    if slot.starts_at <= now:
        raise HasBegun(f"slot {slot.id} has begun")
    wanted = Slot(starts_at=time.starts_at, ends_at=time.ends_at)
    busy = [each.employee_id for each in seated if appointment_at(db, each.employee_id, wanted, each) is not None]
    if busy:
        raise PeopleAreBusy([each.full_name for each in hold_people(db, busy)])


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
        tell_of_new_times(db, booking, now)
    return slots


def remove_time(db: Session, booking: Booking, slot: Slot, *, by: Actor, now: datetime) -> None:
    """Take a slot away on which nobody ever sat; raises HasSignUps where somebody did."""
    if db.scalar(select(SignUp.id).where(SignUp.slot_id == slot.id).limit(1)) is not None:
        raise HasSignUps(f"slot {slot.id} has sign-ups: move them, or call the booking off")
    db.execute(delete(Slot).where(Slot.id == slot.id))
    _record(db, booking, "time removed", by, now, slot=slot.id)


def on_it(db: Session, booking: Booking) -> int:
    """How many would get a letter if the booking were called off now."""
    which = select(func.count(SignUp.id)).where(SignUp.booking_id == booking.id, SignUp.state.in_(OPEN))
    return db.scalar(which) or 0


def call_off(db: Session, booking: Booking, *, by: Actor, now: datetime) -> int:
    """Cancel a booking: everybody on it is taken off and told; nothing where it is cancelled already.

    Returns how many that were.
    """
    if booking.cancelled_at is not None:
        return 0
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
    tell_of_change(db, booking, "Avlyst", now)
    tell(db, booking, *news, by=by, now=now)
    return len(news)


def _slots_of(db: Session, booking: Booking) -> list[Slot]:
    return list(db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at, Slot.id)))


def _sign_ups(db: Session, *which: Any) -> list[SignUp]:
    """The sign-ups, with their people locked, in the order in which everybody locks them."""
    hold_people(db, db.scalars(select(SignUp.employee_id).where(*which)).all())
    return list(
        db.scalars(select(SignUp).where(*which).order_by(SignUp.id), execution_options={"populate_existing": True})
    )


def _record(db: Session, booking: Booking, action: str, by: Actor, now: datetime, **changed: Any) -> None:
    record(
        db,
        Change.of(booking, action, by=by, at=now, changed=changed),
    )
    if by.label != THE_CRM.label:
        tell_crm(db, booking, "changed", now)
