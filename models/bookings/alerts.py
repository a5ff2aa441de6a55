"""What a customer's users are told of bookings (H5): new times, what changed, and deadlines near while places are free.

Who is told, and when, is in `models.alerts`; what employees are told, in `sign_ups.news`.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from models.alerts.kinds import Kind
from models.alerts.waiting import alert
from models.bookings.booking import Booking
from models.bookings.slots import Slot
from models.core.clock import OSLO
from models.core.scope import whole_customer
from models.customers.units import unit_name

SOON = timedelta(days=3)
"""So long before a deadline it is told of."""
_AT_ONCE = 100


def tell_of_new_times(db: Session, booking: Booking, now: datetime) -> None:
    """Tell of times that one can sign up for now."""
    if booking.is_open(now):
        _tell(db, Kind.NEW_TIMES, booking, _closes(booking), now)


def tell_of_change(db: Session, booking: Booking, told: str, now: datetime) -> None:
    """Tell of something that has become another with a booking that is not over."""
    with whole_customer(db):
        ahead = db.scalar(select(Slot.id).where(Slot.booking_id == booking.id, Slot.starts_at > now).limit(1))
    if ahead is not None:
        _tell(db, Kind.CHANGED_TIMES, booking, told, now)


def alert_deadlines(db: Session, now: datetime) -> int:
    """Tell of deadlines that have come near while places are free, once for each deadline; of how many bookings.

    Across customers; the caller commits.
    """
    has_free = exists().where(Slot.booking_id == Booking.id, Slot.taken < Slot.capacity, Slot.starts_at > now)
    is_new = Booking.deadline_told.is_(None) | (Booking.deadline_told != Booking.deadline)
    near = (
        select(Booking)
        .where(Booking.deadline > now, Booking.deadline <= now + SOON, Booking.cancelled_at.is_(None), is_new, has_free)
        .order_by(Booking.id)
        .limit(_AT_ONCE)
    )
    told = 0
    for booking in db.scalars(near).all():
        taken = (
            update(Booking)
            .where(Booking.id == booking.id, is_new)
            .values(deadline_told=Booking.deadline)
            .returning(Booking.id)
        )
        if db.scalar(taken, execution_options={"synchronize_session": False}) is not None:
            _tell(db, Kind.DEADLINE, booking, _closes(booking), now)
            told += 1
    return told


def _closes(booking: Booking) -> str:
    return f"Påmelding til {booking.deadline.astimezone(OSLO):%d.%m.%Y kl. %H:%M}"


def _tell(db: Session, kind: Kind, booking: Booking, told: str, now: datetime) -> None:
    with whole_customer(db):
        unit = unit_name(db, booking.unit_id)
    alert(db, kind, booking, booking.unit_id, title=f"{booking.title}, {unit}", told=told, now=now)
