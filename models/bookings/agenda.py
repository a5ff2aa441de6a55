"""The agenda: what the bookings to come have on each of their days, day by day (B5).

The bookings themselves are found in `search`; the same days as a table of weeks are in `month`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from models.bookings.search import BookingRow, Criteria, bookings_to_come
from models.bookings.slots import Slot
from models.core.clock import OSLO, in_oslo, today_in_oslo
from models.core.search import PAGE_SIZE
from models.core.walls import select_rows


@dataclass(frozen=True, slots=True)
class DayOf:
    """What a booking has on one day in Norway."""

    booking: BookingRow
    date: date
    begins: datetime
    ends: datetime
    capacity: int
    taken: int

    @property
    def free(self) -> int:
        """Places that are left on this day."""
        return max(0, self.capacity - self.taken)

    @property
    def cancelled(self) -> bool:
        """Whether the booking does not take place."""
        return self.booking.cancelled

    @property
    def deadline(self) -> datetime:
        """Until when somebody can be put on it."""
        return self.booking.deadline


@dataclass(frozen=True, slots=True)
class Agenda:
    """The days of a page, soonest first, and the day with which the next page begins."""

    days: list[DayOf]
    following: date | None = None


_IDS = bindparam("ids", expanding=True, type_=Integer)
_TIMES = (
    select(Slot.booking_id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken)
    .where(Slot.booking_id.in_(_IDS), Slot.starts_at >= bindparam("from_moment", type_=Slot.starts_at.type))
    .order_by(Slot.starts_at, Slot.id)
)


def agenda(db: Session, now: datetime, criteria: Criteria, at_most: int = PAGE_SIZE) -> Agenda:
    """The days of the next bookings that meet the criteria: of so many bookings that no day is there in part.

    Two statements; more only where so many bookings begin on one day, or go on since then, that its end is not in
    sight.
    """
    first = max(criteria.from_date or date.min, today_in_oslo(now))
    while True:
        rows = bookings_to_come(db, now, criteria, at_most)
        border = rows[at_most].first_day if len(rows) > at_most else None
        last = criteria.to_date or date.max
        days = [day for day in _days_of(db, rows, first) if day.date <= last and (border is None or day.date < border)]
        if days or border is None or border > last:
            return Agenda(days, border if border and border <= last else None)
        at_most *= 2


def _days_of(db: Session, rows: Iterable[BookingRow], first: date) -> list[DayOf]:
    """All days of some bookings from one on, soonest first."""
    bookings = {row.id: row for row in rows}
    if not bookings:
        return []
    given = {"ids": list(bookings), "from_moment": in_oslo(first, time())}
    times = sorted(select_rows(db, _TIMES, given), key=_day_and_booking)
    days = [_day(bookings[id], day, list(slots)) for (day, id), slots in groupby(times, key=_day_and_booking)]
    return sorted(days, key=lambda one: (one.date, one.begins, one.booking.id))


def _day_and_booking(slot: Any) -> tuple[date, int]:
    booking_id, starts_at, *_ = slot
    return starts_at.astimezone(OSLO).date(), booking_id


def _day(booking: BookingRow, day: date, slots: list[Any]) -> DayOf:
    begins, ends = min(slot[1] for slot in slots), max(slot[2] for slot in slots)
    return DayOf(booking, day, begins, ends, sum(slot[3] for slot in slots), sum(slot[4] for slot in slots))
