"""What is owed, by when it is due: overdue, soon, later; each currency by itself (FI1).

What the list finds for each of these is in `models.invoices.search`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Date, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from models.core.base import Value
from models.core.walls import select_rows
from models.invoices.invoice import OWES, ZERO, Invoice
from models.invoices.sorts import LATE
from models.values.money import KRONER

SOON = timedelta(days=14)


class Age(Value):
    """When it is due, as a URL names it."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


_SOON_UNTIL = bindparam("soon_until", type_=Date)
_IS: dict[Age, ColumnElement[bool]] = {
    Age.OVERDUE: LATE,
    Age.SOON: and_(~LATE, Invoice.due_key <= _SOON_UNTIL),
    Age.LATER: Invoice.due_key > _SOON_UNTIL,
}
DUE = {age: and_(OWES, _IS[age]) for age in (Age.SOON, Age.LATER)}
"""What those find that are no status of an invoice."""


@dataclass(frozen=True, slots=True)
class Part:
    """How many invoices are of an age, what of them is outstanding, and when the first is due."""

    age: Age
    count: int
    outstanding: Decimal
    first_due: date | None
    """`date.max` where that is no certain day."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is owed in one currency."""

    currency: str
    payers: int
    parts: tuple[Part, ...]

    @property
    def outstanding(self) -> Decimal:
        """All of it."""
        return sum((part.outstanding for part in self.parts), Decimal(0))

    @property
    def count(self) -> int:
        """How many invoices it is."""
        return sum(part.count for part in self.parts)


_OWED = (
    select(
        Invoice.currency,
        func.count(Invoice.unit_id.distinct()),
        *(
            column
            for condition in _IS.values()
            for column in (
                func.count(case((condition, 1))),
                func.coalesce(func.sum(case((condition, Invoice.outstanding), else_=ZERO)), 0),
                func.min(case((condition, Invoice.due_key))),
            )
        ),
    )
    .where(OWES)
    .group_by(Invoice.currency)
    .order_by(Invoice.currency)
)


def until(today: date) -> dict[str, date]:
    """The days that the conditions ask for."""
    return {"today": today, "soon_until": today + SOON}


def ageing(db: Session, today: date) -> list[Ageing]:
    """What the payers of the scope owe on a day, kroner first: one statement."""
    found = [
        Ageing(currency, payers, tuple(Part(age, *sums[3 * place : 3 * place + 3]) for place, age in enumerate(Age)))
        for currency, payers, *sums in select_rows(db, _OWED, dict(until(today)))
    ]
    return sorted(found, key=lambda each: (each.currency != KRONER, each.currency))
