"""One customer at a glance (D3): the first of what is open, comes, waits and is owed; the lists have the rest.

For a visit of staff that serves the customer. What stands on the overview of all customers is in `overview`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.search import BookingRow, upcoming_bookings
from models.core.clock import today_in_oslo
from models.core.search import Found
from models.core.walls import select_rows
from models.desk.questions import questions_here
from models.desk.waits import CONVERSATIONS, in_a_line
from models.employees.employee import Employee
from models.invoices.invoice import Invoice, Status
from models.invoices.messages import InvoiceMessage
from models.invoices.search import Criteria as InvoiceCriteria
from models.invoices.search import InvoiceRow, Owed, batch_of_invoices, owed
from models.invoices.sorts import Column, Sort
from models.orders.messages import OrderMessage
from models.orders.order import Order
from models.orders.search import OrderRow, open_orders
from models.reports.report import Report
from models.users.viewings import Viewing

SHOWN, FEW = 5, 3


@dataclass(frozen=True, slots=True)
class Conversation:
    """An order or an invoice on which the customer has written last, since when."""

    id: int
    """The number of the order, or the id of the invoice."""
    about: str
    on_invoice: bool
    text: str
    """The first words of what was written."""
    author: str
    at: datetime
    days: int
    """For how many days it has waited."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of each kind."""

    orders: int
    bookings: int
    answers: int
    """What waits for one: orders and invoices that the customer has written on last."""
    invoices: int
    reports: int
    viewings: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The first rows of each kind, and how much there is."""

    counts: Counts

    orders: Found[OrderRow]
    bookings: list[BookingRow]
    conversations: list[Conversation]
    invoices: list[InvoiceRow]
    owed: Owed
    people: dict[int, int]
    """How many are at work in each unit, by its id."""


_waits = OrderMessage.unanswered.is_(True)
_asks = InvoiceMessage.unanswered.is_(True)
_COUNTS = select(
    select(func.count(Order.number)).scalar_subquery(),
    select(func.count(Booking.id)).scalar_subquery(),
    select(func.count(OrderMessage.order_number.distinct())).where(_waits).scalar_subquery(),
    select(func.count(InvoiceMessage.invoice_id.distinct())).where(_asks).scalar_subquery(),
    select(func.count(Invoice.id)).scalar_subquery(),
    select(func.count(Report.id)).scalar_subquery(),
    select(func.count(Viewing.id)).scalar_subquery(),
)
_PEOPLE = select(Employee.unit_id, func.count()).where(Employee.deactivated_at.is_(None)).group_by(Employee.unit_id)


def counts_at(db: Session) -> Counts:
    """How much there is of the customer: one statement."""
    [(orders, bookings, written, asked, invoices, reports, viewings)] = select_rows(db, _COUNTS)
    return Counts(orders, bookings, written + asked, invoices, reports, viewings)


def _conversations(db: Session, today: date) -> list[Conversation]:
    """What waits for an answer, the oldest first: two statements."""
    written = select_rows(db, CONVERSATIONS, {"at_most": SHOWN})
    found = [(number, what, False, text, author, at) for number, what, text, author, at in written]
    found += [(q.id, f"Faktura {q.number}", True, q.text, q.author, q.at) for q in questions_here(db, SHOWN)]
    return [
        Conversation(id, about, is_invoice, in_a_line(text), author, at, (today - today_in_oslo(at)).days)
        for id, about, is_invoice, text, author, at in sorted(found, key=lambda one: one[-1])[:SHOWN]
    ]


def glance_at(db: Session, *, today: date, now: datetime) -> Glance:
    """What there is of the customer: eight statements, however much it is."""
    unpaid = InvoiceCriteria(status=Status.UNPAID, sort=Sort(Column.DUE))
    return Glance(
        counts=counts_at(db),
        orders=open_orders(db, SHOWN),
        bookings=upcoming_bookings(db, now, SHOWN),
        conversations=_conversations(db, today),
        invoices=batch_of_invoices(db, unpaid, today, FEW)[0],
        owed=owed(db, today),
        people=dict(map(tuple, select_rows(db, _PEOPLE))),
    )
