"""What can be done about bookings for a few days more: places to fill, and offers to say yes to (H3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import OFFERED, SignUp
from models.bookings.slots import Slot

SOON = timedelta(days=7)
_MOST = 5
"""So many of each are named, the soonest first."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A booking with places that are free, or offered, and until when something can be done about it."""

    booking_id: int
    title: str
    until: datetime
    count: int
    offered: bool


def ending_soon(db: Session, now: datetime) -> list[Ending]:
    """Those of the scope that end within a week: offers first. Where names are hidden, offers are nobody's business."""
    free = func.sum(Slot.capacity - Slot.taken)
    to_fill = db.execute(
        select(Booking.id, Booking.title, Booking.deadline, free)
        .join(Slot, Slot.booking_id == Booking.id)
        .where(Booking.cancelled_at.is_(None), Booking.deadline > now, Booking.deadline <= now + SOON)
        .group_by(Booking.id, Booking.title, Booking.deadline)
        .having(free > 0)
        .order_by(Booking.deadline, Booking.id)
        .limit(_MOST)
    )
    until = func.min(SignUp.offered_until)
    offers = db.execute(
        select(Booking.id, Booking.title, until, func.count())
        .join(SignUp, SignUp.booking_id == Booking.id)
        .where(
            Booking.names_hidden.is_(False),
            SignUp.state == OFFERED,
            SignUp.offered_until > now,
            SignUp.offered_until <= now + SOON,
        )
        .group_by(Booking.id, Booking.title)
        .order_by(until, Booking.id)
        .limit(_MOST)
    )
    return [
        *(Ending(id, title, at, number, offered=True) for id, title, at, number in offers if at),
        *(Ending(id, title, deadline, int(number), offered=False) for id, title, deadline, number in to_fill),
    ]
