"""The figures of a year for one or several units, as tables and as bars: for the page, the file and the draft.

What stands beside the two years before is in `trend.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from models.catalogue.entry import PRODUCT_GROUPS
from models.catalogue.words import catalogue_of
from models.core.scope import Right
from models.customers.units import UnitRow
from models.reports.figures import (
    Attendance,
    Use,
    attendance_of,
    invoiced_by_unit,
    is_closed,
    last_closed_year,
    orders_by_group,
)
from models.values.money import KRONER
from routes.reports.choice import Units
from routes.reports.trend import Trend, trend_of, used
from routes.web.visit import Visit
from routes.web.words import amount, count

_SHORT = dict(
    zip(
        PRODUCT_GROUPS,
        (
            "Helsekontroll",
            "Helseattest",
            "Vaksinasjon",
            "AMP",
            "Ergonomi",
            "Yrkeshygiene",
            "Psykososialt miljø",
            "Systematisk HMS",
            "Kurs",
            "Sykefravær",
            "Hjertestarter",
        ),
        strict=True,
    )
)
WITHOUT_GROUP = "Uten produktgruppe"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, what is written at it, and how long it is, in parts of the longest; `outer` is around."""

    label: str
    text: str
    length: float
    outer: float | None = None


@dataclass(frozen=True, slots=True)
class UseRow:
    """How the places of a unit, or of a product group, were used."""

    label: str
    use: Use
    short: str = ""

    @property
    def has_places(self) -> bool:
        """Whether there was anything to use."""
        return self.use.held.exists


@dataclass(frozen=True)
class Overview:
    """Everything that the page of figures shows."""

    year: int
    units: Units
    is_closed: bool
    orders: list[tuple[str, str, int]]
    """Product group, the same in short, and how many."""
    checks: list[UseRow] = field(default_factory=list)
    checks_total: Use | None = None
    groups: list[UseRow] = field(default_factory=list)
    attendance: Attendance | None = None
    trend: Trend | None = None
    """The year beside the two before it, for the page."""
    invoiced: list[tuple[str, str, Decimal]] | None = None
    """Unit, currency, amount; None without the right to see invoices."""

    @property
    def period(self) -> str:
        """The years, as they stand behind the heading."""
        return f" {self.trend.years[0]}–{self.trend.years[-1]}" if self.trend else ""

    @property
    def order_count(self) -> int:
        """All orders."""
        return sum(number for *_, number in self.orders)

    @property
    def order_bars(self) -> list[Bar]:
        """The orders as bars."""
        most = max((number for *_, number in self.orders), default=1)
        return [Bar(short, count(number), number / most) for _, short, number in self.orders]

    @property
    def invoiced_bars(self) -> list[Bar]:
        """What was invoiced in kroner, as bars; what was credited more than invoiced has none."""
        rows = [(unit, total) for unit, currency, total in self.invoiced or [] if currency == KRONER]
        most = max((total for _, total in rows), default=Decimal(0)) or Decimal(1)
        return [Bar(unit, f"kr\u00a0{amount(total)}", float(max(total, Decimal(0)) / most)) for unit, total in rows]

    def bars(self, rows: list[UseRow]) -> list[Bar]:
        """How places were used, as bars: the frame is the places that there were, the inside those that were used."""
        most = max((figure.value or 0 for row in rows for figure in (row.use.places, row.use.held)), default=0) or 1
        return [
            Bar(
                row.short or row.label,
                used(row.use),
                (row.use.held.value or 0) / most,
                None if row.use.places.value is None else row.use.places.value / most,
            )
            for row in rows
        ]

    @property
    def has_hidden(self) -> bool:
        """Whether something is hidden, so that the page has to say why."""
        figures = [figure for row in (*self.checks, *self.groups) for figure in (row.use.places, row.use.held)]
        if self.units.is_whole_customer and self.attendance:
            figures += [self.attendance.signed_up, self.attendance.absent]
        return any(figure.hidden for figure in figures)


def overview_of(visit: Visit, year: int, units: Units, *, beside: int = 0, with_amounts: bool) -> Overview:
    """The figures of a year, with so many years `beside` it; `with_amounts` where the user may see invoices.

    Four statements at most.
    """
    catalogue, years, top = catalogue_of(visit.db), range(year - beside, year + 1), units.top
    orders = orders_by_group(visit.db, years, units.ids, catalogue)
    closed = range(years.start, last_closed_year(visit.today) + 1)[: len(years)]
    attendance = attendance_of(visit.db, closed, catalogue)
    with_amounts = with_amounts and visit.may(Right.INVOICES)
    invoiced = invoiced_by_unit(visit.db, years, units.ids) if with_amounts else None
    checks = {of: at.of(top.id, catalogue.checks) for of, at in attendance.items()} if top else None
    at = attendance.get(year)
    return Overview(
        year=year,
        units=units,
        is_closed=is_closed(year, visit.today),
        orders=[
            (group or WITHOUT_GROUP, _SHORT.get(group or "", group or WITHOUT_GROUP), number)
            for group, number in orders[year]
        ],
        checks=_with_places(UseRow(unit.name, at.of(unit.id, catalogue.checks)) for unit in units.rows) if at else [],
        checks_total=checks.get(year) if checks else None,
        groups=_groups(at, top) if at and top else [],
        attendance=at,
        trend=trend_of(years, orders, checks, invoiced) if beside else None,
        invoiced=invoiced[year] if invoiced else None,
    )


def _groups(attendance: Attendance, top: UnitRow) -> list[UseRow]:
    return _with_places(
        UseRow(group or WITHOUT_GROUP, attendance.of(top.id, group), _SHORT.get(group or "", ""))
        for group in attendance.groups
    )


def _with_places(rows: Iterable[UseRow]) -> list[UseRow]:
    return [row for row in rows if row.has_places]
