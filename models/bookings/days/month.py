"""The bookings of a month, day by day: what begins when, and how many places are left; of one customer, or of all.

The agenda, soonest first, is in `agenda`; a booking's own days are in `models.bookings.timetable`.
"""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.search import moments
from models.bookings.slots import Slot
from models.core.clock import OSLO
from models.core.scope import looking_across
from models.core.search import Conditions, Statement, given_in, which
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import NAMED, of_customers, within


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
    customer: str
    """Whose booking it is, for the desk."""


def weeks_of(month: date) -> list[list[date]]:
    """The weeks of a month, from Monday on, with the days around it that fill them."""
    return Calendar().monthdatescalendar(month.year, month.month)


_CONDITIONS: Conditions = {
    **of_customers(Booking.customer_id.expression),
    "text": Booking.customer_id.in_(select(Customer.id).where(NAMED)),
    "unit_ids": Booking.unit_id.in_(bindparam("unit_ids", expanding=True)),
}


@cache
def _times(names: frozenset[str]) -> Statement:
    """Built once per set of conditions."""
    return (
        select(
            Booking.id,
            Booking.title,
            Booking.cancelled_at,
            Booking.deadline,
            Slot.starts_at,
            Slot.capacity,
            Slot.taken,
            Customer.name,
        )
        .join(Slot, Slot.booking_id == Booking.id)
        .join(Customer, Customer.id == Booking.customer_id)
        .where(
            Slot.starts_at >= bindparam("from_moment", type_=Slot.starts_at.type),
            Slot.starts_at < bindparam("to_moment", type_=Slot.starts_at.type),
            *which(_CONDITIONS, names),
        )
        .order_by(Slot.starts_at, Slot.id)
    )


def rounds_of(
    db: Session, month: date, now: datetime, *, unit_ids: frozenset[int] | None = None, only_free: bool = False
) -> dict[date, list[Round]]:
    """By day, what the bookings of the scope have in the weeks of a month: one statement."""
    return _by_day(db, month, now, {"unit_ids": None if unit_ids is None else sorted(unit_ids)}, only_free=only_free)


def rounds_across(
    db: Session,
    month: date,
    now: datetime,
    *,
    customer: str = "",
    served_by: tuple[int, ...] | None = None,
    only_free: bool = False,
) -> dict[date, list[Round]]:
    """The same whosever the bookings are, for the desk: one statement.

    `customer` is in the name of the customer or of one of its units; `served_by` are the account managers of whom one
    serves it.
    """
    holding = {"text": within(customer) if customer else None, "served_by": served_by}
    with looking_across(db):
        return _by_day(db, month, now, holding, only_free=only_free)


def _by_day(
    db: Session, month: date, now: datetime, holding: dict[str, Any], *, only_free: bool
) -> dict[date, list[Round]]:
    weeks, given = weeks_of(month), given_in(holding)
    found = select_rows(db, _times(frozenset(given)), given | moments(weeks[0][0], weeks[-1][-1]))
    days: dict[date, list[Round]] = {}
    rows = sorted(found, key=lambda row: (row[4].astimezone(OSLO).date(), row[0]))
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


def _round(slots: Iterable[Any], now: datetime) -> Round:
    rows = list(slots)
    id, title, cancelled_at, deadline, begins, _, _, customer = rows[0]
    capacity = sum(row[5] for row in rows)
    free = sum(max(0, row[5] - row[6]) for row in rows)
    open_ = cancelled_at is None and deadline > now
    return Round(id, title, begins, capacity, free, cancelled_at is not None, open_, customer)
