"""The bookings of all customers as the provider's desk lists them: those to come, soonest first, then those before.

One customer's own list is in `search`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import WAITING, SignUp
from models.bookings.slots import Slot
from models.core.clock import OSLO, in_oslo, today_in_oslo
from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import NAMED, served_by, within
from models.customers.units import Unit

PAGE_SIZE = 25


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
class Cursor:
    """The last booking of the page before, and whether it was one of those to come."""

    booking_id: int
    is_to_come: bool

    def __str__(self) -> str:
        return f"{'c' if self.is_to_come else 'p'}{self.booking_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read a cursor from a URL; raises ValueError."""
        digits = text[1:]
        if text[:1] not in {"c", "p"} or not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise ValueError("not a cursor")
        return cls(int(digits), text[0] == "c")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not restrict."""

    from_date: date | None = None
    to_date: date | None = None
    customer: str = ""
    """In the name of the customer or of one of its units."""
    account_manager_id: int | None = None
    """Who serves the customer, or one of its units."""
    after: Cursor | None = None

    @property
    def restrictions(self) -> dict[str, Any]:
        """The names of the conditions that hold, with their values."""
        found: dict[str, Any] = {"account_manager_id": self.account_manager_id}
        if self.from_date:
            found["from_moment"] = in_oslo(self.from_date, time())
        if self.to_date:
            found["to_moment"] = in_oslo(self.to_date + timedelta(days=1), time())
        if self.customer:
            found["text"] = within(self.customer)
        return {name: value for name, value in found.items() if value is not None}


_MOMENT = Slot.starts_at.type
_TODAY = bindparam("today", type_=_MOMENT)
_before = aliased(Booking)


def _of_booking(what: ColumnElement[Any], booking: Any = Booking) -> ColumnElement[Any]:
    times = select(what).where(Slot.customer_id == booking.customer_id, Slot.booking_id == booking.id)
    return times.correlate(booking).scalar_subquery()


def _begins(booking: Any = Booking) -> ColumnElement[Any]:
    """When its first time begins; a booking without times stands where its deadline is."""
    return func.coalesce(_of_booking(func.min(Slot.starts_at), booking), booking.deadline)


_ENDS = func.coalesce(_of_booking(func.max(Slot.starts_at)), Booking.deadline)
# By the index on the moments of times: few of all that there ever were are to come.
_IS_TO_COME = or_(Booking.id.in_(select(Slot.booking_id).where(Slot.starts_at >= _TODAY)), Booking.deadline >= _TODAY)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "account_manager_id": Booking.customer_id.in_(served_by(bindparam("account_manager_id", type_=Integer))),
    "text": Booking.customer_id.in_(select(Customer.id).where(NAMED)),
    "from_moment": bindparam("from_moment", type_=_MOMENT) <= _ENDS,
    "to_moment": _begins() < bindparam("to_moment", type_=_MOMENT),
}
_AFTER = bindparam("after", type_=Integer)
_PLACE = tuple_(_begins(), Booking.id)
_PLACE_BEFORE = tuple_(select(_begins(_before)).where(_before.id == _AFTER).scalar_subquery(), _AFTER)


@cache
def _listing(conditions: frozenset[str], *, is_to_come: bool) -> Select[*tuple[Any, ...]]:
    """A page of one of the two halves, each row with the count of both; the sums are worked out for the page alone."""
    which = [_CONDITIONS[name] for name in sorted(conditions & _CONDITIONS.keys())]
    half = _IS_TO_COME if is_to_come else ~_IS_TO_COME
    past = [(_PLACE > _PLACE_BEFORE) if is_to_come else (_PLACE < _PLACE_BEFORE)] if "after" in conditions else []
    order = (_begins(), Booking.id) if is_to_come else (_begins().desc(), Booking.id.desc())
    shown = (
        select(Booking.id, _begins().label("begins"), _ENDS.label("ends"))
        .where(*which, half, *past)
        .order_by(*order)
        .limit(bindparam("at_most", type_=Integer))
        .subquery()
    )
    waiting = select(func.count(SignUp.id)).where(
        SignUp.customer_id == Booking.customer_id, SignUp.booking_id == Booking.id, SignUp.state == WAITING
    )
    of_page = (shown.c.begins, Booking.id) if is_to_come else (shown.c.begins.desc(), Booking.id.desc())
    return (
        select(
            select(func.count(Booking.id)).where(*which).scalar_subquery(),
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
            waiting.correlate(Booking).scalar_subquery(),
            Customer.name,
            Unit.name,
        )
        .select_from(shown)
        .join(Booking, Booking.id == shown.c.id)
        .join(Customer, Customer.id == Booking.customer_id)
        .join(Unit, and_(Unit.customer_id == Booking.customer_id, Unit.id == Booking.unit_id))
        .order_by(*of_page)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list."""

    rows: list[BookingRow]
    count: int
    next: Cursor | None


def find_bookings(db: Session, now: datetime, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found:
    """The bookings that meet the criteria, whosever they are; for the desk. At most two statements."""
    values = {**criteria.restrictions, "today": in_oslo(today_in_oslo(now), time())}
    conditions = frozenset(criteria.restrictions)
    after = criteria.after
    rows: list[BookingRow] = []
    count = 0
    with looking_across(db):
        for is_to_come in (True, False):
            if (after and after.is_to_come is False and is_to_come) or len(rows) > page_size:
                continue
            goes_on = after is not None and after.is_to_come == is_to_come
            listing = _listing(conditions | {"after"} if goes_on else conditions, is_to_come=is_to_come)
            asked = {**values, "at_most": page_size + 1 - len(rows)}
            if goes_on and after is not None:
                asked["after"] = after.booking_id
            found = select_rows(db, listing, asked)
            count = found[0][0] if found else count
            rows += [
                BookingRow(
                    id,
                    title,
                    place,
                    order_number,
                    deadline,
                    cancelled is not None,
                    first.astimezone(OSLO).date() if first else None,
                    last.astimezone(OSLO).date() if last else None,
                    int(capacity or 0),
                    int(taken or 0),
                    waiting,
                    customer,
                    unit,
                    is_to_come,
                )
                for _, id, title, place, order_number, deadline, cancelled, first, last, *rest in found
                for capacity, taken, waiting, customer, unit in [rest]
            ]
    shown = rows[:page_size]
    more = len(rows) > page_size
    return Found(shown, count, Cursor(shown[-1].id, shown[-1].is_to_come) if more else None)
