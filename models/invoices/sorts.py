"""What the list of invoices is sorted by: its columns, one of them being where an invoice stands.

Which invoices a search finds is in `models.invoices.search`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, case, or_, select

from models.customers.units import Unit, in_norwegian
from models.invoices.invoice import OWES, ZERO, Invoice, Status

LATE = Invoice.due_key < bindparam("today", type_=Date)
_reduced = or_(Invoice.paid > ZERO, Invoice.credited > ZERO)
_settled = Invoice.outstanding <= ZERO
_credit = or_(Invoice.is_credit_note, Invoice.total < ZERO, and_(Invoice.credited > ZERO, Invoice.paid <= ZERO))
STANDINGS: dict[Status, ColumnElement[bool]] = {
    Status.UNPAID: OWES,
    Status.OVERDUE: and_(OWES, LATE),
    Status.PARTLY_PAID: and_(OWES, _reduced),
    Status.PAID: and_(_settled, ~_credit),
    Status.CREDITED: and_(_settled, _credit),
    Status.IN_COLLECTION: and_(OWES, Invoice.in_collection_since.is_not(None)),
}
"""What each filter finds: all of which it is true, also what a more pressing status stands on (F4)."""
_PRESSING = (
    Status.IN_COLLECTION,
    Status.OVERDUE,
    Status.PARTLY_PAID,
    Status.UNPAID,
    Status.CREDITED,
    Status.PAID,
)
"""Of several that are true, the first is shown; in this order they are sorted, too."""


class Column(StrEnum):
    """What the list is sorted by: its columns, as a URL names them."""

    NUMBER = "number"
    ISSUED = "issued"
    DUE = "due"
    PAYER = "payer"
    TOTAL = "total"
    OUTSTANDING = "outstanding"
    STATUS = "status"


PAYERS = select(Unit.id, in_norwegian(Unit.name).label("key")).cte("payers").prefix_with("MATERIALIZED")
"""The units with what they are sorted by: worked out once for each, and not for each invoice."""
SORTED_BY: dict[Column, ColumnElement[Any]] = {
    Column.NUMBER: Invoice.number_key.expression,
    Column.ISSUED: Invoice.issued_on.expression,
    Column.DUE: Invoice.due_key.expression,
    Column.PAYER: PAYERS.c.key,
    Column.TOTAL: Invoice.total.expression,
    Column.OUTSTANDING: Invoice.outstanding.expression,
    Column.STATUS: case(*((STANDINGS[status], place) for place, status in enumerate(_PRESSING)), else_=len(_PRESSING)),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """A column, and which way; in a URL a minus before the column turns it round (F6)."""

    column: Column = Column.NUMBER
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.descending}{self.column}"

    @classmethod
    def parse(cls, text: str) -> "Sort":
        """Read a sort from a URL; raises ValueError."""
        return cls(Column(text.removeprefix("-")), text.startswith("-"))

    @property
    def reverse(self) -> "Sort":
        """The same column the other way."""
        return Sort(self.column, not self.descending)


FIRST = Sort()
"""How the list is sorted until somebody says otherwise."""
