"""The plan of the year (plan for BHT-bistand): what the provider and the customer have agreed on, per unit.

The provider writes it (C3). What has come of it is in `done_on` and in the order.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Select,
    String,
    bindparam,
    case,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.catalogue.entry import GOES_ON, Kind, named, product_group_column
from models.catalogue.words import catalogue_of
from models.core.audit import Change, record
from models.core.base import Base, Value
from models.core.scope import Right, UnitOwned, of_unit
from models.core.walls import insert_rows, select_rows
from models.customers.customer import Customer
from models.customers.units import Unit, unit_by_name
from models.orders.order import Order
from models.values.dates import parse_date

QUARTERS = range(1, 5)


def quarter_of(day: date) -> int:
    """In which quarter of its year a day is."""
    return (day.month + 2) // 3


class State(Value):
    """Where an activity of the plan stands on a day: done, ordered, late, due in this quarter, or still ahead."""

    DONE = "done"
    ORDERED = "ordered"
    LATE = "late"
    DUE = "due"
    AHEAD = "ahead"


class PlanItem(UnitOwned, Base):
    """One activity that is planned for a unit, due in a quarter of a year."""

    __tablename__ = "plan_items"
    __table_args__ = (
        of_unit(),
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        CheckConstraint("due_quarter BETWEEN 1 AND 4", name="due_quarter"),
        Index(None, "customer_id", "year", "unit_id"),
        Index(None, "customer_id", "order_number"),
    )
    rights = (Right.REPORTS,)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    year: Mapped[int]
    activity: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(200), default="")
    """Why it is done: the paragraph that asks for it, or the customer's own wish."""
    product_group: Mapped[str | None] = product_group_column()
    due_quarter: Mapped[int]
    order_number: Mapped[int | None]
    done_on: Mapped[date | None]


@dataclass(frozen=True, slots=True)
class Activity:
    """A line of the plan; the order is None for who may not see it."""

    id: int
    activity: str
    basis: str
    product_group: str | None
    due_quarter: int
    done_on: date | None
    is_ordered: bool
    unit_id: int
    unit_name: str
    order_number: int | None
    order_goes_on: bool
    """Also where one may not see the order."""
    year: int

    def state(self, today: date) -> State:
        """Where it stands on a day."""
        if self.done_on:
            return State.DONE
        if self.is_ordered and self.order_goes_on:
            return State.ORDERED
        due, now = (self.year, self.due_quarter), (today.year, quarter_of(today))
        return State.LATE if due < now else State.DUE if due == now else State.AHEAD


_GOES_ON = Order.status.is_(None) | Order.status.in_(named(*GOES_ON))
# The order is joined inside the scope: its number comes only to who may see orders in that unit.
_PLAN: Select[*tuple[Any, ...]] = (
    select(
        PlanItem.id,
        PlanItem.activity,
        PlanItem.basis,
        PlanItem.product_group,
        PlanItem.due_quarter,
        PlanItem.done_on,
        PlanItem.order_number.is_not(None),
        PlanItem.unit_id,
        Unit.name,
        Order.number,
        _GOES_ON,
        PlanItem.year,
    )
    .join(Unit, Unit.id == PlanItem.unit_id)
    .outerjoin(Order, Order.number == PlanItem.order_number)
    .where(
        PlanItem.year.between(bindparam("first"), bindparam("last")),
        PlanItem.unit_id.in_(bindparam("unit_ids", expanding=True)),
    )
    .order_by(PlanItem.year, PlanItem.due_quarter, PlanItem.id)
)


def plan_of(db: Session, years: tuple[int, int], unit_ids: frozenset[int]) -> list[Activity]:
    """The plan of these units, from one year to another, by year and quarter: one statement."""
    first, last = years
    return [
        Activity(*row) for row in select_rows(db, _PLAN, {"first": first, "last": last, "unit_ids": sorted(unit_ids)})
    ]


_LONGEST = 200
_TOO_LONG = 10
COLUMNS = ("Avdeling", "Aktivitet", "Begrunnelse", "Produktgruppe", "Kvartal", "Bestilling", "Gjort")


NEEDED = ("Aktivitet", "Kvartal")
"""The columns that a plan has, whatever it leaves out."""
_IS_LATE = (
    PlanItem.done_on.is_(None)
    & (PlanItem.due_quarter < bindparam("quarter"))
    & ~(PlanItem.order_number.is_not(None) & _GOES_ON)
)
_PROGRESS = (
    select(func.count(), func.count(PlanItem.done_on), func.count(case((_IS_LATE, 1))))
    .select_from(PlanItem)
    .outerjoin(Order, Order.number == PlanItem.order_number)
    .where(PlanItem.year == bindparam("year"))
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the plan of a year has come: how many activities it has, how many are done, and how many are late."""

    total: int
    done: int
    late: int


def progress_of(db: Session, today: date) -> Progress:
    """How far the plan of this year has come, in the units of the scope: one statement."""
    [counts] = select_rows(db, _PROGRESS, {"year": today.year, "quarter": quarter_of(today)})
    return Progress(*counts)


_SIZES = select(PlanItem.year, func.count()).group_by(PlanItem.year).order_by(PlanItem.year.desc())


def plan_sizes(db: Session) -> list[tuple[int, int]]:
    """The years that there are plans for, newest first, each with the number of its activities."""
    return [(year, number) for year, number in select_rows(db, _SIZES)]


class PlanRefused(Exception):
    """A line of a plan cannot be read; the sentence says which, and why."""

    def __init__(self, place: int, column: str, value: str) -> None:
        super().__init__(f"line {place}: {column} is {value!r}")
        self.place, self.column, self.value = place, column, value


def replace_plan(
    db: Session,
    customer: Customer,
    year: int,
    lines: Iterable[tuple[int, Mapping[str, str | None]]],
    *,
    by: str,
    now: datetime,
) -> int:
    """Put a plan of the provider (`COLUMNS`) in the place of the one for that year, and note who did; its length.

    Each line comes with its number in the file. Raises PlanRefused, and nothing is changed by the transaction that is
    then rolled back.
    """
    groups = {"", *catalogue_of(db).offered(Kind.PRODUCT_GROUP)}
    rows = [_row(db, customer, year, place, line, groups=groups) for place, line in lines]
    db.execute(delete(PlanItem).where(PlanItem.customer_id == customer.id, PlanItem.year == year))
    insert_rows(db, PlanItem, rows)
    told = {"activities": len(rows)}
    record(
        db,
        Change(customer_id=customer.id, actor=by, about=f"plan:{year}", action="plan replaced", at=now, changed=told),
    )
    return len(rows)


def _row(
    db: Session, customer: Customer, year: int, place: int, line: Mapping[str, str | None], *, groups: Collection[str]
) -> dict[str, Any]:
    """One line as a row; `place` is its number in the file."""
    said = {column: (line.get(column) or "").strip() for column in COLUMNS}
    unit = unit_by_name(db, customer.id, said["Avdeling"] or customer.name)
    is_number = said["Bestilling"].isdecimal() and len(said["Bestilling"]) < _TOO_LONG
    order = db.get(Order, int(said["Bestilling"])) if is_number else None
    wrong = {
        "Avdeling": unit is None,
        "Aktivitet": not 0 < len(said["Aktivitet"]) <= _LONGEST,
        "Begrunnelse": len(said["Begrunnelse"]) > _LONGEST,
        "Kvartal": said["Kvartal"] not in {"1", "2", "3", "4"},
        "Produktgruppe": said["Produktgruppe"] not in groups,
        "Bestilling": bool(said["Bestilling"]) and (order is None or order.customer_id != customer.id),
    }
    for column, is_wrong in wrong.items():
        if is_wrong:
            raise PlanRefused(place, column, said[column])
    assert unit is not None
    try:
        done_on = parse_date(said["Gjort"]) if said["Gjort"] else None
    except ValueError:
        raise PlanRefused(place, "Gjort", said["Gjort"]) from None
    return {
        "customer_id": customer.id,
        "unit_id": unit.id,
        "year": year,
        "activity": said["Aktivitet"],
        "basis": said["Begrunnelse"],
        "product_group": said["Produktgruppe"] or None,
        "due_quarter": int(said["Kvartal"]),
        "order_number": order.number if order else None,
        "done_on": done_on,
    }
