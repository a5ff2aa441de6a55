"""Info of who sees invoices and neither orders nor employees: what is to be paid first (FI1).

What is owed by when it is due, which others see as well, is in `owed`.
"""

from dataclasses import dataclass

from models.core.scope import Right
from models.info.finance import Invoiced, Paid, first_lines, invoiced, paid_of_late
from models.invoices.invoice import Status
from models.invoices.lacking import Lack
from models.invoices.search import Criteria, InvoiceRow, batch_of_invoices
from models.invoices.sorts import Column, Sort
from routes.web.visit import Visit

_TO_PAY = 8
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finance:
    """What is to be paid, what was paid of late, what lacks a reference, and what the years came to."""

    to_pay: list[InvoiceRow]
    """The first ones, what is due longest first."""
    paid: list[Paid]
    lacking: list[InvoiceRow]
    invoiced: list[Invoiced]
    about: dict[int, str]
    """By id, what an invoice is about."""


def is_finance(visit: Visit) -> bool:
    """Whether invoices are what the user comes for."""
    return visit.may(Right.INVOICES) and not visit.may(Right.ORDERS, Right.EMPLOYEES)


def finance_of(visit: Visit) -> Finance:
    """All of it, for the payers of the user."""
    first = Sort(Column.DUE)
    to_pay, _ = batch_of_invoices(visit.db, Criteria(status=Status.UNPAID, sort=first), visit.today, _TO_PAY)
    lacking, _ = batch_of_invoices(visit.db, Criteria(lack=Lack.REFERENCE, sort=first), visit.today, _SHOWN)
    paid = paid_of_late(visit.db, visit.today, _SHOWN)
    about = first_lines(visit.db, {*(each.id for each in to_pay), *(each.id for each in paid)})
    return Finance(to_pay, paid, lacking, invoiced(visit.db, visit.today), about)
