"""Reports at the desk: published for a unit, with a letter to those who may read it there, and removed again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from models.core.audit import Change, record
from models.crm.records import CrmRecord
from models.customers.customer import Customer
from models.customers.units import Unit
from models.outbox.message import Channel, Outgoing, post
from models.reports.report import Report, ReportFile, add_report
from models.users.sessions import SignedIn
from models.users.user import Grant, User


@dataclass(frozen=True, slots=True)
class Document:
    """What is put up."""

    kind: str
    year: int
    title: str
    summary: str
    file_name: str
    content: bytes


class KeyUsed(Exception):
    """The form was sent before, with another document."""


def publish_report(
    db: Session, unit_id: int, document: Document, *, key: str, tell: bool, by: SignedIn, now: datetime
) -> int | None:
    """Put a document up for a unit; returns how many are told by letter, None where it is up already.

    `tell` says whether those are told who may read it; nobody is where Rapporter is off. Raises DocumentRefused,
    KeyUsed, and sqlalchemy's NoResultFound for a foreign unit.
    """
    unit = db.scalars(select(Unit).where(Unit.id == unit_id)).one()
    if _is_up(db, unit, document, key):
        return None
    try:
        with db.begin_nested():
            report = add_report(db, unit, **asdict(document), by=by.label, now=now)
            report.publication = key
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        if not _is_up(db, unit, document, key):
            raise
        return None
    return _tell(db, report, unit, by=by, now=now) if tell else 0


def remove_report(db: Session, id: int, *, by: SignedIn, now: datetime) -> None:
    """Take a document away with its file; what it was stays in the log. The CRM may put a newer version up."""
    report = db.scalars(select(Report).where(Report.id == id)).one()
    told = {"kind": report.kind, "year": report.year, "title": report.title}
    db.execute(update(CrmRecord).where(CrmRecord.kind == "report", CrmRecord.record_id == id).values(record_id=None))
    db.execute(delete(ReportFile).where(ReportFile.report_id == id))
    db.execute(delete(Report).where(Report.id == id))
    record(
        db, Change(customer_id=report.customer_id, actor=by.label, about=f"report:{id}", action="removed", at=now,
        changed=told,
    ))  # fmt: skip


def _is_up(db: Session, unit: Unit, document: Document, key: str) -> bool:
    known = db.execute(
        select(Report, ReportFile.content)
        .join(ReportFile, ReportFile.report_id == Report.id)
        .where(Report.publication == key, Report.customer_id == unit.customer_id)
    ).one_or_none()
    if known is None:
        return False
    report, content = known
    facts = {"content": content, **{name: getattr(report, name) for name in asdict(document) if name != "content"}}
    if report.unit_id != unit.id or facts != asdict(document):
        raise KeyUsed
    return True


def _tell(db: Session, report: Report, unit: Unit, *, by: SignedIn, now: datetime) -> int:
    """Write to each user who may read it, once per address; the file itself is in no letter."""
    customer = db.get_one(Customer, report.customer_id)
    if not customer.has_reports:
        return 0
    top = aliased(Unit)
    readers = (
        select(User.email, User.full_name)
        .join(Grant, Grant.user_id == User.id)
        .join(top, top.id == Grant.unit_id)
        .where(Grant.reports, User.active, User.account_manager_id.is_(None), literal(unit.path).startswith(top.path))
        .order_by(User.id)
    )
    names: dict[str, tuple[str, str]] = {}
    for email, full_name in db.execute(readers):
        names.setdefault(email.casefold(), (email, full_name))
    for email, full_name in names.values():
        facts = {
            "colleague_name": full_name,
            "customer": customer.name,
            "unit": unit.name,
            "report": report.id,
            "kind": report.kind,
            "year": report.year,
            "title": report.title,
            "summary": report.summary,
            "sender_name": by.full_name,
            "sender_email": by.email,
        }
        post(
            db, Outgoing(channel=Channel.MAIL, kind="report_published", about=f"report:{report.id}",
            customer_id=customer.id, to=email, payload=facts, at=now,
        ))  # fmt: skip
    return len(names)
