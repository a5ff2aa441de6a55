"""The list of bookings, and a booking's list for printing. The booking's own page is in `sign_ups`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from starlette.responses import Response

from models.bookings.search import BookingRow, Criteria, bookings_to_come, past_bookings
from models.bookings.timetable import roll_of
from models.core.scope import Right
from models.core.search import PAGE_SIZE
from models.customers.units import UnitRow, ids_below, units_in_scope
from routes.bookings.months import FREE
from routes.bookings.page import BookingPage, booking_of
from routes.web.answers import page
from routes.web.fields import ALL, Choice
from routes.web.forms import unit_choices
from routes.web.search import PeriodSearch
from routes.web.visit import Visit
from routes.web.words import date


class BookingSearch(PeriodSearch):
    """Days and unit; an empty filter does not restrict."""

    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")
    free = Choice("Plasser:", choices=[ALL, FREE], default="")

    def criteria(self, units: Callable[[], list[UnitRow]]) -> Criteria:
        """What to search for, once the form is valid; a unit includes those below it."""
        below = ids_below(units(), self.unit.data) if self.unit.data else None
        return Criteria(self.from_date.day, self.to_date.day, below, only_free=bool(self.free.data))


def index(visit: Visit) -> Response:
    """All bookings of the user's units: those to come, and those that are over (T1)."""
    search: BookingSearch = BookingSearch.of(visit)
    units = cache(lambda: _units(visit))
    search.unit.find_choices = lambda: [ALL, *unit_choices(units())]
    valid = search.validate()
    criteria = search.criteria(units) if valid else None
    return page(
        visit,
        "bookings/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("bookings", **search.filters),
        search=search,
        found=Bookings(
            visit,
            search,
            bookings_to_come(visit.db, visit.now, criteria) if criteria else [],
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


@dataclass(frozen=True)
class Bookings:
    """What the list shows, with its counting sentence and its ways further on and further back."""

    route: ClassVar[str] = "bookings"

    visit: Visit
    search: BookingSearch
    found_to_come: list[BookingRow]
    found_past: list[BookingRow]

    @property
    def to_come(self) -> list[BookingRow]:
        """Those that are not over."""
        return self.found_to_come[:PAGE_SIZE]

    @property
    def past(self) -> list[BookingRow]:
        """Those that are over."""
        return self.found_past[:PAGE_SIZE]

    @property
    def count(self) -> int:
        """How many stand on this page; how many there are in all is not asked."""
        return len(self.to_come) + len(self.past)

    @property
    def count_text(self) -> str:
        """What is announced."""
        if not self.count:
            return "Ingen bookinger funnet"
        more = "Over " if len(self.found_past) > PAGE_SIZE or len(self.found_to_come) > PAGE_SIZE else ""
        return f"{more}{len(self.to_come)} kommende og {len(self.past)} tidligere"

    @property
    def later(self) -> str | None:
        """The way to those that come after the last one shown."""
        if len(self.found_to_come) <= PAGE_SIZE:
            return None
        return self.visit.url(self.route, **{**self.search.filters, "from": date(self.to_come[-1].first_day)})

    @property
    def earlier(self) -> str | None:
        """The way to those that were before the last one shown."""
        if len(self.found_past) <= PAGE_SIZE:
            return None
        before = date(self.past[-1].first_day)
        return self.visit.url(self.route, **{**self.search.filters, "to": before})


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.ORDERS, Right.EMPLOYEES)
