"""Reports (rapporter): what the provider has written for a unit and a year (R1).

Which of them a search finds is in `models.reports.search`, figures in `models.reports.figures`, the plan of the year in
`models.reports.plans`.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from zipfile import ZipFile

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Change, record
from models.core.base import Base, Worded, one_of
from models.core.clock import today_in_oslo
from models.core.scope import CustomerOwned, Right, UnitOwned, of_unit
from models.core.walls import select_rows
from models.customers.units import Unit
from models.values.zips import BROKEN

MAX_SIZE = 20 * 1024 * 1024

PDF = "application/pdf"
PNG = "image/png"
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    ".pdf": PDF,
    ".png": PNG,
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
}
"""What a report may be. Nothing that a browser runs: no HTML, no SVG, no macros."""
SHOWN = (PDF, PNG)
"""What a browser may show by itself; the rest is saved."""
_BEGINNINGS = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n"}
_INSIDE = {MEDIA_TYPES[".docx"]: "word/document.xml", MEDIA_TYPES[".xlsx"]: "xl/workbook.xml"}


class Kind(Worded):
    """What a report is; a report on health checks is about groups, never about a person (R1, T7)."""

    ANNUAL_REPORT = "annual_report", "Årsrapport"
    PLAN = "plan", "Plan"
    SURVEY = "survey", "Kartlegging"
    HEALTH_CHECK = "health_check", "Helsekontroll"


class Report(UnitOwned, Base):
    """A report with what lists say of it; what is in it stands in `report_files`, which lists never touch."""

    __tablename__ = "reports"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "id"),
        UniqueConstraint("customer_id", "publication"),
        CheckConstraint(f"size > 0 AND size <= {MAX_SIZE}", name="size"),
        Index(None, "customer_id", "year", "id"),
        Index(None, "customer_id", "unit_id", "year"),
        {"sqlite_autoincrement": True},  # a letter about one that was removed never leads to another
    )
    rights = (Right.REPORTS,)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 40))
    year: Mapped[int]
    """The year that it is about."""
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    published_on: Mapped[date]
    publication: Mapped[str | None] = mapped_column(String(64))
    """The key of the form that it came with, where somebody published it at the desk."""

    @property
    def about(self) -> str:
        """What the log of changes and letters call the report."""
        return f"report:{self.id}"


class ReportFile(CustomerOwned, Base):
    """What is in a report, and its first page as a picture where there is one."""

    __tablename__ = "report_files"
    __table_args__ = (ForeignKeyConstraint(["customer_id", "report_id"], ["reports.customer_id", "reports.id"]),)

    report_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    preview: Mapped[bytes | None] = mapped_column(LargeBinary)


class ReportRefused(Exception):
    """The file is of a kind or size that the portal does not keep; the sentence says why."""


class WrongEnding(ReportRefused):
    """Files that are called so are not kept."""


class WrongSize(ReportRefused):
    """There is nothing in it, or too much."""


class NotWhatItSays(ReportRefused):
    """What is in it is something else than its name says."""


def media_type_of(file_name: str, content: bytes) -> str:
    """What a file is, by its ending and by what is in it, which must agree; raises ReportRefused."""
    media_type = MEDIA_TYPES.get(PurePath(file_name).suffix.lower())
    if media_type is None:
        raise WrongEnding(f"only {', '.join(MEDIA_TYPES)} are kept, not {file_name}")
    if not 0 < len(content) <= MAX_SIZE:
        raise WrongSize(f"a document has 1 to {MAX_SIZE} bytes, {file_name} has {len(content)}")
    if not (content.startswith(_BEGINNINGS[media_type]) if media_type in SHOWN else _is_office(content, media_type)):
        raise NotWhatItSays(f"what is in {file_name} is not what its name says")
    return media_type


def _is_office(content: bytes, media_type: str) -> bool:
    try:
        names = ZipFile(io.BytesIO(content)).namelist()
    except BROKEN:
        return False
    return _INSIDE[media_type] in names and not any("vbaProject" in name for name in names)


def add_report(
    db: Session,
    unit: Unit,
    *,
    kind: str,
    year: int,
    title: str,
    summary: str = "",
    file_name: str,
    content: bytes,
    preview: bytes | None = None,
    by: str,
    now: datetime,
) -> Report:
    """Keep a report for a unit, and note who added it (X4); raises ReportRefused. A kind may be said by its word."""
    _check(preview)
    report = Report(
        customer_id=unit.customer_id,
        unit_id=unit.id,
        kind=_kind(kind),
        year=year,
        title=title,
        summary=summary,
        file_name=file_name,
        media_type=media_type_of(file_name, content),
        size=len(content),
        published_on=today_in_oslo(now),
    )
    db.add(report)
    db.flush()
    db.add(ReportFile(customer_id=unit.customer_id, report_id=report.id, content=content, preview=preview))
    record(db, Change(customer_id=unit.customer_id, actor=by, about=f"report:{report.id}", action="added", at=now))
    return report


def _kind(said: str) -> Kind:
    try:
        return Kind(said)
    except ValueError:
        raise ReportRefused(f"a document is one of {', '.join(Kind)}, not {said}") from None


def _check(preview: bytes | None) -> None:
    if preview is not None and not preview.startswith(_BEGINNINGS[PNG]):
        raise ReportRefused("the picture of the first page is no PNG")


_FILE = (
    select(Report.file_name, Report.media_type, ReportFile.content)
    .join(ReportFile, ReportFile.report_id == Report.id)
    .where(Report.id == bindparam("id"))
)
_PREVIEW = (
    select(ReportFile.preview).join(Report, ReportFile.report_id == Report.id).where(Report.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class Download:
    """A report as it is sent."""

    file_name: str
    media_type: str
    content: bytes

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it."""
        return self.media_type in SHOWN


def file_of(db: Session, id: int) -> Download | None:
    """What is in a report, or None where there is none in the scope."""
    for row in select_rows(db, _FILE, {"id": id}):
        return Download(*row)
    return None


def preview_of(db: Session, id: int) -> bytes | None:
    """The first page of a report as a picture, or None where there is none in the scope."""
    for (preview,) in select_rows(db, _PREVIEW, {"id": id}):
        return bytes(preview) if preview else None
    return None
