"""The plan of the year (plan for BHT-bistand): what the provider and the customer have agreed on, per unit.

The provider keeps it (C3); here it is read. What has come of it is told by `done_on` and by the order.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.orders import CLOSED, Order
from models.tenancy import Right, UnitOwned, of_unit, select_rows
from models.units import Unit

DONE, ORDERED, LATE, DUE, AHEAD = STATES = ("Gjort", "Bestilt", "Forfalt", "Dette kvartalet", "Senere")
"""Where an activity stands, in the words of the page."""


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
    product_group: Mapped[str | None] = mapped_column(String(100))
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
    order_status: str | None
    year: int

    def state(self, today: date) -> str:
        """Where it stands on a day: done, ordered, late, due in this quarter, or still ahead."""
        if self.done_on:
            return DONE
        if self.is_ordered and self.order_status not in CLOSED:  # a status that one may not see is none
            return ORDERED
        due, now = (self.year, self.due_quarter), (today.year, (today.month + 2) // 3)
        return LATE if due < now else DUE if due == now else AHEAD


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
        Order.status,
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
