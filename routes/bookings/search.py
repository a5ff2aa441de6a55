"""Bookinger: the agenda of what is to come with what is over, and a booking's list for printing.

The booking's own page is in `sign_ups`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import ClassVar

from starlette.responses import Response

from models.bookings.days.agenda import Agenda, DayOf, agenda
from models.bookings.search import BookingRow, Criteria, past_bookings
from models.bookings.timetable import roll_of
from models.core.scope import Right
from models.core.search import PAGE_SIZE
from models.customers.units import UnitRow, ids_below, units_in_scope
from routes.bookings.months import FREE
from routes.bookings.page import BookingPage, booking_of
from routes.web.answers import page
from routes.web.fields import ALL, Choice, Option
from routes.web.forms import unit_choices
from routes.web.search import PeriodSearch, Quick
from routes.web.visit import Visit
from routes.web.words import count
from routes.web.words import date as written

CLOSING = Option("closing", "Ledige, frist innen en uke")
_SOON = timedelta(days=7)


class BookingSearch(PeriodSearch):
    """Days and unit; an empty filter does not restrict."""

    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")
    free = Choice("Plasser:", choices=[ALL, FREE, CLOSING], default="")

    def criteria(self, visit: Visit, units: Callable[[], list[UnitRow]]) -> Criteria:
        """What to search for, once the form is valid; a unit includes those below it."""
        below = ids_below(units(), self.unit.data) if self.unit.data else None
        closing_by = visit.now + _SOON if self.free.data == CLOSING.value else None
        only_free = bool(self.free.data)
        return Criteria(self.from_date.day, self.to_date.day, below, only_free=only_free, closing_by=closing_by)


def index(visit: Visit) -> Response:
    """All bookings of the user's units: those to come, and those that are over (T1)."""
    search: BookingSearch = BookingSearch.of(visit)
    units = cache(lambda: _units(visit))
    search.unit.find_choices = lambda: [ALL, *unit_choices(units())]
    valid = search.validate()
    criteria = search.criteria(visit, units) if valid else None
    return page(
        visit,
        "bookings/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("bookings", **search.filters),
        search=search,
        may_sign_up=visit.may(Right.EMPLOYEES),
        found=Bookings(
            visit,
            search,
            agenda(visit.db, visit.now, criteria) if criteria else Agenda([]),
            past_bookings(visit.db, visit.now, criteria) if criteria else [],
        ),
    )


def day_list(visit: Visit, id: int) -> Response:
    """Who comes when, or who comes at all, to be printed and hung up."""
    booking = booking_of(visit, id)
    by_name = visit.query_params.get("by") == "name"
    return page(
        visit,
        "bookings/day_list.html",
        sheet=BookingPage(visit, booking),
        roll=roll_of(visit.db, booking, visit.user.user_id, by_name=by_name),
        by_name=by_name,
    )


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the agenda, with its days on which something is."""

    monday: date
    days: list[DayOf]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def number(self) -> int:
        """As calendars in Norway count them."""
        return self.monday.isocalendar().week


@dataclass(frozen=True)
class Bookings:
    """What the list shows, with its counting sentence and its ways further on and further back."""

    route: ClassVar[str] = "bookings"

    visit: Visit
    search: BookingSearch
    agenda: Agenda
    found_past: list[BookingRow]

    @property
    def to_come(self) -> int:
        """How many are not over, of those on this page."""
        return len({day.booking.id for day in self.agenda.days})

    @property
    def weeks(self) -> list[Week]:
        """The days to come, week by week."""
        weeks = groupby(self.agenda.days, key=lambda day: day.date - timedelta(days=day.date.weekday()))
        return [Week(monday, list(days)) for monday, days in weeks]

    @property
    def quick(self) -> list[Quick]:
        """The searches that one does most, with how many they find where all that is to come is on this page anyway."""
        now, is_all = self.visit.now, not (self.search.filters or self.agenda.following)
        bookings = {day.booking for day in self.agenda.days}
        to_fill = [one.deadline for one in bookings if one.free and not one.cancelled and one.deadline > now]
        soon = [deadline for deadline in to_fill if deadline < now + _SOON]
        return [
            Quick(label, self.visit.url(self.route, free=free.value), count(len(found)) if is_all else "", wanted=False)
            for free, label, found in ((FREE, "Med ledige plasser", to_fill), (CLOSING, "Frist innen en uke", soon))
        ]

    @property
    def past(self) -> list[BookingRow]:
        """Those that are over."""
        return self.found_past[:PAGE_SIZE]

    @property
    def count(self) -> int:
        """How many stand on this page; how many there are in all is not asked."""
        return self.to_come + len(self.past)

    @property
    def count_text(self) -> str:
        """What is announced."""
        if not self.count:
            return "Ingen bookinger funnet"
        more = "Over " if len(self.found_past) > PAGE_SIZE or self.agenda.following else ""
        return f"{more}{self.to_come} kommende og {len(self.past)} tidligere"

    @property
    def later(self) -> str | None:
        """The way to those that come after the last one shown."""
        if not self.agenda.following:
            return None
        return self.visit.url(self.route, **{**self.search.filters, "from": written(self.agenda.following)})

    @property
    def earlier(self) -> str | None:
        """The way to those that were before the last one shown."""
        if len(self.found_past) <= PAGE_SIZE:
            return None
        before = written(self.past[-1].first_day)
        return self.visit.url(self.route, **{**self.search.filters, "to": before})


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.ORDERS, Right.EMPLOYEES)
