"""One customer at a glance (D3): the first of what is open, comes, waits and is owed; the lists have the rest.

For a visit of staff that serves the customer. What stands on the overview of all customers is in `overview`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.bookings.search import BookingRow, upcoming_bookings
from models.core.search import Found
from models.core.walls import select_rows
from models.desk.questions import Question, questions_here
from models.desk.waits import CONVERSATIONS
from models.employees.search import Criteria, EmployeeRow, find_employees
from models.invoices.invoice import Status
from models.invoices.search import Criteria as InvoiceCriteria
from models.invoices.search import InvoiceRow, Owed, batch_of_invoices, owed
from models.invoices.sorts import Column, Sort
from models.orders.search import OrderRow, open_orders

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Conversation:
    """An order on which the customer has written last, since when."""

    number: int
    what: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """The first rows of each kind."""

    orders: Found[OrderRow]
    bookings: list[BookingRow]
    conversations: list[Conversation]
    questions: list[Question]
    invoices: list[InvoiceRow]
    owed: Owed
    people: Found[EmployeeRow]


def glance_at(db: Session, customer_id: int, *, today: date, now: datetime) -> Glance:
    """What there is of the customer: seven statements, however much it is."""
    unpaid = InvoiceCriteria(status=Status.UNPAID, sort=Sort(Column.DUE))
    return Glance(
        orders=open_orders(db, SHOWN),
        bookings=upcoming_bookings(db, now, SHOWN),
        conversations=[Conversation(*row) for row in select_rows(db, CONVERSATIONS, {"at_most": SHOWN})],
        questions=questions_here(db, SHOWN),
        invoices=batch_of_invoices(db, unpaid, today, SHOWN)[0],
        owed=owed(db, today),
        people=find_employees(db, customer_id, Criteria(), SHOWN),
    )
