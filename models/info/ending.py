"""What can be done about bookings for a few days more: places to fill, and offers to say yes to (H3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import OFFERED, SignUp
from models.bookings.slots import Slot
from models.core.base import Moment
from models.core.walls import select_rows

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


_NOW, _SOON = bindparam("now", type_=Moment), bindparam("soon", type_=Moment)
_free = func.sum(Slot.capacity - Slot.taken)
_TO_FILL = (
    select(Booking.id, Booking.title, Booking.deadline, _free)
    .join(Slot, Slot.booking_id == Booking.id)
    .where(Booking.cancelled_at.is_(None), Booking.deadline > _NOW, Booking.deadline <= _SOON)
    .group_by(Booking.id, Booking.title, Booking.deadline)
    .having(_free > 0)
    .order_by(Booking.deadline, Booking.id)
    .limit(_MOST)
)
_until = func.min(SignUp.offered_until)
_OFFERS = (
    select(Booking.id, Booking.title, _until, func.count())
    .join(SignUp, SignUp.booking_id == Booking.id)
    .where(
        Booking.names_hidden.is_(False),
        SignUp.state == OFFERED,
        SignUp.offered_until > _NOW,
        SignUp.offered_until <= _SOON,
    )
    .group_by(Booking.id, Booking.title)
    .order_by(_until, Booking.id)
    .limit(_MOST)
)


def ending_soon(db: Session, now: datetime) -> list[Ending]:
    """Those of the scope that end within a week: offers first. Where names are hidden, offers are nobody's business."""
    when = {"now": now, "soon": now + SOON}
    to_fill, offers = select_rows(db, _TO_FILL, when), select_rows(db, _OFFERS, when)
    return [
        *(Ending(id, title, at, number, offered=True) for id, title, at, number in offers if at),
        *(Ending(id, title, deadline, int(number), offered=False) for id, title, deadline, number in to_fill),
    ]
