"""What is remembered of the CRM's own records: which of ours they are, how new they were, and which events arrived.

What an event does is in `models.exchange.crm.intake`; a mapping here only says whose record it is, so that an event of
one customer never reaches another's.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import looking_across


class CrmRecord(Base):
    """A record of the CRM, by its kind and the CRM's own key (such as `booking`, `B-2026-17`)."""

    __tablename__ = "crm_records"
    __table_args__ = (Index(None, "kind", "record_id"),)

    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """None for what belongs to the provider: users and account managers."""
    record_id: Mapped[int | None]
    """Which row of ours it is."""
    version: Mapped[int] = mapped_column(BigInteger, default=-1)
    """The newest that was applied; an older one that arrives later is not."""
    updated_at: Mapped[datetime] = mapped_column(Moment)


class ReceivedEvent(Base):
    """An event that arrived, and what became of it; the same id again changes nothing."""

    __tablename__ = "received_events"
    __table_args__ = (Index(None, "status", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(140))
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was refused, without personal data."""
    received_at: Mapped[datetime] = mapped_column(Moment)


def hold_record(db: Session, kind: str, key: str, customer_id: int | None, now: datetime) -> CrmRecord:
    """The record, locked until the commit; where it is new, it is noted as the customer's."""
    found = _locked(db, kind, key)
    if found is None:
        try:
            with db.begin_nested():
                db.add(CrmRecord(kind=kind, key=key, customer_id=customer_id, version=-1, updated_at=now))
        except IntegrityError:  # it came twice at the same moment, and the other one was first
            pass
        found = _locked(db, kind, key)
        assert found is not None
    return found


def record_id_of(db: Session, kind: str, key: str, customer_id: int | None) -> int | None:
    """The id of our row for a record of the CRM, if it is the customer's; None where there is none."""
    return db.scalar(
        select(CrmRecord.record_id).where(
            CrmRecord.kind == kind, CrmRecord.key == key, CrmRecord.customer_id.is_not_distinct_from(customer_id)
        )
    )


def refused_events(db: Session, at_most: int = 200, after: int | None = None) -> list[ReceivedEvent]:
    """The events that were refused and have not come again better, newest first; `after` is the last one seen."""
    refused = select(ReceivedEvent).where(ReceivedEvent.status == "refused").order_by(ReceivedEvent.id.desc())
    with looking_across(db):
        return list(db.scalars((refused if after is None else refused.where(ReceivedEvent.id < after)).limit(at_most)))


def _locked(db: Session, kind: str, key: str) -> CrmRecord | None:
    return db.scalar(
        select(CrmRecord).where(CrmRecord.kind == kind, CrmRecord.key == key).with_for_update(),
        execution_options={"populate_existing": True},
    )
