"""Bookings and attendance from the CRM."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import select

from models.bookings.attendance import NobodySits, note_attendance
from models.bookings.booking import Booking
from models.bookings.changes import ChangeRefused, Time, add_times, call_off, remove_time, revise, set_time
from models.bookings.sign_ups.sign_up import SignUp, State
from models.bookings.slots import Slot
from models.crm.records import hold_record, record_id_of
from models.exchange.crm.intake.events import CRM, Arrival, Key, Moment, Name, Refusal
from models.orders.order import Order


class SlotData(Struct):
    """One time of a booking."""

    key: Key
    starts_at: Moment
    ends_at: Moment
    capacity: Annotated[int, Meta(ge=1, le=10_000)]


class BookingData(Struct):
    """A booking as it is now, with all its times."""

    unit: str
    title: Name
    place: Name
    deadline: Moment
    slots: Annotated[list[SlotData], Meta(max_length=2000)]
    order_number: int | None = None
    preparation: Annotated[str, Meta(max_length=4000)] = ""
    self_declaration_url: Annotated[str, Meta(max_length=500, pattern="^(https://.*)?$")] = ""
    names_hidden: bool = False
    cancelled: bool = False


class AttendanceData(Struct):
    """Whether somebody came (T7)."""

    state: Literal["attended", "absent", "Møtt", "Ikke møtt"]


def booking(arrival: Arrival) -> int:
    """Publish a booking, change it, or call it off."""
    data: BookingData = arrival.data
    _check(arrival)
    found = _found(arrival)
    try:
        if not data.cancelled:
            _set_times(arrival, found)
        elif found.cancelled_at is None:
            call_off(arrival.db, found, by=CRM, now=arrival.now)
    except ChangeRefused as refused:
        raise Refusal(str(refused)) from None
    return found.id


def attendance(arrival: Arrival) -> int:
    """Note whether somebody came; the key is the portal's own, which the CRM was told with the sign-up."""
    if not (arrival.key.isascii() and arrival.key.isdigit() and len(arrival.key) <= 9):
        raise Refusal("the key of a sign-up is its number")
    found = arrival.db.scalar(select(SignUp).where(SignUp.id == int(arrival.key)))
    if found is None or found.customer_id != arrival.owner:
        raise Refusal("the customer has no such sign-up")
    try:
        note_attendance(arrival.db, [found.id], State(arrival.data.state), by=CRM, now=arrival.now)
    except NobodySits:
        raise Refusal("nobody sits on that place") from None
    return found.id


def _check(arrival: Arrival) -> None:
    data: BookingData = arrival.data
    if len({slot.key for slot in data.slots}) < len(data.slots):
        raise Refusal("two times have the same key")
    if any(slot.ends_at <= slot.starts_at for slot in data.slots):
        raise Refusal("a time ends after it begins")
    if data.order_number is not None:
        order = arrival.db.scalar(select(Order.customer_id).where(Order.number == data.order_number))
        if order != arrival.owner:
            raise Refusal("the customer has no such order")


def _found(arrival: Arrival) -> Booking:
    """The booking with the facts that it is to have, new where the CRM has not told of it before."""
    data: BookingData = arrival.data
    facts: dict[str, Any] = {
        "unit_id": arrival.unit(data.unit).id,
        **{name: getattr(data, name) for name in ("order_number", "title", "place", "preparation")},
        **{name: getattr(data, name) for name in ("self_declaration_url", "deadline", "names_hidden")},
    }
    if arrival.record.record_id is None:
        made = Booking(customer_id=arrival.owner, **facts)
        arrival.db.add(made)
        arrival.db.flush()
        arrival.note(f"booking:{made.id}", "published")
        return made
    found = arrival.db.scalars(
        select(Booking).where(Booking.id == arrival.record.record_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    revise(arrival.db, found, facts, by=CRM, now=arrival.now)
    arrival.db.flush()
    return found


def _set_times(arrival: Arrival, booking: Booking) -> None:
    """Let the booking have exactly the times of the event: changed ones first, new ones next, others away."""
    db, now = arrival.db, arrival.now
    there = {slot.id: slot for slot in db.scalars(select(Slot).where(Slot.booking_id == booking.id))}
    new: list[SlotData] = []
    kept: set[int] = set()
    for data in arrival.data.slots:
        id = record_id_of(db, "slot", _key(arrival, data), arrival.owner)
        if id is None or id not in there:
            new.append(data)
        else:
            kept.add(id)
            set_time(db, booking, there[id], _time(data), by=CRM, now=now)
    added = add_times(db, booking, [_time(data) for data in new], by=CRM, now=now)
    for data, slot in zip(new, added, strict=True):
        hold_record(db, "slot", _key(arrival, data), arrival.owner, now).record_id = slot.id
    for id in there.keys() - kept:
        remove_time(db, booking, there[id], by=CRM, now=now)


def _key(arrival: Arrival, slot: SlotData) -> str:
    key = f"{arrival.key}/{slot.key}"
    if len(key) > 100:
        raise Refusal("the keys of a booking and its times are too long together")
    return key


def _time(data: SlotData) -> Time:
    return Time(data.starts_at, data.ends_at, data.capacity)
