"""Publishing a series, with an event to the CRM: from a form, once per form, or for several units at once.

What a series is, stands in `series`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.bookings.alerts import tell_of_new_times
from models.bookings.booking import Booking
from models.bookings.news import tell_crm
from models.bookings.series import Facts, Series, SeriesRefused, publish
from models.core.audit import THE_PROVIDER, Actor
from models.customers.units import Unit


class KeyUsed(Exception):
    """The form was already sent once, with other content, and made this booking."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"the form was sent before as booking {booking.id}")
        self.booking = booking


def publish_once(
    db: Session, unit_id: int, series: Series, facts: Facts, *, key: str, by: Actor, now: datetime
) -> Booking:
    """Publish a series with these `facts`, or find what the same form has published before.

    Raises KeyUsed, SeriesRefused, and sqlalchemy's NoResultFound for an unknown unit.
    """
    content = repr((unit_id, series, sorted(asdict(facts).items())))
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
    tell_of_new_times(db, made, now)
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
        tell_of_new_times(db, booking, now)
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
