"""Checks: which one is due, how often, for whom at a customer; the provider's account manager says so, in `changes`.

What follows for each employee is in `due`.
"""

from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Identity, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.checks.due import LONGEST_NAME, DueCheck
from models.core.base import Base
from models.core.scope import CustomerOwned, of_unit
from models.customers.units import Unit, norwegian
from models.employees.work import LONGEST_GROUP

MOST_MONTHS = 120


class Check(CustomerOwned, Base):
    """A check that is due every so many months for the employees of a unit and those below it, or a group of them."""

    __tablename__ = "checks"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "unit_id", "group_name", "name"),
        CheckConstraint(f"months BETWEEN 1 AND {MOST_MONTHS}", name="months"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    unit_id: Mapped[int]
    group: Mapped[str] = mapped_column("group_name", String(LONGEST_GROUP), default="")
    """Of the unit's employees only those of this group; empty means all of them."""
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """What it is called, and what those bookings say that count for it, or their titles: `Hørselskontroll`."""
    months: Mapped[int]

    @property
    def about(self) -> str:
        """What the log calls it."""
        return f"check:{self.id}"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check in a customer's list: whom it is for, and how many employees have the check of this name."""

    id: int
    name: str
    unit_name: str
    group: str
    months: int
    people: int


def checks_of(db: Session) -> list[CheckRow]:
    """The checks of the customer in the scope, by name."""
    counted = db.execute(select(DueCheck.name, func.count()).group_by(DueCheck.name))
    people: dict[str, int] = {name: int(number) for name, number in counted}
    found = select(Check.id, Check.name, Unit.name, Check.group, Check.months).join(Unit, Unit.id == Check.unit_id)
    rows = [CheckRow(*row, people.get(row[1], 0)) for row in db.execute(found.order_by(Check.id))]
    return sorted(rows, key=lambda row: (norwegian(row.name), norwegian(row.unit_name), norwegian(row.group), row.id))


def names_of_checks(db: Session) -> list[str]:
    """What the checks of the customer in the scope are called, each once, in the order of the alphabet."""
    return sorted(db.scalars(select(Check.name).distinct().order_by(Check.name)), key=norwegian)
