"""What a customer's users are told of invoices (FI2): a new one, and once, one that is overdue.

Who is told, and when, is in `models.alerts`. What has been paid meanwhile is not told of any more.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Index, delete, select, update
from sqlalchemy.orm import Session

from models.alerts.kinds import Kind
from models.alerts.waiting import WaitingAlert, alert
from models.core.clock import today_in_oslo
from models.core.scope import whole_customer
from models.customers.units import unit_name
from models.invoices.invoice import OWES, Invoice
from models.values.money import KRONER, written

NEWS = timedelta(days=30)
"""What is older is history, not news: an archive that is taken in, or invoices that were overdue before there were
alerts, are told of to nobody."""
_AT_ONCE = 100

_untold = OWES & Invoice.overdue_told_on.is_(None)
Index("ix_invoices_untold", Invoice.due_on, Invoice.id, postgresql_where=_untold, sqlite_where=_untold)


def tell_of_new(db: Session, invoice: Invoice, now: datetime) -> None:
    """Tell of an invoice or a credit note that has come, unless there is nothing left of it to pay or to use."""
    if invoice.outstanding and invoice.issued_on >= today_in_oslo(now) - NEWS:
        due = f", forfall {invoice.due_on:%d.%m.%Y}" if invoice.due_on and not invoice.is_credit_note else ""
        _tell(db, Kind.NEW_INVOICE, invoice, f"{_money(invoice, invoice.payable)}{due}", now)


def alert_overdue(db: Session, now: datetime) -> int:
    """Tell of what has become overdue, each invoice once; of how many. Across customers; the caller commits."""
    today = today_in_oslo(now)
    late = (Invoice.due_on < today) & (Invoice.due_on >= today - NEWS) & Invoice.in_collection_since.is_(None)
    found = select(Invoice).where(_untold, late).order_by(Invoice.due_on, Invoice.id).limit(_AT_ONCE)
    told = 0
    for invoice in db.scalars(found).all():
        taken = (
            update(Invoice)
            .where(Invoice.id == invoice.id, _untold, late)
            .values(overdue_told_on=today)
            .returning(Invoice.outstanding)
        )
        owed = db.scalar(taken, execution_options={"synchronize_session": False})
        if owed is not None:  # nobody else has told of it, and it was not paid just now
            due = f"Forfalt {invoice.due_on:%d.%m.%Y}, utestående {_money(invoice, owed)}"
            _tell(db, Kind.OVERDUE_INVOICE, invoice, due, now)
            told += 1
    return told


def forget_alerts(db: Session, invoice: Invoice) -> None:
    """What waits to be told of an invoice is not told any more, since nothing of it is left to pay."""
    waiting = (WaitingAlert.customer_id == invoice.customer_id) & (WaitingAlert.about == invoice.about)
    db.execute(delete(WaitingAlert).where(waiting), execution_options={"synchronize_session": False})


def _money(invoice: Invoice, amount: Decimal) -> str:
    return f"{'kr' if invoice.currency == KRONER else invoice.currency} {written(amount)}"


def _tell(db: Session, kind: Kind, invoice: Invoice, told: str, now: datetime) -> None:
    with whole_customer(db):
        unit = unit_name(db, invoice.unit_id)
    alert(db, kind, invoice, invoice.unit_id, title=f"{invoice.title}, {unit}", told=told, now=now)
