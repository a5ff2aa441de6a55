"""The bookings of all customers as the provider's desk lists them: those to come, soonest first, then those before.

One customer's own list is in `search`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.search import moments
from models.bookings.sign_ups.sign_up import WAITING, SignUp
from models.bookings.slots import Slot
from models.core.clock import OSLO, in_oslo, today_in_oslo
from models.core.scope import looking_across
from models.core.search import (
    AFTER,
    AT_MOST,
    PAGE_SIZE,
    Conditions,
    Found,
    RowIsGone,
    Statement,
    given_in,
    place_after,
    which,
)
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import NAMED, of_customers, within
from models.customers.units import Unit


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking as a line of the list; nobody's name is in it."""

    id: int
    title: str
    place: str
    order_number: int | None
    deadline: datetime
    cancelled: bool
    first_day: date | None
    last_day: date | None
    capacity: int
    taken: int
    waiting: int
    customer: str
    unit: str
    is_to_come: bool

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not restrict."""

    from_date: date | None = None
    to_date: date | None = None
    customer: str = ""
    """In the name of the customer or of one of its units."""
    served_by: tuple[int, ...] | None = None
    """The account managers of whom one serves the customer, or one of its units."""
    only_free: bool = False
    """Only those on which somebody can still be put."""
    after: int | None = None
    """The last booking of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        text = within(self.customer) if self.customer else None
        days = moments(self.from_date, self.to_date)
        return {**days, "text": text, "served_by": self.served_by, "free": self.only_free or None}


def _of_booking(what: ColumnElement[Any]) -> ColumnElement[Any]:
    times = select(what).where(Slot.customer_id == Booking.customer_id, Slot.booking_id == Booking.id)
    return times.correlate(Booking).scalar_subquery()


_MOMENT = Slot.starts_at.type
_TODAY = bindparam("today", type_=_MOMENT)
# A booking without times stands where its deadline is.
_BEGINS = func.coalesce(_of_booking(func.min(Slot.starts_at)), Booking.deadline)
_ENDS = func.coalesce(_of_booking(func.max(Slot.starts_at)), Booking.deadline)
# By the index on the moments of times: few of all that there ever were are to come.
_IS_TO_COME = or_(Booking.id.in_(select(Slot.booking_id).where(Slot.starts_at >= _TODAY)), Booking.deadline >= _TODAY)
_CONDITIONS: Conditions = {
    **of_customers(Booking.customer_id.expression),
    "text": Booking.customer_id.in_(select(Customer.id).where(NAMED)),
    "from_moment": bindparam("from_moment", type_=_MOMENT) <= _ENDS,
    "to_moment": bindparam("to_moment", type_=_MOMENT) > _BEGINS,
    "free": and_(
        Booking.cancelled_at.is_(None),
        Booking.deadline > bindparam("now", type_=_MOMENT),
        _of_booking(func.sum(Slot.capacity - Slot.taken)) > 0,
    ),
}
_WAITING = select(func.count(SignUp.id)).where(
    SignUp.customer_id == Booking.customer_id, SignUp.booking_id == Booking.id, SignUp.state == WAITING
)
_COLUMNS = (
    Booking.id,
    Booking.title,
    Booking.place,
    Booking.order_number,
    Booking.deadline,
    Booking.cancelled_at,
    _of_booking(func.min(Slot.starts_at)),
    _of_booking(func.max(Slot.starts_at)),
    _of_booking(func.sum(Slot.capacity)),
    _of_booking(func.sum(Slot.taken)),
    _WAITING.correlate(Booking).scalar_subquery(),
    Customer.name,
    Unit.name,
)
_HALF = select(_IS_TO_COME).where(Booking.id == AFTER)


@cache
def _chosen(names: frozenset[str], *, is_to_come: bool, goes_on: bool) -> Statement:
    """Which bookings of one of the two halves are on the page, with what they are sorted by."""
    chosen = select(Booking.id, _BEGINS.label("begins")).where(*which(_CONDITIONS, names))
    chosen = chosen.where(_IS_TO_COME if is_to_come else ~_IS_TO_COME)
    if goes_on:
        here, last = tuple_(_BEGINS, Booking.id), place_after(Booking.id, _BEGINS)
        chosen = chosen.where(here > last if is_to_come else here < last)
    return chosen.order_by(*_in_order(_BEGINS, is_to_come=is_to_come)).limit(AT_MOST)


@cache
def _listing(names: frozenset[str], *, is_to_come: bool, goes_on: bool) -> Statement:
    """A page of one of the halves, each row with the count of both; the sums are worked out for the page alone."""
    count = select(func.count(Booking.id)).where(*which(_CONDITIONS, names)).scalar_subquery()
    chosen = _chosen(names, is_to_come=is_to_come, goes_on=goes_on).subquery()
    return (
        select(count, *_COLUMNS, literal(is_to_come))
        .select_from(chosen)
        .join(Booking, Booking.id == chosen.c.id)
        .join(Customer, Customer.id == Booking.customer_id)
        .join(Unit, and_(Unit.customer_id == Booking.customer_id, Unit.id == Booking.unit_id))
        .order_by(*_in_order(chosen.c.begins, is_to_come=is_to_come))
    )


def _in_order(begins: ColumnElement[Any], *, is_to_come: bool) -> list[ColumnElement[Any]]:
    return [begins, Booking.id.expression] if is_to_come else [begins.desc(), Booking.id.desc()]


def _row(*values: Any) -> BookingRow:
    id, title, place, order_number, deadline, cancelled_at, first, last, capacity, taken, *rest = values
    waiting, customer, unit, is_to_come = rest
    return BookingRow(
        id,
        title,
        place,
        order_number,
        deadline,
        cancelled_at is not None,
        first.astimezone(OSLO).date() if first else None,
        last.astimezone(OSLO).date() if last else None,
        int(capacity or 0),
        int(taken or 0),
        waiting,
        customer,
        unit,
        is_to_come,
    )


def find_bookings(db: Session, now: datetime, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[BookingRow]:
    """The bookings that meet the criteria, whosever they are; for the desk. Raises RowIsGone.

    At most three statements: in which half the page begins, and one for each half.
    """
    given = given_in(criteria.restrictions) | {
        "today": in_oslo(today_in_oslo(now), time()),
        "now": now,
        "after": criteria.after,
    }
    names = frozenset(given).intersection(_CONDITIONS)
    found: list[Any] = []
    with looking_across(db):
        begun = _half(db, given)
        for is_to_come in (True, False) if begun is not False else (False,):
            if len(found) <= page_size:
                listing = _listing(names, is_to_come=is_to_come, goes_on=begun is is_to_come)
                found += select_rows(db, listing, given | {"at_most": page_size + 1 - len(found)})
    return Found.of(found, _row, page_size)


def _half(db: Session, given: dict[str, Any]) -> bool | None:
    """Whether the page begins among those to come; None where it is the first."""
    if given["after"] is None:
        return None
    for (is_to_come,) in select_rows(db, _HALF, given):
        return bool(is_to_come)
    raise RowIsGone
