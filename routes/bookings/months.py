"""Bookinger, a month at a time: a table of weeks, on a telephone a list of the days on which something is.

The list, soonest first, is in `search`; the same month across customers in `desk.months`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from starlette.responses import Response

from models.bookings.days.month import Round, before, following, rounds_of, weeks_of
from models.core.scope import Right
from models.customers.units import UnitRow, ids_below, units_in_scope
from models.values.holidays import holiday
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.fields import ALL, Choice, Option
from routes.web.forms import PortalForm, unit_choices
from routes.web.visit import Visit
from routes.web.words import date as written

FREE = Option("1", "Bare ledige")
SHOWN = 8
"""How many bookings of one day stand in the table; the list has the others."""
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


class MonthSearch(PortalForm):
    """What the month shows; an empty filter does not restrict."""

    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")
    free = Choice("Plasser:", choices=[ALL, FREE], default="")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the table."""

    date: date
    is_of_month: bool
    is_today: bool
    holiday: str | None
    all_rounds: list[Round]

    @property
    def rounds(self) -> list[Round]:
        """What stands in the table."""
        return self.all_rounds[:SHOWN]


@dataclass(frozen=True)
class Month:
    """What the page shows, with the ways to the months around it, to a booking, and to the list of a day."""

    route: ClassVar[str] = "bookings_month"
    to_one: ClassVar[str] = "booking"
    to_list: ClassVar[str] = "bookings"
    with_customer: ClassVar[bool] = False

    visit: Visit
    search: PortalForm
    first: date
    weeks: list[list[Day]]

    @property
    def count(self) -> int:
        """On how many days of the month something is."""
        return sum(bool(day.all_rounds) and day.is_of_month for week in self.weeks for day in week)

    @property
    def count_text(self) -> str:
        """What is announced."""
        if not self.count:
            return "Ingen bookinger denne måneden"
        return f"{self.count} {'dag' if self.count == 1 else 'dager'} med bookinger"

    @property
    def earlier(self) -> str:
        """The way to the month before."""
        return self._way(before(self.first))

    @property
    def later(self) -> str:
        """The way to the month after."""
        return self._way(following(self.first))

    def on(self, day: date) -> dict[str, Any]:
        """What the list is searched by for all bookings of a day: the same filters, and the day."""
        return {**self.search.filters, "from": written(day), "to": written(day)}

    def _way(self, month: date) -> str:
        return self.visit.url(self.route, month=f"{month:%Y-%m}", **self.search.filters)


def index(visit: Visit) -> Response:
    """The bookings of the user's units in a month."""
    search: MonthSearch = MonthSearch.of(visit)
    units, first = _units(visit), month_of(visit)
    search.unit.find_choices = lambda: [ALL, *unit_choices(units)]
    valid = search.validate()
    below = ids_below(units, search.unit.data) if valid and search.unit.data else None
    rounds = rounds_of(visit.db, first, visit.now, unit_ids=below, only_free=bool(search.free.data)) if valid else {}
    return draw_month(visit, "bookings/month/index.html", Month(visit, search, first, days(visit, first, rounds)))


def draw_month(visit: Visit, template: str, found: Month) -> Response:
    """The page of a month, or its table alone; 422 where the search is refused."""
    month = f"{found.first:%Y-%m}"
    return page(
        visit,
        template,
        part="results",
        status=422 if found.search.errors else 200,
        at=visit.url(found.route, month=month, **found.search.filters),
        search=found.search,
        month=month,
        found=found,
    )


def days(visit: Visit, first: date, rounds: Mapping[date, list[Round]]) -> list[list[Day]]:
    """The table of a month, week by week."""
    return [
        [Day(day, day.month == first.month, day == visit.today, holiday(day), rounds.get(day, [])) for day in week]
        for week in weeks_of(first)
    ]


def month_of(visit: Visit) -> date:
    """The first day of the month that is asked for, or of this one; one that there is not, is not found."""
    text = visit.query_params.get("month")
    if not text:
        return visit.today.replace(day=1)
    found = _MONTH.fullmatch(text)
    if not found:
        raise not_found()
    return date(int(found[1]), int(found[2]), 1)


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.ORDERS, Right.EMPLOYEES)
