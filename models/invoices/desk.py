"""Invoices of whichever customer by their number, for the desk's box; one customer's own are found by `search`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.core.search import AT_MOST
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.units import Unit
from models.invoices.invoice import Invoice, Status, compact, status_of
from models.values.texts.folding import without_label


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a line, and whose."""

    id: int
    number: str
    issued_on: date
    due_on: date | None
    payer: str
    customer: str
    customer_id: int
    currency: str
    total: Decimal
    outstanding: Decimal
    paid: Decimal
    credited: Decimal
    is_credit_note: bool
    in_collection_since: date | None

    def status(self, today: date) -> Status:
        """Where it stands on a day (F7)."""
        return status_of(self, today)


_NUMBERED = (
    select(
        *(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.due_on, Unit.name, Customer.name, Customer.id),
        *(Invoice.currency, Invoice.total, Invoice.outstanding, Invoice.paid, Invoice.credited),
        *(Invoice.is_credit_note, Invoice.in_collection_since),
    )
    .join(Unit, Unit.id == Invoice.unit_id)
    .join(Customer, Customer.id == Invoice.customer_id)
    .where(Invoice.number_compact == bindparam("number"))
    .order_by(Invoice.issued_on.desc(), Invoice.id)
    .limit(AT_MOST)
)


def invoices_numbered(db: Session, text: str, at_most: int) -> list[InvoiceRow]:
    """The invoices with this whole number, however it is written; several where sellers number alike."""
    number = compact(without_label(text.strip()))
    if not number:
        return []
    with looking_across(db):
        return [InvoiceRow(*row) for row in select_rows(db, _NUMBERED, {"number": number, "at_most": at_most})]
