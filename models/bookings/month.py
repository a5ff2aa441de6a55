"""The bookings of a month, day by day: what begins when, and how many places are left.

The list, soonest first, is in `search`; a booking's own days are in `timetable`.
"""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.search import moments
from models.bookings.slots import Slot
from models.core.clock import OSLO


@dataclass(frozen=True, slots=True)
class Round:
    """What a booking has on one day."""

    booking_id: int
    title: str
    begins: datetime
    capacity: int
    free: int
    cancelled: bool
    is_open: bool
    """Whether somebody can still be put on it."""


def weeks_of(month: date) -> list[list[date]]:
    """The weeks of a month, from Monday on, with the days around it that fill them."""
    return Calendar().monthdatescalendar(month.year, month.month)


def rounds_of(
    db: Session, month: date, now: datetime, *, unit_ids: frozenset[int] | None = None, only_free: bool = False
) -> dict[date, list[Round]]:
    """By day, what the bookings of the scope have in the weeks of a month: one statement."""
    weeks = weeks_of(month)
    span = moments(weeks[0][0], weeks[-1][-1])
    found = (
        select(
            Booking.id,
            Booking.title,
            Booking.cancelled_at,
            Booking.deadline,
            Slot.starts_at,
            Slot.capacity,
            Slot.taken,
        )
        .join(Slot, Slot.booking_id == Booking.id)
        .where(Slot.starts_at >= span["from_moment"], Slot.starts_at < span["to_moment"])
        .order_by(Slot.starts_at, Slot.id)
    )
    if unit_ids is not None:
        found = found.where(Booking.unit_id.in_(unit_ids))
    days: dict[date, list[Round]] = {}
    rows = sorted(db.execute(found).all(), key=lambda row: (row[4].astimezone(OSLO).date(), row[0]))
    for (day, _), of_day in groupby(rows, key=lambda row: (row[4].astimezone(OSLO).date(), row[0])):
        one = _round(of_day, now)
        if not only_free or (one.is_open and one.free):
            days.setdefault(day, []).append(one)
    for rounds in days.values():
        rounds.sort(key=lambda one: (one.begins, one.booking_id))
    return days


def following(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def before(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def _round(slots: Iterable[tuple[int, str, datetime | None, datetime, datetime, int, int]], now: datetime) -> Round:
    rows = list(slots)
    id, title, cancelled_at, deadline, begins, _, _ = rows[0]
    capacity = sum(row[5] for row in rows)
    free = sum(max(0, row[5] - row[6]) for row in rows)
    open_ = cancelled_at is None and deadline > now
    return Round(id, title, begins, capacity, free, cancelled_at is not None, open_)
