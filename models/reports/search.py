"""Finding reports: those of a year, a kind and a unit, and what the page of one of them shows.

What a report is, and what is in it, is in `models.reports.report`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.core.search import PAGE_SIZE, Found, Search
from models.core.walls import select_rows
from models.customers.units import Unit
from models.reports.report import Kind, Report, ReportFile
from models.values.files.kinds import SHOWN, ending_of


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; what is None does not restrict."""

    year: int | None = None
    kind: Kind | None = None
    unit_ids: frozenset[int] | None = None
    after: int | None = None
    """The last report of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        unit_ids = None if self.unit_ids is None else sorted(self.unit_ids)
        return {"year": self.year, "kind": self.kind, "unit_ids": unit_ids}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as a line of the list."""

    id: int
    kind: Kind
    year: int
    title: str
    unit_name: str
    media_type: str
    size: int
    """In bytes."""
    published_on: date

    @property
    def ending(self) -> str:
        """`PDF`, `DOCX`: what people call the kind of file."""
        return ending_of(self.media_type)

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it."""
        return self.media_type in SHOWN


_COLUMNS = (
    Report.kind,
    Report.year,
    Report.title,
    Unit.name,
    Report.media_type,
    Report.size,
    Report.published_on,
)
_NEWEST_YEAR_FIRST = Search(
    key=Report.id,
    shown=_COLUMNS,
    row=ReportRow,
    conditions={
        "year": Report.year == bindparam("year"),
        "kind": Report.kind == bindparam("kind"),
        "unit_ids": Report.unit_id.in_(bindparam("unit_ids", expanding=True)),
    },
    order=(Report.year,),
    descending=True,
    joined=lambda rows: rows.join(Unit, Unit.id == Report.unit_id),
)


def find_reports(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[ReportRow]:
    """The reports of the scope that meet the criteria, the newest year first: one statement."""
    return _NEWEST_YEAR_FIRST.find(db, criteria.restrictions, after=criteria.after, page_size=page_size)


_YEARS = select(Report.year).distinct().order_by(Report.year.desc())
_ONE = (
    select(Report.id, *_COLUMNS, Report.summary, ReportFile.preview.is_not(None))
    .join(Unit, Unit.id == Report.unit_id)
    .join(ReportFile, ReportFile.report_id == Report.id)
    .where(Report.id == bindparam("id"))
)


def years_of_reports(db: Session) -> list[int]:
    """The years that there are reports about, newest first."""
    return [year for (year,) in select_rows(db, _YEARS)]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report as its own page shows it."""

    row: ReportRow
    summary: str
    has_preview: bool


def report_by_id(db: Session, id: int) -> ReportPage | None:
    """The report, or None where there is none in the scope."""
    for *row, summary, has_preview in select_rows(db, _ONE, {"id": id}):
        return ReportPage(ReportRow(*row), summary, bool(has_preview))
    return None
