"""Årsrapport: a draft of the provider's annual report (§ 13-3), made of plan, orders and figures, as a page and a PDF.

About people it says what the page of figures shows, and no more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from starlette.responses import Response

from models.exchange.pdf import write_pdf
from models.reports.figures import last_closed_year
from models.reports.plans import Activity, plan_of
from models.reports.search import Criteria, ReportRow, find_reports
from routes.reports.choice import YearAndUnit, units_with_reports
from routes.reports.hms_year import quarter
from routes.reports.overview import Overview, UseRow, overview_of
from routes.reports.trend import shown
from routes.web.answers import page
from routes.web.downloads import whole_file
from routes.web.errors import not_found
from routes.web.visit import Visit
from routes.web.words import count
from routes.web.words import date as day
from routes.web.words.labels import label

_ABOUT = (
    "Rapporten beskriver bistanden fra bedriftshelsetjenesten i {year}, slik forskrift om organisering, ledelse og "
    "medvirkning § 13-3 krever. Den er et utkast, laget av plan, bestillinger og tall i kundeportalen, og skal leses "
    "gjennom og fylles ut av bedriftshelsetjenesten og virksomheten sammen."
)


@dataclass(frozen=True)
class Section:
    """A part of the draft: paragraphs, and a table with the places of its columns of numbers."""

    heading: str
    text: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """The draft of one year for one unit and those below it."""

    year: int
    unit: str
    sections: list[Section]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Årsrapport {self.year} – {self.unit} (utkast)"


def annual_report(visit: Visit) -> Response:
    """The draft as a page."""
    search, draft = _draft(visit)
    return page(
        visit,
        "reports/annual-report/index.html",
        part="results",
        status=200 if draft else 422,
        at=visit.url("annual_report", **search.filters),
        search=search,
        draft=draft,
    )


def annual_report_pdf(visit: Visit) -> Response:
    """The draft to print and to write on in."""
    _, draft = _draft(visit)
    if draft is None:
        raise not_found()
    assert visit.customer is not None
    facts: dict[str, Any] = {
        "title": draft.title,
        "author": visit.customer.name,
        "kind": "Utkast",
        "about": [["Bedrift/avdeling", draft.unit], ["År", str(draft.year)], ["Laget", day(visit.today)]],
        "sections": [asdict(section) for section in draft.sections],
    }
    body = visit.aside(write_pdf, "reports/report.typ", facts)
    return whole_file(body, f"{draft.title}.pdf", "application/pdf", shown=True)


def _draft(visit: Visit) -> tuple[YearAndUnit, Draft | None]:
    search: YearAndUnit = YearAndUnit.of(visit)
    search.set_years(visit.today, last_closed_year(visit.today))
    units = units_with_reports(visit)
    search.unit.choices = units.choices()
    if not search.validate():
        return search, None
    year, chosen = int(search.year.data), units.choose(search.unit.data)
    found = overview_of(visit, year, chosen, with_amounts=False)
    plan = plan_of(visit.db, (year, year + 1), chosen.ids)
    this_year, next_year = ([each for each in plan if each.year == of] for of in (year, year + 1))
    reports = find_reports(visit.db, Criteria(year=year, unit_ids=chosen.ids)).rows
    sections = [
        Section("Om rapporten", [_ABOUT.format(year=year)]),
        _done(this_year, visit.today),
        _orders(found),
        *_people(found),
        _reports(reports),
        _planned(next_year, year + 1),
    ]
    return search, Draft(year, chosen.name, sections)


def _table(heading: str, heads: list[str], rows: list[list[str]], *, none: str, right: Sequence[int] = ()) -> Section:
    """A part that is a table, or the sentence that there is nothing to list."""
    return Section(heading, heads=heads, rows=rows, right=list(right), text=[] if rows else [none])


def _done(plan: list[Activity], today: date) -> Section:
    rows = [[*_said(each), f"{label(each.state(today))} {day(each.done_on)}".strip()] for each in plan]
    heads = ["Aktivitet", "Bedrift/avdeling", "Når", "Status"]
    return _table("Planlagt og gjort", heads, rows, none="Ingen plan er lagt inn.")


def _planned(plan: list[Activity], year: int) -> Section:
    rows = [[*_said(each), each.basis] for each in plan]
    heads = ["Aktivitet", "Bedrift/avdeling", "Når", "Begrunnelse"]
    return _table(f"Planlagt for {year}", heads, rows, none="Ingen plan er lagt inn ennå.")


def _orders(found: Overview) -> Section:
    rows = [[group, count(number)] for group, _, number in found.orders]
    return _table("Bestillinger", ["Produktgruppe", "Antall"], rows, none="Ingen bestillinger.", right=[1])


def _reports(reports: Sequence[ReportRow]) -> Section:
    rows = [[row.title, label(row.kind), row.unit_name] for row in reports]
    return _table("Dokumenter fra året", ["Dokument", "Type", "Bedrift/avdeling"], rows, none="Ingen dokumenter.")


def _said(each: Activity) -> list[str]:
    return [each.activity, each.unit_name, quarter(each.due_quarter)]


def _people(found: Overview) -> list[Section]:
    """What is about people, as far as it may be seen."""
    if not found.is_closed:
        return [Section("Helsekontroller", [f"Tall om personer kommer i februar {found.year + 1}, når året er omme."])]
    note = ["Skjult: færre enn 5 personer, eller et tall som kunne vært brukt til å regne ut en slik gruppe."]
    after = note if found.has_hidden else []
    total = [UseRow("Sum", found.checks_total)] if found.checks and found.checks_total else []
    sections = [
        _use("Helsekontroller", "Bedrift/avdeling", [*found.checks, *total], after),
        _use("Alle timer og kurs", "Produktgruppe", found.groups, after),
    ]
    if found.units.is_whole_customer and found.attendance and found.groups:
        sections.append(
            Section(
                "Oppmøte",
                [
                    (
                        f"Påmeldte: {shown(found.attendance.signed_up)}. Møtte: {shown(found.attendance.whole.held)}. "
                        f"Møtte ikke: {shown(found.attendance.absent)}."
                    )
                ],
            )
        )
    return sections


def _use(heading: str, what: str, uses: list[UseRow], after: list[str]) -> Section:
    rows = [[row.label, shown(row.use.places), shown(row.use.held)] for row in uses]
    table = _table(heading, [what, "Tilbudt", "Møtt"], rows, none="Ingen.", right=[1, 2])
    return replace(table, after=after if rows else [])
