"""What is ahead at one's own customers: the days of this week, and deadlines by which places are still free.

What waits already is in `waits`, what is to be noted today in `overview`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Integer, bindparam, case, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.slots import Slot
from models.core.clock import in_oslo
from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager, MailWish
from models.customers.customer import Customer
from models.customers.search import SERVED

SOON = timedelta(weeks=6)
_MOMENT = Slot.starts_at.type
_AT_MOST = bindparam("at_most", type_=Integer)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A booking with free places, and until when they can be filled."""

    id: int
    title: str
    customer_name: str
    at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The nearest of them, and the free places of them all."""

    rows: list[Deadline]
    free: int


_free = func.sum(Slot.capacity - Slot.taken)
_DEADLINES = (
    select(Booking.id, Booking.title, Customer.name, Booking.deadline, _free, func.sum(_free).over())
    .join(Slot, Slot.booking_id == Booking.id)
    .join(Customer, Customer.id == Booking.customer_id)
    .where(
        Slot.taken < Slot.capacity,
        Booking.deadline > bindparam("now", type_=_MOMENT),
        Booking.deadline <= bindparam("until", type_=_MOMENT),
        Booking.cancelled_at.is_(None),
        Booking.customer_id.in_(SERVED),
    )
    .group_by(Booking.id, Customer.name)
    .order_by(Booking.deadline, Booking.id)
    .limit(_AT_MOST)
)


def deadlines(db: Session, served_by: tuple[int, ...], now: datetime, at_most: int) -> Deadlines:
    """The bookings with free places whose deadline is in the next six weeks, the nearest first."""
    given = {"served_by": served_by, "now": now, "until": now + SOON, "at_most": at_most}
    with looking_across(db):
        rows = select_rows(db, _DEADLINES, given)
    nearest = [Deadline(id, title, customer, at, int(free)) for id, title, customer, at, free, _ in rows]
    return Deadlines(nearest, int(rows[0][-1]) if rows else 0)


@dataclass(frozen=True, slots=True)
class OnDay:
    """What a booking has on one day of the week."""

    id: int
    title: str
    customer_name: str
    day: date
    first: datetime
    last: datetime
    capacity: int
    taken: int


_ENDS = [bindparam(f"end_{day}", type_=_MOMENT) for day in range(7)]
_of_week = (
    select(
        Slot.booking_id,
        Slot.starts_at,
        Slot.ends_at,
        Slot.capacity,
        Slot.taken,
        case(*((Slot.starts_at < end, day) for day, end in enumerate(_ENDS))).label("day"),
    )
    .where(Slot.starts_at >= bindparam("begins", type_=_MOMENT), Slot.starts_at < _ENDS[-1])
    .subquery()
)
_WEEK = (
    select(
        Booking.id,
        Booking.title,
        Customer.name,
        _of_week.c.day,
        func.min(_of_week.c.starts_at),
        func.max(_of_week.c.ends_at),
        func.sum(_of_week.c.capacity),
        func.sum(_of_week.c.taken),
    )
    .join(_of_week, _of_week.c.booking_id == Booking.id)
    .join(Customer, Customer.id == Booking.customer_id)
    .where(Booking.cancelled_at.is_(None), Booking.customer_id.in_(SERVED))
    .group_by(Booking.id, Customer.name, _of_week.c.day)
    .order_by(func.min(_of_week.c.starts_at), Booking.id)
    .limit(_AT_MOST)
)


def rest_of_week(db: Session, served_by: tuple[int, ...], today: date, at_most: int) -> list[OnDay]:
    """What takes place from today until Sunday, booking by booking on each day."""
    days = [today + timedelta(days=ahead) for ahead in range(7 - today.weekday())]
    ends = [in_oslo(day + timedelta(days=1), time()) for day in days]
    bounds = {f"end_{number}": ends[min(number, len(ends) - 1)] for number in range(7)}
    given = {"served_by": served_by, "begins": in_oslo(today, time()), "at_most": at_most}
    with looking_across(db):
        rows = select_rows(db, _WEEK, given | bounds)
    return [
        OnDay(id, title, customer, days[day], first, last, int(capacity), int(taken))
        for id, title, customer, day, first, last, capacity, taken in rows
    ]


_WISH = select(
    AccountManager.mail_wish, select(func.count(Customer.id)).where(Customer.id.in_(SERVED)).scalar_subquery()
).where(AccountManager.id == bindparam("manager", type_=Integer))


def wish_and_customers(db: Session, manager: int, served_by: tuple[int, ...]) -> tuple[MailWish, int]:
    """How an account manager wants to be told, and how many customers one of some account managers serves."""
    with looking_across(db):
        [(wish, count)] = select_rows(db, _WISH, {"manager": manager, "served_by": served_by})
    return MailWish(wish), int(count)
