"""The times of one employee, those to come and those that are over, as the employee's page shows them (H7, T7)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import HOLDING, WAITING, SignUp
from models.bookings.slots import Slot

_MOST = 50
"""So many are shown, the latest first."""


@dataclass(frozen=True, slots=True)
class EmployeeTime:
    """A time of an employee, or a place in the line, which has no moment yet."""

    booking_id: int
    title: str
    place: str
    cancelled: bool
    state: str
    starts_at: datetime | None
    ends_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether it has been."""
        return self.ends_at is not None and self.ends_at <= now


_TIMES = (
    select(Booking.id, Booking.title, Booking.place, Booking.cancelled_at, SignUp.state, Slot.starts_at, Slot.ends_at)
    .select_from(SignUp)
    .join(Booking, Booking.id == SignUp.booking_id)
    .outerjoin(Slot, Slot.id == SignUp.slot_id)
    .where(
        SignUp.employee_id == bindparam("employee"),
        SignUp.state.in_((*HOLDING, WAITING)),
        Booking.names_hidden.is_(False) | (SignUp.signed_up_by_id == bindparam("viewer")),
    )
    .order_by(Slot.starts_at.desc(), SignUp.id.desc())
    .limit(_MOST)
)


def times_of_employee(db: Session, employee_id: int, viewer_id: int) -> list[EmployeeTime]:
    """Their times on bookings that the viewer may see; where names are hidden, only those that the viewer made."""
    rows = db.execute(_TIMES, {"employee": employee_id, "viewer": viewer_id})
    return [
        EmployeeTime(id, title, place, cancelled is not None, state, starts_at, ends_at)
        for id, title, place, cancelled, state, starts_at, ends_at in rows
    ]
