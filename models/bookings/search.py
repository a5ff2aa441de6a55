"""Finding bookings: those that are to come, soonest first, and those that are over, latest first (T1, I1).

What they have on each day is in `days.agenda`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.slots import Slot
from models.core.clock import OSLO, in_oslo
from models.core.search import AT_MOST, PAGE_SIZE, Conditions, Statement, given_in, which
from models.core.walls import select_rows
from models.customers.units import Unit


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking as a line of a list."""

    id: int
    title: str
    place: str
    unit_name: str
    order_number: int | None
    deadline: datetime
    cancelled: bool
    first_day: date
    last_day: date
    capacity: int
    taken: int

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which bookings: those with a time on one of the days, of one of the units."""

    from_date: date | None = None
    to_date: date | None = None
    unit_ids: frozenset[int] | None = None
    only_free: bool = False
    """Only those on which somebody can still be put."""
    closing_by: datetime | None = None
    """Only those whose deadline is before that."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        unit_ids = None if self.unit_ids is None else sorted(self.unit_ids)
        return {
            **moments(self.from_date, self.to_date),
            "unit_ids": unit_ids,
            "free": self.only_free or None,
            "closing_by": self.closing_by,
        }


def moments(from_date: date | None, to_date: date | None) -> dict[str, datetime | None]:
    """The conditions for the days from one to another, with when the first begins and the last is over."""
    return {
        "from_moment": in_oslo(from_date, time()) if from_date else None,
        "to_moment": in_oslo(to_date + timedelta(days=1), time()) if to_date else None,
    }


_FIRST, _LAST = func.min(Slot.starts_at), func.max(Slot.starts_at)
_MOMENT = Slot.starts_at.type
_WHICH: Conditions = {
    "unit_ids": Booking.unit_id.in_(bindparam("unit_ids", expanding=True)),
    "shown": Booking.cancelled_at.is_(None),
}
_HAVING: Conditions = {
    "from_moment": bindparam("from_moment", type_=_MOMENT) <= _LAST,
    "to_moment": bindparam("to_moment", type_=_MOMENT) > _FIRST,
    "free": and_(
        func.sum(Slot.capacity - Slot.taken) > 0,
        Booking.cancelled_at.is_(None),
        Booking.deadline > bindparam("now", type_=_MOMENT),
    ),
    "closing_by": Booking.deadline < bindparam("closing_by", type_=_MOMENT),
    "to_come": func.max(Slot.ends_at) > bindparam("now", type_=_MOMENT),
    "over": func.max(Slot.ends_at) <= bindparam("now", type_=_MOMENT),
}


@cache
def listing(names: frozenset[str]) -> Statement:
    """The bookings that meet the conditions, for `row_of` to read. Built once per set of conditions."""
    return (
        select(
            Booking.id,
            Booking.title,
            Booking.place,
            Unit.name,
            Booking.order_number,
            Booking.deadline,
            Booking.cancelled_at,
            _FIRST.label("first"),
            _LAST.label("last"),
            func.sum(Slot.capacity),
            func.sum(Slot.taken),
        )
        .join(Slot, Slot.booking_id == Booking.id)
        .join(Unit, Unit.id == Booking.unit_id)
        .where(*which(_WHICH, names))
        .group_by(Booking.id, Unit.name)
        .having(*which(_HAVING, names))
        .order_by(*((_FIRST, Booking.id) if "to_come" in names else (_FIRST.desc(), Booking.id.desc())))
        .limit(AT_MOST)
    )


def past_bookings(db: Session, now: datetime, criteria: Criteria, at_most: int = PAGE_SIZE) -> list[BookingRow]:
    """Those that are over, latest first; one more than `at_most` where there are more."""
    return _rows(db, {**criteria.restrictions, "over": True}, now, at_most + 1)


def upcoming_bookings(db: Session, now: datetime, at_most: int) -> list[BookingRow]:
    """The next bookings of the user's units that take place, soonest first (I1)."""
    return _rows(db, {"to_come": True, "shown": True}, now, at_most)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next bookings, and of all to come: on how many somebody can still be put, and the places that these have."""

    rows: list[BookingRow]
    fillable: int
    places: int


_LEFT = func.sum(Slot.capacity - Slot.taken)
_CAN_BE_FILLED = and_(_LEFT > 0, Booking.deadline > bindparam("now", type_=_MOMENT))


@cache
def _upcoming() -> Statement:
    """The sums are over all rows that meet the conditions, however few of them are wanted."""
    return listing(frozenset({"to_come", "shown"})).add_columns(
        func.sum(case((_CAN_BE_FILLED, 1), else_=0)).over(), func.sum(case((_CAN_BE_FILLED, _LEFT), else_=0)).over()
    )


def upcoming_and_free(db: Session, now: datetime, at_most: int) -> Upcoming:
    """The next bookings of the user's units that take place, and the free places of all: one statement (I1)."""
    found = select_rows(db, _upcoming(), {"now": now, "at_most": at_most})
    fillable, places = found[0][-2:] if found else (0, 0)
    return Upcoming([row_of(*row[:-2]) for row in found], int(fillable), int(places))


def _rows(db: Session, holding: dict[str, Any], now: datetime, at_most: int) -> list[BookingRow]:
    given = given_in(holding)
    found = select_rows(db, listing(frozenset(given)), {**given, "now": now, "at_most": at_most})
    return [row_of(*values) for values in found]


def row_of(*values: Any) -> BookingRow:
    """A row of the listing."""
    id, title, place, unit_name, order_number, deadline, cancelled_at, first, last, capacity, taken = values
    return BookingRow(
        id,
        title,
        place,
        unit_name,
        order_number,
        deadline,
        cancelled_at is not None,
        first.astimezone(OSLO).date(),
        last.astimezone(OSLO).date(),
        int(capacity),
        int(taken),
    )
