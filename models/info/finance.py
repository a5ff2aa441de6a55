"""What finance looks for first: what is to be paid, what was paid of late, and what each year was invoiced (FI1).

What is owed by when it is due is in `models.invoices.ageing`; the whole list is in `models.invoices.search`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Date, Integer, bindparam, case, func, select
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.units import Unit
from models.invoices.ageing import until
from models.invoices.contents import InvoiceLine
from models.invoices.invoice import ZERO, Invoice, Status
from models.invoices.settlements import Settlement
from models.invoices.sorts import STANDINGS
from models.values.money import KRONER

OF_LATE = timedelta(days=30)
YEARS = 3


@dataclass(frozen=True, slots=True)
class Paid:
    """An invoice that was paid of late."""

    id: int
    number: str
    payer: str
    currency: str
    total: Decimal
    paid_on: date


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What was invoiced in one currency, less what was credited: of each year, this one first."""

    currency: str
    totals: tuple[tuple[int, Decimal], ...]


_paid_on = func.max(Settlement.settled_on)
_PAID = (
    select(Invoice.id, Invoice.number, Unit.name, Invoice.currency, Invoice.total, _paid_on)
    .join(Settlement, Settlement.invoice_id == Invoice.id)
    .join(Unit, Unit.id == Invoice.unit_id)
    .where(
        Settlement.settled_on >= bindparam("since"),
        Settlement.credit_note_id.is_(None),
        STANDINGS[Status.PAID],
    )
    .group_by(Invoice.id, Invoice.number, Unit.name, Invoice.currency, Invoice.total)
    .order_by(_paid_on.desc(), Invoice.id.desc())
    .limit(bindparam("at_most", type_=Integer))
)
_FIRST_LINES = select(InvoiceLine.invoice_id, InvoiceLine.name).where(
    InvoiceLine.invoice_id.in_(bindparam("ids", expanding=True)), InvoiceLine.position == 1
)
_BEGINS = tuple(bindparam(f"year{back}", type_=Date) for back in range(YEARS))
_ENDS = (bindparam("end", type_=Date), *_BEGINS)
_IN_YEAR = tuple(
    (Invoice.issued_on >= begin) & (Invoice.issued_on < end) for begin, end in zip(_BEGINS, _ENDS, strict=False)
)
_INVOICED = (
    select(
        Invoice.currency,
        *(func.coalesce(func.sum(case((of_year, Invoice.total), else_=ZERO)), 0) for of_year in _IN_YEAR),
    )
    .where(Invoice.issued_on >= _BEGINS[-1], Invoice.issued_on < _ENDS[0])
    .group_by(Invoice.currency)
)


def paid_of_late(db: Session, today: date, at_most: int) -> list[Paid]:
    """The invoices that were paid within a month, the last one first: one statement."""
    return [
        Paid(*row) for row in select_rows(db, _PAID, {**until(today), "since": today - OF_LATE, "at_most": at_most})
    ]


def first_lines(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """What stands first on each of these invoices: one statement."""
    return dict(tuple(row) for row in select_rows(db, _FIRST_LINES, {"ids": sorted(ids)}))


def invoiced(db: Session, today: date) -> list[Invoiced]:
    """What the payers of the scope were invoiced this year and in the two before, kroner first: one statement."""
    years = [today.year - back for back in range(YEARS)]
    bounds = {f"year{back}": date(year, 1, 1) for back, year in enumerate(years)}
    found = [
        Invoiced(currency, tuple(zip(years, totals, strict=True)))
        for currency, *totals in select_rows(db, _INVOICED, {**bounds, "end": date(today.year + 1, 1, 1)})
    ]
    return sorted(found, key=lambda each: (each.currency != KRONER, each.currency))
