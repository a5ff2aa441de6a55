"""A series of times (tidsserie): where the slots of a booking come from.

The provider publishes it; customers can neither make slots nor move them (T1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.slots import Slot
from models.core.audit import Actor, Change, record
from models.core.clock import OSLO, in_oslo
from models.customers.units import Unit

Hours = tuple[time, time]
"""From when to when, as clocks on the wall show it."""


class SeriesRefused(Exception):
    """The series holds no time, or ends before it begins; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Series:
    """Times on several days: the opening hours, cut by breaks, in lengths that follow each other."""

    days: tuple[date, ...]
    hours: tuple[Hours, ...]
    length: timedelta
    capacity: int
    breaks: tuple[Hours, ...] = ()

    def times(self) -> list[tuple[datetime, datetime]]:
        """Beginnings and ends, in order; raises SeriesRefused where there is none.

        After a break the times begin anew. A time that the clocks skip in spring is left out.
        """
        found = [(in_oslo(*_at(starts)), in_oslo(*_at(ends))) for starts, ends in self._written() if _is(starts, ends)]
        if not found:
            raise SeriesRefused("no time fits into the opening hours")
        return found

    def skipped(self) -> list[datetime]:
        """The beginnings, as clocks on the wall would show them, of the times that the clocks skip in spring."""
        return [starts for starts, ends in self._written() if not _is(starts, ends)]

    @property
    def most(self) -> int:
        """No more times than this, without working them out."""
        open_for = sum((closes.hour - opens.hour) * 60 + closes.minute - opens.minute for opens, closes in self.hours)
        return len(self.days) * int(timedelta(minutes=open_for) / self.length)

    def _written(self) -> Iterator[tuple[datetime, datetime]]:
        """Beginnings and ends as they stand on the wall, also where no clock will show them."""
        if self.length <= timedelta() or self.capacity < 1:
            raise SeriesRefused("length and capacity must be more than nothing")
        for day in sorted(set(self.days)):
            for opens, closes in self._open_hours():
                at, until = datetime.combine(day, opens), datetime.combine(day, closes)
                while (end := at + self.length) <= until:
                    yield at, end
                    at = end

    def _open_hours(self) -> Iterator[Hours]:
        for opens, closes in sorted(self.hours):
            if closes <= opens:
                raise SeriesRefused(f"{opens:%H:%M}-{closes:%H:%M} ends before it begins")
            at = opens
            for begins, ends in sorted(self.breaks):
                if at < ends and begins < closes:
                    yield at, max(at, begins)
                    at = ends
            if at < closes:
                yield at, closes


def _at(on_the_wall: datetime) -> tuple[date, time]:
    return on_the_wall.date(), on_the_wall.time()


def _is(starts: datetime, ends: datetime) -> bool:
    """Whether clocks show the beginning, and the end but for its last moment."""
    return _is_shown(starts) and _is_shown(ends - timedelta(minutes=1))


def _is_shown(on_the_wall: datetime) -> bool:
    return in_oslo(*_at(on_the_wall)).astimezone(OSLO).replace(tzinfo=None) == on_the_wall


@dataclass(frozen=True, slots=True)
class Facts:
    """What is published of a booking besides its times; sign-up closes so long before the first of them."""

    title: str
    place: str
    closes_before: timedelta
    preparation: str = ""
    self_declaration_url: str = ""
    order_number: int | None = None
    names_hidden: bool = False
    needs_national_id: bool = False
    check_name: str | None = None


def publish(
    db: Session,
    unit_id: int,
    series: Series,
    facts: Facts,
    *,
    by: Actor,
    now: datetime,
    key: str | None = None,
    fingerprint: str | None = None,
) -> Booking:
    """Publish a series as a booking of a unit.

    What is published under a `key` is in `publication`. Raises SeriesRefused, and sqlalchemy's NoResultFound for an
    unknown unit.
    """
    times = series.times()
    booking = Booking(
        customer_id=db.execute(select(Unit.customer_id).where(Unit.id == unit_id)).scalar_one(),
        unit_id=unit_id,
        deadline=times[0][0] - facts.closes_before,
        idempotency_key=key,
        fingerprint=fingerprint,
        **{field.name: getattr(facts, field.name) for field in fields(facts) if field.name != "closes_before"},
    )
    db.add(booking)
    db.flush()
    db.add_all(_slots(booking, times, series.capacity))
    db.flush()
    record(db, Change.of(booking, "published", by=by, at=now))
    return booking


def _slots(booking: Booking, times: Sequence[tuple[datetime, datetime]], capacity: int) -> Iterator[Slot]:
    for starts_at, ends_at in times:
        yield Slot(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            starts_at=starts_at,
            ends_at=ends_at,
            capacity=capacity,
        )
