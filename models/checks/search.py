"""Finding who is due, the longest overdue first: the page's search, its counts, and those whom somebody has ticked.

Nobody is due who has a time for it ahead, unless all are asked for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.checks.due import NEVER, DueCheck
from models.core.base import Value
from models.core.search import COUNTED_TO, PAGE_SIZE, Found, Search
from models.core.walls import select_rows
from models.customers.units import Unit
from models.employees.employee import Employee

SOON, IN_A_YEAR = timedelta(days=90), timedelta(days=365)


class State(Value):
    """Where a check of an employee stands on a day."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    UNKNOWN = "unknown"


class Within(StrEnum):
    """Which of them one looks for, by the days until they are due; without one, those up to 90, and all before."""

    OVERDUE = "0"
    SOON = "90"
    IN_A_YEAR = "365"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for on a day; what is None does not restrict."""

    today: date
    within: Within | None = None
    unit_ids: frozenset[int] | None = None
    name: str | None = None
    also_booked: bool = False
    """Whether those are listed, too, who have a time for it ahead."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values."""
        found: dict[str, Any] = {
            "unit_ids": None if self.unit_ids is None else sorted(self.unit_ids),
            "name": self.name,
            "not_booked": None if self.also_booked else self.today,
        }
        match self.within:
            case None:
                return found | {"until": self.today + SOON}
            case Within.OVERDUE:
                return found | {"until": self.today - timedelta(days=1)}
            case Within.UNKNOWN:
                return found | {"since": NEVER}
        return found | {"since": self.today, "until": self.today + timedelta(days=int(self.within))}


@dataclass(frozen=True, slots=True)
class DueRow:
    """A check of an employee as a line of the list."""

    id: int
    name: str
    last_on: date | None
    due_on: date
    booked_on: date | None
    employee_id: int
    given_name: str
    family_name: str
    employee_number: str | None
    unit_id: int
    unit_name: str

    @property
    def full_name(self) -> str:
        """As people write it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def due(self) -> date | None:
        """When it is due, where that is known."""
        return None if self.due_on == NEVER else self.due_on

    def booked(self, today: date) -> date | None:
        """The day of a time for it that is ahead."""
        return self.booked_on if self.booked_on and self.booked_on >= today else None

    def state(self, today: date) -> State:
        """Where it stands."""
        if self.due is None:
            return State.UNKNOWN
        return State.OVERDUE if self.due < today else State.SOON if self.due <= today + SOON else State.LATER


def _day(name: str) -> Any:
    return bindparam(name, type_=Date)


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "unit_ids": DueCheck.unit_id.in_(bindparam("unit_ids", expanding=True)),
    "name": DueCheck.name == bindparam("name"),
    "since": DueCheck.due_on >= _day("since"),
    "until": DueCheck.due_on <= _day("until"),
    "not_booked": or_(DueCheck.booked_on.is_(None), DueCheck.booked_on < _day("not_booked")),
}
_SHOWN = (
    *(DueCheck.name, DueCheck.last_on, DueCheck.due_on, DueCheck.booked_on, DueCheck.employee_id),
    *(Employee.given_name, Employee.family_name, Employee.employee_number, DueCheck.unit_id, Unit.name),
)
_DUE = Search(
    key=DueCheck.id,
    shown=_SHOWN,
    row=DueRow,
    conditions=_CONDITIONS,
    order=(DueCheck.due_on,),
    joined=lambda rows: rows.join(Employee, Employee.id == DueCheck.employee_id).join(
        Unit, Unit.id == DueCheck.unit_id
    ),
    counted_to=COUNTED_TO,
)


def find_due(db: Session, criteria: Criteria, after: int | None = None, page_size: int = PAGE_SIZE) -> Found[DueRow]:
    """A page of those who are due, the longest overdue first; raises RowIsGone."""
    return _DUE.find(db, criteria.restrictions, after=after, page_size=page_size)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many checks are due and have no time, as far as they are counted."""

    overdue: int
    soon: int
    unknown: int


def _counted(*conditions: ColumnElement[bool]) -> Any:
    some = select(DueCheck.id).where(_CONDITIONS["not_booked"], *conditions).limit(COUNTED_TO + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


_COUNTS = select(
    _counted(DueCheck.due_on < _day("not_booked")),
    _counted(DueCheck.due_on >= _day("not_booked"), DueCheck.due_on <= _day("soon")),
    _counted(DueCheck.due_on == _day("never")),
)


def count_due(db: Session, today: date) -> Counts:
    """How many of the scope are due on a day."""
    [found] = select_rows(db, _COUNTS, {"not_booked": today, "soon": today + SOON, "never": NEVER})
    return Counts(*map(int, found))


_THESE = (
    select(DueCheck.id, *_SHOWN)
    .join(Employee, Employee.id == DueCheck.employee_id)
    .join(Unit, Unit.id == DueCheck.unit_id)
    .order_by(DueCheck.due_on, DueCheck.id)
)
_BY_ID = _THESE.where(DueCheck.id.in_(bindparam("ids", expanding=True)))
_OF_EMPLOYEE = _THESE.where(DueCheck.employee_id == bindparam("employee_id"))


def due_by_id(db: Session, ids: Collection[int]) -> list[DueRow]:
    """Those of the scope with these ids."""
    return [DueRow(*row) for row in select_rows(db, _BY_ID, {"ids": list(ids)})]


def due_of_employee(db: Session, employee_id: int) -> list[DueRow]:
    """The checks of one employee, the one that is due first before the others."""
    return [DueRow(*row) for row in select_rows(db, _OF_EMPLOYEE, {"employee_id": employee_id})]
