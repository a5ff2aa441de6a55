"""The event to the CRM about a booking itself: how it is now, with all its times. Sign-ups are in `sign_ups.news`."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.slots import Slot
from models.core.scope import whole_customer
from models.outbox.message import Outgoing, post


def tell_crm(db: Session, booking: Booking, what: str, now: datetime) -> None:
    """Tell that a booking was `published` or `changed` here; what came from the CRM is not sent back."""
    db.flush()
    with whole_customer(db):
        payload = facts_of(db, booking)
    post(
        db,
        Outgoing.event(booking, f"booking.{what}", payload, now),
    )


def facts_of(db: Session, booking: Booking) -> dict[str, Any]:
    """A booking as the CRM is told of one; moments in ISO, UTC."""
    times = db.execute(
        select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.capacity)
        .where(Slot.booking_id == booking.id)
        .order_by(Slot.starts_at, Slot.id)
    )
    return {
        "booking": booking.id,
        "unit_id": booking.unit_id,
        "order_number": booking.order_number,
        "title": booking.title,
        "place": booking.place,
        "preparation": booking.preparation,
        "self_declaration_url": booking.self_declaration_url,
        "deadline": booking.deadline.isoformat(),
        "names_hidden": booking.names_hidden,
        "needs_national_id": booking.needs_national_id,
        "cancelled": booking.cancelled_at is not None,
        "slots": [
            {"slot": id, "starts_at": starts.isoformat(), "ends_at": ends.isoformat(), "capacity": capacity}
            for id, starts, ends, capacity in times
        ],
    }
