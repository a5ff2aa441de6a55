"""Reports from the CRM. What a report may be is in `models.reports`."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import delete

from models.exchange.crm.intake.events import CRM, Arrival, Name, Refusal
from models.reports.report import Report, ReportFile, add_report
from models.values.files.kinds import FileRefused


class ReportData(Struct):
    """A report about a unit and a year, its file in base64."""

    unit: str
    kind: str
    year: Annotated[int, Meta(ge=2000, le=2100)]
    title: Name
    file_name: Annotated[str, Meta(min_length=1, max_length=200)]
    content: bytes
    summary: Annotated[str, Meta(max_length=4000)] = ""


def report(arrival: Arrival) -> int:
    """Publish a report; a newer version takes the place of the older one."""
    data: ReportData = arrival.data
    if arrival.record.record_id is not None:
        arrival.db.execute(delete(ReportFile).where(ReportFile.report_id == arrival.record.record_id))
        arrival.db.execute(delete(Report).where(Report.id == arrival.record.record_id))
    try:
        made = add_report(
            arrival.db,
            arrival.unit(data.unit),
            kind=data.kind,
            year=data.year,
            title=data.title,
            summary=data.summary,
            file_name=data.file_name,
            content=data.content,
            by=CRM.label,
            now=arrival.now,
        )
    except FileRefused as refused:
        raise Refusal(str(refused)) from None
    return made.id
