"""What waits for whoever signs in at the desk, in one list: what customers wrote, and new orders.

The oldest come first, whichever kind they are. What else the overview shows is in `overview` and `ahead`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Integer, bindparam, case, func, select
from sqlalchemy.orm import Session

from models.core.clock import today_in_oslo
from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import SERVED
from models.customers.units import Unit
from models.desk.questions import ASKED_OF_MINE
from models.orders.messages import OrderMessage
from models.orders.order import Order
from models.orders.search import CONDITIONS

WHAT = func.coalesce(func.nullif(Order.delivery, ""), func.nullif(Order.description, ""), "Bestilling")
"""What an order asks for, as the list of new ones says it."""
FIRST_UNANSWERED = (
    select(func.min(OrderMessage.id)).where(OrderMessage.unanswered.is_(True)).group_by(OrderMessage.order_number)
)
"""Of each order that waits for an answer, the message since which it does."""
CONVERSATIONS = (
    select(Order.number, WHAT, OrderMessage.text, OrderMessage.author, OrderMessage.at)
    .select_from(OrderMessage)
    .join(Order, Order.number == OrderMessage.order_number)
    .where(OrderMessage.id.in_(FIRST_UNANSWERED))
    .order_by(OrderMessage.id)
    .limit(bindparam("at_most", type_=Integer))
)


LONGEST = 70
"""Letters of a title."""
LATE_AFTER = 3
"""Days that something may wait; on the next one it is late."""


class Kind(StrEnum):
    """What waits."""

    MESSAGE = "message"
    QUESTION = "question"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that waits, since when."""

    kind: Kind
    id: int
    """The number of the order, or the id of the invoice."""
    title: str
    """What was written, or what was ordered."""
    about: str
    """Which order or invoice it is written on; of a new order, which unit it is for."""
    customer_name: str
    author: str
    at: datetime | None
    """The moment, where there is one."""
    since: date
    days: int
    """For how many days it has waited."""

    @property
    def is_late(self) -> bool:
        """Whether it has waited for too long."""
        return self.days > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Waits:
    """The first of what waits, and how much there is."""

    rows: list[Wait]
    answers: int
    """How many wait for an answer."""
    oldest: int
    """For how many days the first of them has."""
    orders: int
    """How many orders are new."""
    of_today: int

    @property
    def is_late(self) -> bool:
        """Whether somebody has waited too long for an answer."""
        return self.oldest > LATE_AFTER


_ALL = func.count().over()
_UNANSWERED = (
    CONVERSATIONS.add_columns(Customer.name, _ALL)
    .join(Customer, Customer.id == Order.customer_id)
    .where(CONDITIONS["open"], Order.customer_id.in_(SERVED))
)
_ASKED = ASKED_OF_MINE.add_columns(_ALL)
_of_today = func.sum(case((Order.ordered_on == bindparam("today", type_=Date), 1), else_=0)).over()
_NEW = (
    select(Order.number, WHAT, Unit.name, Order.ordered_on, Customer.name, _ALL, _of_today)
    .join(Unit, Unit.id == Order.unit_id)
    .join(Customer, Customer.id == Order.customer_id)
    .where(Order.status.is_(None), Order.customer_id.in_(SERVED))
    .order_by(Order.ordered_on, Order.number)
    .limit(bindparam("at_most", type_=Integer))
)


def waits(db: Session, served_by: tuple[int, ...], today: date, at_most: int) -> Waits:
    """What waits at the customers of some account managers, the oldest first: three statements."""
    given = {"served_by": served_by, "at_most": at_most}
    with looking_across(db):
        written = select_rows(db, _UNANSWERED, given)
        asked = select_rows(db, _ASKED, given)
        new = select_rows(db, _NEW, {**given, "today": today})
    answers = [*_messages(written, today), *_questions(asked, today)]
    return Waits(
        rows=sorted([*answers, *_orders(new, today)], key=lambda wait: wait.since)[:at_most],
        answers=sum(rows[0][-1] for rows in (written, asked) if rows),
        oldest=max((wait.days for wait in answers), default=0),
        orders=new[0][-2] if new else 0,
        of_today=int(new[0][-1]) if new else 0,
    )


def _messages(rows: list[Any], today: date) -> Iterator[Wait]:
    for number, what, text, author, at, customer, _ in rows:
        day = today_in_oslo(at)
        yield Wait(Kind.MESSAGE, number, in_a_line(text), what, customer, author, at, day, (today - day).days)


def _questions(rows: list[Any], today: date) -> Iterator[Wait]:
    for id, number, customer, author, at, text, _ in rows:
        day = today_in_oslo(at)
        yield Wait(Kind.QUESTION, id, in_a_line(text), number, customer, author, at, day, (today - day).days)


def _orders(rows: list[Any], today: date) -> Iterator[Wait]:
    for number, what, unit, on, customer, *_ in rows:
        yield Wait(Kind.ORDER, number, what, unit, customer, "", None, on, (today - on).days)


def in_a_line(text: str) -> str:
    """The first words of what somebody wrote, as a title."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rsplit(' ', 1)[0]}…"
