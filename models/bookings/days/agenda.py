"""The agenda: what the bookings to come have on each of their days, day by day (B5).

The bookings themselves are found in `models.bookings.search`; the same days as a table of weeks are in `month`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.search import BookingRow, Criteria, listing, row_of
from models.bookings.sign_ups.sign_up import WAITING, SignUp
from models.bookings.slots import Slot
from models.core.clock import OSLO, in_oslo, today_in_oslo
from models.core.search import PAGE_SIZE, Statement, given_in
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
    waiting: int = 0
    """How many are on the waiting list of the booking, on whichever of its days."""

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


_WAITING = (
    select(func.count(SignUp.id))
    .where(SignUp.booking_id == Booking.id, SignUp.state == WAITING)
    .correlate(Booking)
    .scalar_subquery()
)


@cache
def _times(names: frozenset[str]) -> Statement:
    """The times of the next bookings from a moment on, each with its booking. Built once per set of conditions."""
    page = listing(names).add_columns(_WAITING.label("waiting")).subquery("page")
    booking = [column for column in page.c if column.name != "waiting"]
    begins = bindparam("from_day", type_=Slot.starts_at.type)
    return (
        select(*booking, page.c.waiting, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken)
        .join(page, Slot.booking_id == page.c.id)
        .where(Slot.starts_at >= begins)
        .order_by(page.c.first, page.c.id, Slot.starts_at, Slot.id)
    )


def agenda(db: Session, now: datetime, criteria: Criteria, at_most: int = PAGE_SIZE) -> Agenda:
    """The days of the next bookings that meet the criteria: of so many bookings that no day is there in part.

    One statement; more only where so many bookings begin on one day, or go on since then, that its end is not in sight.
    """
    first = max(criteria.from_date or date.min, today_in_oslo(now))
    last = criteria.to_date or date.max
    while True:
        days = _days(db, now, criteria, first, at_most + 1)
        bookings = list(dict.fromkeys(day.booking for day in days))
        border = bookings[at_most].first_day if len(bookings) > at_most else None
        shown = [day for day in days if day.date <= last and (border is None or day.date < border)]
        if shown or border is None or border > last:
            shown.sort(key=lambda one: (one.date, one.begins, one.booking.id))
            return Agenda(shown, border if border and border <= last else None)
        at_most *= 2


def _days(db: Session, now: datetime, criteria: Criteria, first: date, at_most: int) -> list[DayOf]:
    """All days of the next bookings from one on, booking by booking."""
    given = given_in({**criteria.restrictions, "to_come": True})
    more = {"now": now, "at_most": at_most, "from_day": in_oslo(first, time())}
    times = select_rows(db, _times(frozenset(given)), given | more)
    return [_day(list(slots), day) for (_, day), slots in groupby(times, key=_booking_and_day)]


def _booking_and_day(slot: Any) -> tuple[int, date]:
    return slot[0], slot[-4].astimezone(OSLO).date()


def _day(slots: list[Any], day: date) -> DayOf:
    *booking, waiting, begins, _, _, _ = slots[0]
    ends = max(slot[-3] for slot in slots)
    capacity, taken = sum(slot[-2] for slot in slots), sum(slot[-1] for slot in slots)
    return DayOf(row_of(*booking), day, begins, ends, capacity, taken, int(waiting))
