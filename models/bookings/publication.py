"""Publishing a series from a form: once per form, with an event to the CRM. What a series is, stands in `series`."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.news import tell_crm
from models.bookings.series import Series, publish
from models.core.audit import Actor


class KeyUsed(Exception):
    """The form was already sent once, with other content, and made this booking."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"the form was sent before as booking {booking.id}")
        self.booking = booking


def publish_once(
    db: Session, unit_id: int, series: Series, facts: dict[str, Any], *, key: str, by: Actor, now: datetime
) -> Booking:
    """Publish a series with these `facts`, or find what the same form has published before.

    Raises KeyUsed, SeriesRefused, and sqlalchemy's NoResultFound for an unknown unit.
    """
    content = repr((unit_id, series, sorted(facts.items())))
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    before = _published_with(db, key, fingerprint)
    if before is not None:
        return before
    try:
        with db.begin_nested():
            made = publish(db, unit_id, series, **facts, key=key, fingerprint=fingerprint, by=by, now=now)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        before = _published_with(db, key, fingerprint)
        if before is None:
            raise
        return before
    tell_crm(db, made, "published", now)
    return made


def _published_with(db: Session, key: str, fingerprint: str) -> Booking | None:
    found = db.scalar(select(Booking).where(Booking.idempotency_key == key))
    if found is not None and found.fingerprint != fingerprint:
        raise KeyUsed(found)
    return found
