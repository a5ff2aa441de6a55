"""Reports (rapporter): what the provider has written for a unit and a year (R1).

Which of them a search finds is in `models.reports.search`, figures in `models.reports.figures`, the plan of the year in
`models.reports.plans`.
"""

from datetime import date, datetime

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
from models.values.files.kinds import MAX_SIZE, Download, FileRefused, is_png, media_type_of


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
    """Keep a report for a unit, and note who added it (X4); raises FileRefused. A kind may be said by its word."""
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
        raise FileRefused(f"a document is one of {', '.join(Kind)}, not {said}") from None


def _check(preview: bytes | None) -> None:
    if preview is not None and not is_png(preview):
        raise FileRefused("the picture of the first page is no PNG")


_FILE = (
    select(Report.file_name, Report.media_type, ReportFile.content)
    .join(ReportFile, ReportFile.report_id == Report.id)
    .where(Report.id == bindparam("id"))
)
_PREVIEW = (
    select(ReportFile.preview).join(Report, ReportFile.report_id == Report.id).where(Report.id == bindparam("id"))
)


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
