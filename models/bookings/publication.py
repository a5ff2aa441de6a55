"""Publishing a series as a booking: from a form, once per form, or for several units at once.

What a series is, stands in `series`; what becomes of a booking afterwards, in `changes`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.news import tell_crm
from models.bookings.series import Series, SeriesRefused
from models.bookings.slots import Slot
from models.core.audit import THE_PROVIDER, Actor, Change, record
from models.customers.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is published of a booking beside its times; sign-up closes so long before the first of them."""

    title: str
    place: str
    closes_before: timedelta
    order_number: int | None = None
    preparation: str = ""
    self_declaration_url: str = ""
    names_hidden: bool = False
    needs_national_id: bool = False


class KeyUsed(Exception):
    """The form was already sent once, with other content, and made this booking."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"the form was sent before as booking {booking.id}")
        self.booking = booking


def publish(
    db: Session,
    unit_id: int,
    series: Series,
    facts: Facts,
    *,
    by: Actor,
    now: datetime,
    key: str | None = None,
    fingerprint: str | None = None,
) -> Booking:
    """Publish a series as a booking of a unit; the CRM is told by `publish_once` and `publish_for_units`.

    Raises SeriesRefused, and sqlalchemy's NoResultFound for an unknown unit.
    """
    times = series.times()
    said = asdict(facts)
    booking = Booking(
        customer_id=db.execute(select(Unit.customer_id).where(Unit.id == unit_id)).scalar_one(),
        unit_id=unit_id,
        deadline=times[0][0] - said.pop("closes_before"),
        idempotency_key=key,
        fingerprint=fingerprint,
        **said,
    )
    db.add(booking)
    db.flush()
    db.add_all(_slots(booking, times, series.capacity))
    db.flush()
    record(db, Change.of(booking, "published", by=by, at=now))
    return booking


def _slots(booking: Booking, times: Sequence[tuple[datetime, datetime]], capacity: int) -> Iterator[Slot]:
    for starts_at, ends_at in times:
        yield Slot(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            starts_at=starts_at,
            ends_at=ends_at,
            capacity=capacity,
        )


def publish_once(
    db: Session, unit_id: int, series: Series, facts: Facts, *, key: str, by: Actor, now: datetime
) -> Booking:
    """Publish a series with these `facts`, or find what the same form has published before.

    Raises KeyUsed, SeriesRefused, and sqlalchemy's NoResultFound for an unknown unit.
    """
    content = repr((unit_id, series, facts))
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    before = _published_with(db, key, fingerprint)
    if before is not None:
        return before
    try:
        with db.begin_nested():
            made = publish(db, unit_id, series, facts, key=key, fingerprint=fingerprint, by=by, now=now)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        before = _published_with(db, key, fingerprint)
        if before is None:
            raise
        return before
    tell_crm(db, made, "published", now)
    return made


def publish_for_units(
    db: Session, units: Iterable[str], series: Series, facts: Facts, *, now: datetime
) -> list[Booking]:
    """Publish a series as a booking of each of these units, which are named by id or organisation number.

    Raises SeriesRefused, also for a unit that is not there, and for an order that is not that customer's.
    """
    made = []
    for name in units:
        try:
            booking = publish(db, _unit_named(db, name), series, facts, by=THE_PROVIDER, now=now)
        except IntegrityError:
            raise SeriesRefused(f"the customer of unit {name} has no order {facts.order_number}") from None
        tell_crm(db, booking, "published", now)
        made.append(booking)
    return made


def _unit_named(db: Session, name: str) -> int:
    named = select(Unit.id).where(or_(Unit.organisation_number == name, Unit.id == int(name))).order_by(Unit.id)
    id = db.scalar(named)
    if id is None:
        raise SeriesRefused(f"there is no unit {name}")
    return id


def _published_with(db: Session, key: str, fingerprint: str) -> Booking | None:
    found = db.scalar(select(Booking).where(Booking.idempotency_key == key))
    if found is not None and found.fingerprint != fingerprint:
        raise KeyUsed(found)
    return found
