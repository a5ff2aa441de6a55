"""Who can be put on a booking: the employees to choose from, and what each of them has on it already (T2, T4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import COMING, OPEN, SEATED, WAITING, SignUp, State
from models.bookings.sign_ups.waiting_list import places_in_line
from models.bookings.slots import Slot
from models.core.walls import select_rows
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.search import OF_A_ROW, Criteria, EmployeeRow, find_employees

SHOWN = 25
"""So many are shown to choose from; a search finds the others."""
_LOOKED_AT = 100

_IDS = bindparam("ids", expanding=True, type_=Integer)
_BY_ID = select(Employee).where(Employee.id.in_(_IDS)).order_by(Employee.id)
_ROWS = (
    select(*OF_A_ROW, Unit.name)
    .join(Unit, Unit.id == Employee.unit_id)
    .where(Employee.id.in_(_IDS), Employee.deactivated_at.is_(None))
    .order_by(Employee.sort_key, Employee.id)
)
_HAVE = (
    select(
        SignUp.employee_id,
        SignUp.id,
        SignUp.state,
        SignUp.slot_id,
        Slot.starts_at,
        SignUp.day,
        SignUp.offered_until,
        SignUp.signed_up_by_id,
    )
    .outerjoin(Slot, Slot.id == SignUp.slot_id)
    .where(
        SignUp.booking_id == bindparam("booking_id"), SignUp.employee_id.in_(_IDS), SignUp.state.in_((*OPEN, *SEATED))
    )
)
_COMING_BY = select(SignUp.employee_id).where(
    SignUp.slot_id == bindparam("slot_id"),
    SignUp.state.in_(COMING),
    SignUp.signed_up_by_id == bindparam("by_id", type_=Integer),
)


@dataclass(frozen=True, slots=True)
class Has:
    """What somebody has on the booking: a place, an offer, or a number in the line."""

    sign_up: int
    state: State
    slot: int | None
    starts_at: datetime | None
    day: date | None
    offered_until: datetime | None
    number: int | None
    """How far one has come in the line."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An employee whom one may choose."""

    id: int
    name: str
    unit: str
    email: str | None
    has: Has | None
    chosen: bool

    @property
    def can_be_chosen(self) -> bool:
        """Not without an address (T2), and not a second time (T4); who waits, may get a place."""
        return bool(self.email) and (self.has is None or self.has.state == WAITING)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those who are shown: the chosen ones first, then those who have no place yet."""

    rows: list[Candidate]
    hits: int
    total: int


def candidates(
    db: Session,
    booking: Booking,
    *,
    text: str = "",
    unit_ids: frozenset[int] | None = None,
    chosen: Collection[int] = (),
    viewer_id: int | None = None,
    unhidden: bool = False,
) -> Candidates:
    """The employees of the scope that a search finds, with those who are chosen already."""
    found = find_employees(db, booking.customer_id, Criteria(text=text, unit_ids=unit_ids), _LOOKED_AT)
    seen = {row.id for row in found.rows}
    kept = _rows(db, [id for id in chosen if id not in seen])
    total = found.count
    if text or unit_ids is not None:
        total = db.scalar(select(func.count(Employee.id)).where(Employee.deactivated_at.is_(None))) or 0
    ids = [row.id for row in (*kept, *found.rows)]
    has = what_they_have(db, booking, ids, viewer_id, unhidden=unhidden)
    everybody = [
        Candidate(row.id, row.full_name, row.unit_name, row.email, has.get(row.id), row.id in chosen)
        for row in (*kept, *found.rows)
    ]
    everybody.sort(key=lambda one: (not one.chosen, one.has is not None))
    return Candidates(everybody[: max(SHOWN, len(chosen))], found.count, total)


def candidates_by_id(
    db: Session, booking: Booking, ids: Collection[int], viewer_id: int | None, *, unhidden: bool = False
) -> list[Candidate]:
    """Some employees, with what they have on the booking now."""
    has = what_they_have(db, booking, ids, viewer_id, unhidden=unhidden)
    return [
        Candidate(row.id, row.full_name, row.unit_name, row.email, has.get(row.id), chosen=False)
        for row in _rows(db, ids)
    ]


def employees_by_id(db: Session, ids: Collection[int]) -> list[Employee]:
    """The employees of the scope with these ids; who is missing in the answer may not be seen."""
    return list(db.scalars(_BY_ID, {"ids": list(ids)}))


def what_they_have(
    db: Session, booking: Booking, employee_ids: Collection[int], viewer_id: int | None, *, unhidden: bool = False
) -> dict[int, Has]:
    """By employee, what they have on a booking; where names are hidden, only what the viewer has seen to.

    `unhidden` is for staff who have asked for the names (decision 0029), here and below.
    """
    rows = select_rows(db, _HAVE, {"booking_id": booking.id, "ids": list(employee_ids)})
    line = places_in_line(db, booking.id) if any(row.state == WAITING for row in rows) else {}
    return {
        employee: Has(id, state, slot, starts_at, day, until, line.get(id))
        for employee, id, state, slot, starts_at, day, until, by_id in rows
        if unhidden or not booking.names_hidden or by_id == viewer_id
    }


def _rows(db: Session, ids: Collection[int]) -> list[EmployeeRow]:
    if not ids:
        return []
    return [EmployeeRow(*row) for row in select_rows(db, _ROWS, {"ids": list(ids)})]


def not_there_yet(db: Session, slot: Slot, employees: Collection[Employee], viewer_id: int) -> list[Employee]:
    """Those whom the viewer has not put on the slot already, by pressing twice."""
    ids = {id for (id,) in select_rows(db, _COMING_BY, {"slot_id": slot.id, "by_id": viewer_id})}
    return [employee for employee in employees if employee.id not in ids]


def sign_up_by_id(db: Session, id: int, viewer_id: int, *, unhidden: bool = False) -> SignUp | None:
    """The sign-up, where the viewer may see who it is: an employee of the scope, and no hidden name."""
    found = (
        select(SignUp)
        .join(Employee, Employee.id == SignUp.employee_id)
        .join(Booking, Booking.id == SignUp.booking_id)
        .where(SignUp.id == id)
    )
    if not unhidden:
        found = found.where(Booking.names_hidden.is_(False) | (SignUp.signed_up_by_id == viewer_id))
    return db.scalar(found)
