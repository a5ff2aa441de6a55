"""HMS-året: what is planned, what is done, and what is due, on one page (product section 5, number 15)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from models.core.scope import Right
from models.reports.plans import QUARTERS, Activity, State, plan_of, quarter_of
from models.reports.search import Criteria, ReportRow, find_reports
from routes.reports.choice import Units, YearAndUnit, units_with_reports
from routes.web.answers import page
from routes.web.bars import Share, hundredths
from routes.web.visit import Visit

_URGENT = (State.LATE, State.DUE, State.AHEAD, State.ORDERED, State.DONE)


@dataclass(frozen=True)
class Line:
    """An activity, where it stands, and what one can do about it."""

    activity: Activity
    state: State
    order_url: str | None
    """The order that it led to."""
    place_url: str | None
    """A new order for it, begun."""

    @property
    def when(self) -> str:
        """The quarter in which it is due."""
        return quarter(self.activity.due_quarter)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the year, and how far it came."""

    number: int
    total: int
    counts: list[tuple[State, int]]
    """How many stand where, the most urgent first."""
    is_now: bool

    @property
    def name(self) -> str:
        """The quarter in words."""
        return quarter(self.number)

    @property
    def done(self) -> int:
        """How many of its activities are done."""
        return dict(self.counts).get(State.DONE, 0)


_TONES = {State.DONE: "done", State.ORDERED: "plan", State.LATE: "bad", State.DUE: "wait", State.AHEAD: "rest"}


@dataclass(frozen=True, slots=True)
class Standing(Share):
    """A part of the year's bar: how many activities stand there."""

    state: State


@dataclass(frozen=True)
class HmsYear:
    """The year as the page shows it."""

    year: int
    units: Units
    lines: list[Line]
    """What is late first, then by quarter."""
    quarters: list[Quarter]
    reports: list[ReportRow]
    gone: int | None
    """How much of the year is over, in hundredths, while it goes on."""

    @property
    def shares(self) -> list[Standing]:
        """The year as one bar: how many stand where; what none stands at is left out."""
        counted = _counted(self.lines, State)
        places = hundredths([count for _, count in counted])
        return [
            Standing(_TONES[state], count, *place, state) for (state, count), place in zip(counted, places, strict=True)
        ]

    @property
    def summary(self) -> str:
        """What is announced."""
        done = sum(line.state is State.DONE for line in self.lines)
        return f"{done} av {len(self.lines)} aktiviteter er gjort" if self.lines else "Ingen plan er lagt inn"


def hms_year(visit: Visit) -> Response:
    """The plan of a year with its orders and reports."""
    search: YearAndUnit = YearAndUnit.of(visit)
    search.set_years(visit.today, visit.today.year, ahead=1)
    units = units_with_reports(visit)
    search.unit.choices = units.choices()
    valid = search.validate()
    return page(
        visit,
        "reports/hms-year/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("hms_year", **search.filters),
        search=search,
        found=_found(visit, int(search.year.data), units.choose(search.unit.data)) if valid else None,
    )


def quarter(number: int) -> str:
    """A quarter in words."""
    return f"{number}.\u00a0kvartal"


def line_of(visit: Visit, activity: Activity, today: date) -> Line:
    """An activity with what the user may do about it."""
    state = activity.state(today)
    order = visit.url("order", number=activity.order_number) if activity.order_number else None
    assert visit.user.scope is not None
    orderable = visit.user.scope.units_with(Right.ORDERS)
    may_order = orderable is None or activity.unit_id in orderable
    begun = visit.url("new_order", unit=activity.unit_id, delivery=activity.activity)
    return Line(activity, state, order, begun if may_order and state in {State.LATE, State.DUE, State.AHEAD} else None)


def _found(visit: Visit, year: int, units: Units) -> HmsYear:
    plan = plan_of(visit.db, (year, year), units.ids)
    reports = find_reports(visit.db, Criteria(year=year, unit_ids=units.ids)).rows
    lines = [line_of(visit, activity, visit.today) for activity in plan]
    return HmsYear(
        year=year,
        units=units,
        lines=sorted(lines, key=lambda line: line.state is not State.LATE),
        quarters=[_quarter(visit.today, year, number, lines) for number in QUARTERS] if lines else [],
        reports=reports,
        gone=_gone(visit.today) if year == visit.today.year else None,
    )


def _gone(today: date) -> int:
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    return 100 * ((today - first).days + 1) // ((last - first).days + 1)


def _quarter(today: date, year: int, number: int, lines: list[Line]) -> Quarter:
    own = [line for line in lines if line.activity.due_quarter == number]
    return Quarter(number, len(own), _counted(own, _URGENT), (today.year, quarter_of(today)) == (year, number))


def _counted(lines: Iterable[Line], order: Iterable[State]) -> list[tuple[State, int]]:
    found = Counter(line.state for line in lines)
    return [(state, found[state]) for state in order if found[state]]
