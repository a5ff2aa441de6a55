"""Reports at the desk: published for a unit, with a letter to those who may read it there, and removed again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from models.alerts.kinds import Kind
from models.alerts.waiting import at_once
from models.core.audit import Change, record
from models.crm.records import CrmRecord
from models.customers.customer import Customer
from models.customers.units import Unit
from models.outbox.message import Channel, Outgoing, post
from models.reports.report import Kind as ReportKind
from models.reports.report import Report, ReportFile, add_report
from models.users.sessions import SignedIn
from models.users.user import Grant, User


@dataclass(frozen=True, slots=True)
class NewReport:
    """What is published."""

    kind: ReportKind
    year: int
    title: str
    summary: str
    file_name: str
    content: bytes


class KeyUsed(Exception):
    """The form was sent before, with another report."""


def publish_report(
    db: Session, unit_id: int, new: NewReport, *, key: str, tell: bool, by: SignedIn, now: datetime
) -> int | None:
    """Publish a report for a unit; returns how many are told by letter, None where it is published already.

    `tell` says whether those are told who may read it; nobody is where Rapporter is off. Raises FileRefused,
    KeyUsed, and sqlalchemy's NoResultFound for a foreign unit.
    """
    unit = db.scalars(select(Unit).where(Unit.id == unit_id)).one()
    if _is_published(db, unit, new, key):
        return None
    try:
        with db.begin_nested():
            report = add_report(db, unit, **asdict(new), by=by.label, now=now)
            report.publication = key
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        if not _is_published(db, unit, new, key):
            raise
        return None
    return _tell(db, report, unit, by=by, now=now) if tell else 0


def remove_report(db: Session, id: int, *, by: SignedIn, now: datetime) -> None:
    """Remove a report with its file; what it was stays in the log. The CRM may send a newer version."""
    report = db.scalars(select(Report).where(Report.id == id)).one()
    told = {"kind": report.kind, "year": report.year, "title": report.title}
    db.execute(update(CrmRecord).where(CrmRecord.kind == "report", CrmRecord.record_id == id).values(record_id=None))
    db.execute(delete(ReportFile).where(ReportFile.report_id == id))
    db.execute(delete(Report).where(Report.id == id))
    record(
        db, Change(customer_id=report.customer_id, actor=by.label, about=f"report:{id}", action="removed", at=now,
        changed=told,
    ))  # fmt: skip


def _is_published(db: Session, unit: Unit, new: NewReport, key: str) -> bool:
    known = db.execute(
        select(Report, ReportFile.content)
        .join(ReportFile, ReportFile.report_id == Report.id)
        .where(Report.publication == key, Report.customer_id == unit.customer_id)
    ).one_or_none()
    if known is None:
        return False
    report, content = known
    facts = {"content": content, **{name: getattr(report, name) for name in asdict(new) if name != "content"}}
    if report.unit_id != unit.id or facts != asdict(new):
        raise KeyUsed
    return True


def _tell(db: Session, report: Report, unit: Unit, *, by: SignedIn, now: datetime) -> int:
    """Write to each user who may read it and wants that, once per address; the file itself is in no letter."""
    customer = db.get_one(Customer, report.customer_id)
    if not customer.has_reports:
        return 0
    told = at_once(db, Kind.REPORT, report, unit.id, _readers(db, unit), title=f"{report.title}, {unit.name}", now=now)
    for user in told:
        facts = {
            "colleague_name": user.full_name,
            "customer": customer.name,
            "unit": unit.name,
            "report": report.id,
            "kind": report.kind.word,
            "year": report.year,
            "title": report.title,
            "summary": report.summary,
            "sender_name": by.full_name,
            "sender_email": by.email,
        }
        post(
            db, Outgoing(channel=Channel.MAIL, kind="report_published", about=f"report:{report.id}",
            customer_id=customer.id, to=user.email, payload=facts, at=now,
        ))  # fmt: skip
    return len(told)


_top = aliased(Unit)
_READERS = (
    select(User)
    .join(Grant, Grant.user_id == User.id)
    .join(_top, _top.id == Grant.unit_id)
    .where(
        Grant.reports,
        User.active,
        User.account_manager_id.is_(None),
        bindparam("path", type_=String).startswith(_top.path),
    )
    .order_by(User.id)
)


def _readers(db: Session, unit: Unit) -> list[User]:
    """Who may read what is published for a unit, once per address."""
    names: dict[str, User] = {}
    for user in db.scalars(_READERS, {"path": unit.path}).unique():
        names.setdefault(user.email.casefold(), user)
    return list(names.values())
