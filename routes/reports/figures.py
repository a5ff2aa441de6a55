"""Tall: the figures of a year, as bars with their tables, and as a file."""

from starlette.responses import Response

from models.exchange.sheets.files import Row, writer
from models.reports.figures import last_closed_year
from routes.reports.choice import YearAndUnit, units_with_reports
from routes.reports.overview import Overview, overview_of
from routes.reports.trend import BESIDE, shown
from routes.web.answers import page
from routes.web.downloads import download
from routes.web.errors import not_found
from routes.web.visit import Visit


def figures(visit: Visit) -> Response:
    """Orders, health checks, sign-ups and amounts of a year; what is about people only when the year is over."""
    search, found = _found(visit)
    return page(
        visit,
        "reports/figures/index.html",
        part="results",
        status=200 if found else 422,
        at=visit.url("figures", **search.filters),
        search=search,
        found=found,
        shown=shown,
    )


def figures_csv(visit: Visit) -> Response:
    """The same as a spreadsheet; hidden figures are hidden there, too."""
    _, found = _found(visit)
    if found is None:
        raise not_found()
    return download(
        visit,
        filename=f"Tall {found.year} {found.units.name}.csv",
        writer=writer("csv", ["Tabell", "Rad", "Kolonne", "Verdi"]),
        read=lambda _db, _after: (_rows(found), None),
    )


def _rows(found: Overview) -> list[Row]:
    rows: list[Row] = [["Bestillinger", group, "Antall", number] for group, _, number in found.orders]
    for table, uses in (("Helsekontroller", found.checks), ("Timer", found.groups)):
        for row in uses:
            for column, figure in (("Tilbudt", row.use.places), ("Møtt", row.use.held)):
                rows.append([table, row.label, column, shown(figure) if figure.value is None else figure.value])
    if found.units.is_whole_customer and found.attendance:
        for column, figure in (("Påmeldte", found.attendance.signed_up), ("Møtte ikke", found.attendance.absent)):
            rows.append(["Oppmøte", found.units.name, column, shown(figure) if figure.value is None else figure.value])
    rows += [["Fakturert", unit, currency, total] for unit, currency, total in found.invoiced or []]
    return rows


def _found(visit: Visit) -> tuple[YearAndUnit, Overview | None]:
    search: YearAndUnit = YearAndUnit.of(visit)
    search.set_years(visit.today, last_closed_year(visit.today))
    units = units_with_reports(visit)
    search.unit.choices = units.choices()
    if not search.validate():
        return search, None
    year, chosen = int(search.year.data), units.choose(search.unit.data)
    return search, overview_of(visit, year, chosen, beside=BESIDE, with_amounts=True)
