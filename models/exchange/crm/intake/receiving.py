"""Receiving: a body becomes events, each event an outcome, and what was refused is noted with the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from models.core.scope import across_customers
from models.crm.records import ReceivedEvent, hold_record
from models.customers.customer import Customer
from models.exchange.crm.intake import bookings, companies, invoices, orders, reports
from models.exchange.crm.intake.events import Arrival, Event, Refusal

MOST_AT_ONCE = 500
"""Events in one batch; more are refused whole, so that a batch never keeps others waiting for long."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: what its record is called, what its data must be, and what it does."""

    record: str
    data: type[msgspec.Struct]
    apply: Callable[[Arrival], int]
    """Carries the event out and returns the id of our row; raises Refusal."""
    of_customer: bool = True


KINDS: dict[str, Kind] = {
    "account_manager.changed": Kind(
        "account_manager", companies.AccountManagerData, companies.account_manager, of_customer=False
    ),
    "user.changed": Kind("user", companies.UserData, companies.user, of_customer=False),
    "unit.changed": Kind("unit", companies.UnitData, companies.unit),
    "order.changed": Kind("order", orders.OrderData, orders.order),
    "order.message_added": Kind("message", orders.MessageData, orders.message),
    "booking.changed": Kind("booking", bookings.BookingData, bookings.booking),
    "attendance.noted": Kind("sign_up", bookings.AttendanceData, bookings.attendance),
    "invoice.issued": Kind("invoice", invoices.InvoiceData, invoices.invoice),
    "payment.registered": Kind("payment", invoices.PaymentData, invoices.payment),
    "report.published": Kind("report", reports.ReportData, reports.report),
}


class NotEvents(ValueError):
    """The body is no event and no batch of events; says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event."""

    id: str
    status: str
    """`applied`; `duplicate`, it was applied before; `stale`, a newer version was; `refused`."""
    reason: str = ""


def receive(db: Session, body: bytes, *, now: datetime) -> list[Outcome]:
    """Apply an event or a batch, in its order, and say of each what became of it; raises NotEvents.

    One that is refused leaves nothing behind and does not stop the others. Needs a session that writes and has no
    scope; the caller commits.
    """
    with across_customers(db):
        return [_receive(db, raw, now) for raw in _read(body)]


def _read(body: bytes) -> list[Any]:
    try:
        read = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise NotEvents("the body is no JSON") from wrong
    events = read if isinstance(read, list) else [read]
    if not 0 < len(events) <= MOST_AT_ONCE:
        raise NotEvents(f"a batch holds 1 to {MOST_AT_ONCE} events, not {len(events)}")
    return events


def _receive(db: Session, raw: Any, now: datetime) -> Outcome:
    try:
        event = msgspec.convert(raw, Event)
    except msgspec.ValidationError as wrong:
        return Outcome(_id_of(raw), "refused", _said(wrong))
    known = db.scalar(select(ReceivedEvent).where(ReceivedEvent.event_id == event.id))
    if known and known.status != "refused":  # what was refused may be sent again when its cause is mended
        return Outcome(event.id, "duplicate")
    try:
        with db.begin_nested():
            status, reason = _apply(db, event, now), ""
    except Refusal as refused:
        status, reason = "refused", str(refused)
    except msgspec.ValidationError as wrong:
        status, reason = "refused", _said(wrong)
    except (IntegrityError, DataError, StatementError):
        status, reason = "refused", "it contradicts what is stored"
    outcome = Outcome(event.id, status, reason)
    _note(db, known, event, outcome, now)
    return outcome


def _apply(db: Session, event: Event, now: datetime) -> str:
    kind = KINDS.get(event.type)
    if kind is None:
        raise Refusal(f"{event.type} is no kind of event that the portal takes")
    if not event.subject.startswith(f"{kind.record}:"):
        raise Refusal(f"the subject of {event.type} is {kind.record}:…")
    customer_id = _customer_id(db, event, kind)
    record = hold_record(db, kind.record, event.key, customer_id, now)
    if record.customer_id != customer_id:
        raise Refusal("the record belongs to another customer")
    if event.version <= record.version:
        return "stale"
    data = msgspec.convert(event.data, kind.data)
    record.record_id = kind.apply(Arrival(db, customer_id, event.key, record, data, now))
    record.version, record.updated_at = event.version, now
    db.flush()
    return "applied"


def _customer_id(db: Session, event: Event, kind: Kind) -> int | None:
    """The customer that the event is about; a new one is made for its first unit, the company itself."""
    if not kind.of_customer:
        return None
    if event.customer is None:
        raise Refusal("the event names no customer")
    found = db.scalar(select(Customer.id).where(Customer.organisation_number == event.customer))
    if found is None and event.type == "unit.changed":
        return companies.new_customer(db, event.customer, event.data)
    if found is None:
        raise Refusal("there is no customer with this organisation number")
    return found


def _note(db: Session, known: ReceivedEvent | None, event: Event, outcome: Outcome, now: datetime) -> None:
    noted = known or ReceivedEvent(event_id=event.id)
    noted.kind, noted.subject = event.type[:80], event.subject
    noted.status, noted.reason, noted.received_at = outcome.status, outcome.reason[:300], now
    db.add(noted)
    db.flush()


def _id_of(raw: Any) -> str:
    id = raw.get("id") if isinstance(raw, dict) else None
    return id[:200] if isinstance(id, str) else ""


def _said(wrong: msgspec.ValidationError) -> str:
    """What is wrong with the shape; the library names the place and the types, never a value."""
    return f"it has another shape than documented: {wrong}"[:300]
