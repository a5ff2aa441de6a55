"""What waits for a customer's users (section 5, number 4): employees about whom the provider lacks something.

How it is shown and put right, row by row, is in `routes.info`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Index, Integer, bindparam, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import COMING, OFFERED, SignUp
from models.bookings.slots import Slot
from models.core.base import Moment
from models.core.clock import OSLO
from models.core.walls import select_rows
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.national_ids import NationalId

COUNTED_TO = 1000
"""A count stops here, so that a large customer's page is as fast as a small one's."""

_lacks_email = Employee.deactivated_at.is_(None) & Employee.email.is_(None)
Index(
    "ix_employees_without_email",
    Employee.customer_id,
    Employee.sort_key,
    Employee.id,
    postgresql_where=_lacks_email,
    sqlite_where=_lacks_email,
)


@dataclass(frozen=True, slots=True)
class Person:
    """An active employee as a row of the worklist; `starts_at` is when the number is needed."""

    id: int
    name: str
    unit_name: str
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A coming booking for which numbers are missing: of how many, and on which day the first is needed."""

    booking_id: int
    title: str
    first_day: date
    count: int


# In the order of the index, so that it is the one that is used: without it, SQLite reads all of the customer's.
_EMAILS_COUNTED = select(func.count()).select_from(
    select(Employee.id).where(_lacks_email).order_by(Employee.sort_key, Employee.id).limit(COUNTED_TO + 1).subquery()
)
_WITHOUT_EMAIL = (
    select(Employee.id, Employee.given_name, Employee.family_name, Unit.name)
    .join(Unit, Unit.id == Employee.unit_id)
    .where(_lacks_email)
    .order_by(Employee.sort_key, Employee.id)
    .limit(bindparam("at_most", type_=Integer))
)
# Where names are hidden, nobody is listed: not even that somebody comes.
_LACKING = (
    select(Booking.id)
    .join(SignUp, SignUp.booking_id == Booking.id)
    .join(Slot, Slot.id == SignUp.slot_id)
    .join(Employee, Employee.id == SignUp.employee_id)
    .outerjoin(NationalId, NationalId.employee_id == Employee.id)
    .where(
        Booking.needs_national_id,
        Booking.names_hidden.is_(False),
        Booking.cancelled_at.is_(None),
        Slot.ends_at > bindparam("now", type_=Moment),
        SignUp.state.in_((*COMING, OFFERED)),
        Employee.deactivated_at.is_(None),
        NationalId.employee_id.is_(None),
    )
)
_BOOKINGS = (
    _LACKING.with_only_columns(
        Booking.id, Booking.title, func.min(Slot.starts_at), func.count(), maintain_column_froms=True
    )
    .group_by(Booking.id, Booking.title)
    .order_by(func.min(Slot.starts_at), Booking.id)
)
_OF_BOOKING = (
    _LACKING.with_only_columns(
        Employee.id, Employee.given_name, Employee.family_name, Unit.name, Slot.starts_at, maintain_column_froms=True
    )
    .join(Unit, Unit.id == Employee.unit_id)
    .where(Booking.id == bindparam("booking_id", type_=Integer))
    .order_by(Slot.starts_at, Employee.sort_key, Employee.id)
    .limit(bindparam("at_most", type_=Integer))
)


def count_without_email(db: Session) -> int:
    """How many active employees of the scope have no e-mail; COUNTED_TO + 1 means more than that."""
    return int(select_rows(db, _EMAILS_COUNTED)[0][0])


def without_email(db: Session, at_most: int) -> list[Person]:
    """The first of them, as they stand in the list of employees."""
    found = select_rows(db, _WITHOUT_EMAIL, {"at_most": at_most})
    return [Person(id, f"{given} {family}", unit_name) for id, given, family, unit_name in found]


def bookings_lacking_numbers(db: Session, now: datetime) -> list[Lacking]:
    """The coming bookings for which an identity number is missing, the soonest first."""
    found = select_rows(db, _BOOKINGS, {"now": now})
    return [Lacking(id, title, starts_at.astimezone(OSLO).date(), count) for id, title, starts_at, count in found]


def without_number(db: Session, booking_id: int, now: datetime, at_most: int) -> list[Person]:
    """Who is signed up to the booking and has no number: the first, in the order of their times."""
    found = select_rows(db, _OF_BOOKING, {"now": now, "booking_id": booking_id, "at_most": at_most})
    return [Person(id, f"{given} {family}", unit_name, starts_at) for id, given, family, unit_name, starts_at in found]
