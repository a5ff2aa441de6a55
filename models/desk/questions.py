"""Questions about invoices that wait for an answer, at one customer, at one's own, and at those whom nobody serves.

What was asked stands on the invoice: `models.invoices.messages`. What waits on orders as well is in `waits`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import SERVED, UNSERVED
from models.invoices.invoice import Invoice
from models.invoices.messages import InvoiceMessage


@dataclass(frozen=True, slots=True)
class Question:
    """An invoice on which the customer has written last, since when."""

    id: int
    number: str
    customer_name: str
    author: str
    at: datetime
    text: str


_first = (
    select(func.min(InvoiceMessage.id)).where(InvoiceMessage.unanswered.is_(True)).group_by(InvoiceMessage.invoice_id)
)
_WAITING = (
    select(Invoice.id, Invoice.number, Customer.name, InvoiceMessage.author, InvoiceMessage.at, InvoiceMessage.text)
    .select_from(InvoiceMessage)
    .join(Invoice, Invoice.id == InvoiceMessage.invoice_id)
    .join(Customer, Customer.id == Invoice.customer_id)
    .where(InvoiceMessage.id.in_(_first))
    .order_by(InvoiceMessage.id)
    .limit(bindparam("at_most", type_=Integer))
)
ASKED_OF_MINE = _WAITING.where(Invoice.customer_id.in_(SERVED) | UNSERVED)
"""Those of some account managers' customers, and of customers without one (D5)."""


def questions_here(db: Session, at_most: int) -> list[Question]:
    """Those of the customer that is served, the oldest first."""
    return [Question(*row) for row in select_rows(db, _WAITING, {"at_most": at_most})]
