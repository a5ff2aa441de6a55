"""Rapporter: the search among reports, and each with its page and its file (R1, N2)."""

from collections.abc import Callable
from functools import cache

from starlette.responses import Response

from models.reports.report import Kind, file_of, preview_of
from models.reports.search import Criteria, find_reports, report_by_id, years_of_reports
from models.values.files.kinds import PNG
from routes.reports.choice import Units, YearAndUnit, units_with_reports
from routes.web.answers import page
from routes.web.downloads import LOCKED, file_as_sent, kept_file
from routes.web.errors import not_found
from routes.web.fields import ALL, Option
from routes.web.search import Listing, answer
from routes.web.visit import Visit
from routes.web.words.labels import ValueChoice


class ReportSearch(YearAndUnit):
    """The filters of the list; an empty one does not restrict."""

    kind = ValueChoice("Type:", Kind)

    def criteria(self, units: Callable[[], Units], after: int | None) -> Criteria:
        """What to look for, once the form is valid; a unit includes those below it."""
        return Criteria(
            year=int(self.year.data) if self.year.data else None,
            kind=Kind(self.kind.data) if self.kind.data else None,
            unit_ids=units().choose(self.unit.data).ids if self.unit.data else None,
            after=after,
        )


def index(visit: Visit) -> Response:
    """The reports of the user's units, the newest year first (R1)."""
    search: ReportSearch = ReportSearch.of(visit)
    units = cache(lambda: units_with_reports(visit))  # found only where they are drawn, or one of them is chosen
    search.year.find_choices = lambda: [ALL, *(Option(str(year), str(year)) for year in years_of_reports(visit.db))]
    search.unit.find_choices = lambda: units().choices()
    return answer(
        visit,
        Reports,
        "reports/index.html",
        search,
        lambda after: find_reports(visit.db, search.criteria(units, after)),
    )


def show(visit: Visit, id: int) -> Response:
    """One report: what it is, what it says in short, its first page, and the way to the file."""
    report = report_by_id(visit.db, id)
    if report is None:
        raise not_found()
    return page(visit, "reports/show.html", report=report, row=report.row, is_picture=report.row.media_type == PNG)


def download(visit: Visit, id: int) -> Response:
    """The file: to be saved, or, with `show`, to be looked at where a browser does that safely."""
    return file_as_sent(file_of(visit.db, id), shown=bool(visit.query_params.get("show")))


def preview(visit: Visit, id: int) -> Response:
    """The first page as a picture."""
    picture = preview_of(visit.db, id)
    if picture is None:
        raise not_found()
    return kept_file(visit, picture, LOCKED, PNG)


class Reports(Listing):
    """A page of reports."""

    route = "reports"
    nothing = "Ingen dokumenter funnet"
    words = ("dokument", "dokumenter")
