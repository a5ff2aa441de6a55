"""Settlements: what reduces an invoice's outstanding amount: payments that the ERP tells of, and credit notes.

An invoice's outstanding amount changes only here, by steps that cannot be lost in a race.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, Identity, Index, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Change, Named, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.invoices.alerts import forget_alerts
from models.invoices.contents import PrecedingInvoice
from models.invoices.invoice import Invoice
from models.values.money import Amount

ERP = "ERP"
"""The actor in the audit log where a program of the provider's did it."""
LONGEST_REFERENCE = 70


class Settlement(CustomerOwned, Base):
    """A payment on an invoice, or what a credit note took off it; the `reference` stands once per invoice."""

    __tablename__ = "settlements"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoices.customer_id", "invoices.id"]),
        ForeignKeyConstraint(["customer_id", "credit_note_id"], ["invoices.customer_id", "invoices.id"]),
        UniqueConstraint("customer_id", "invoice_id", "reference"),
        Index(None, "customer_id", "credit_note_id"),
        Index(None, "customer_id", "settled_on"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    invoice_id: Mapped[int]
    credit_note_id: Mapped[int | None]
    """None for a payment."""
    reference: Mapped[str] = mapped_column(String(80))
    """The ERP's name for a payment, or the credit note's number."""
    amount: Mapped[Decimal] = mapped_column(Amount)
    settled_on: Mapped[date]
    registered_at: Mapped[datetime] = mapped_column(Moment)


class ReferenceUsed(Exception):
    """Another payment on the invoice has this reference."""


def register_payment(
    db: Session, invoice: Invoice, amount: Decimal, *, paid_on: date, reference: str, now: datetime, by: str = ERP
) -> bool:
    """Note that `amount`, in the invoice's currency, was paid; one that is negative was paid back.

    What is paid too much stands as a negative outstanding amount. The same payment told twice is one, and the second
    time False; raises ReferenceUsed where another one has the reference, and ValueError where it is no payment.
    """
    if amount == 0 or amount != round(amount, 2) or not 1 <= len(reference) <= LONGEST_REFERENCE:
        raise ValueError(f"a payment has an amount in hundredths, and a reference of {LONGEST_REFERENCE} signs at most")
    _lock(db, invoice)
    named = f"payment {reference}"
    known = db.scalar(select(Settlement).where(Settlement.invoice_id == invoice.id, Settlement.reference == named))
    if known:
        if (known.amount, known.settled_on) != (amount, paid_on):
            raise ReferenceUsed(f"invoice {invoice.number} has another payment {reference}")
        return False
    db.add(
        Settlement(
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            reference=named,
            amount=amount,
            settled_on=paid_on,
            registered_at=now,
        )
    )
    invoice.outstanding -= amount
    invoice.paid += amount
    _record(db, invoice, "paid", amount, by=by, now=now)
    return True


def settle_credits(db: Session, invoice: Invoice, *, now: datetime, by: str = ERP) -> None:
    """Let a new invoice be reduced by the credit notes that name it, or a new credit note reduce what it names.

    Whichever of the two came first. A credit takes off no more than is outstanding: the rest of it stands as a
    negative outstanding amount of the credit note.
    """
    db.flush()
    alike = (
        Invoice.customer_id == invoice.customer_id,
        Invoice.seller_id == invoice.seller_id,
        Invoice.currency == invoice.currency,
    )
    if invoice.payable < 0:
        named = select(Invoice).join(PrecedingInvoice, PrecedingInvoice.number == Invoice.number)
        for credited in db.scalars(
            named.where(*alike, PrecedingInvoice.invoice_id == invoice.id, Invoice.id != invoice.id).order_by(
                PrecedingInvoice.id
            )
        ).unique():
            _credit(db, credited, invoice, now=now, by=by)
    else:
        naming = select(Invoice).join(PrecedingInvoice, PrecedingInvoice.invoice_id == Invoice.id)
        for credit_note in db.scalars(
            naming.where(*alike, PrecedingInvoice.number == invoice.number, Invoice.outstanding < 0).order_by(
                Invoice.issued_on, Invoice.id
            )
        ).unique():
            _credit(db, invoice, credit_note, now=now, by=by)


def _credit(db: Session, invoice: Invoice, credit_note: Invoice, *, now: datetime, by: str) -> None:
    _lock(db, invoice, credit_note)
    amount = min(invoice.outstanding, -credit_note.outstanding)
    if amount <= 0:
        return
    db.add(
        Settlement(
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            credit_note_id=credit_note.id,
            reference=f"credit {credit_note.number}",
            amount=amount,
            settled_on=credit_note.issued_on,
            registered_at=now,
        )
    )
    invoice.outstanding -= amount
    invoice.credited += amount
    credit_note.outstanding += amount
    _record(db, invoice, "credited", amount, by=by, now=now)


def send_to_collection(db: Session, invoice: Invoice, since: date | None, *, now: datetime, by: str = ERP) -> None:
    """Note that a debt collector has the invoice since a day, or with None that none has it any more."""
    if invoice.in_collection_since != since:
        invoice.in_collection_since = since
        action = "sent to collection" if since else "taken back from collection"
        record(db, Change.of(invoice, action, by=Named(by), at=now))


def _lock(db: Session, *invoices: Invoice) -> None:
    """Nobody else changes these until the commit; always in the same order, so that two never wait for each other."""
    ids = sorted(invoice.id for invoice in invoices)
    db.flush()
    locked = select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.id).with_for_update()
    db.execute(locked.execution_options(populate_existing=True)).all()


def _record(db: Session, invoice: Invoice, action: str, amount: Decimal, *, by: str, now: datetime) -> None:
    changed = {"amount": str(amount), "currency": invoice.currency}
    record(db, Change.of(invoice, action, by=Named(by), at=now, changed=changed))
    if invoice.outstanding <= 0:
        forget_alerts(db, invoice)


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """A payment or a credit as the invoice's page shows it."""

    settled_on: date
    amount: Decimal
    credit_note: str | None
    """The number of the credit note; None for a payment."""


_OF_INVOICE = (
    select(Settlement.settled_on, Settlement.amount, Invoice.number)
    .outerjoin(Invoice, Invoice.id == Settlement.credit_note_id)
    .where(Settlement.invoice_id == bindparam("invoice"))
    .order_by(Settlement.settled_on, Settlement.id)
)


def settlements_of(db: Session, invoice: Invoice) -> list[SettlementRow]:
    """What has reduced the invoice, oldest first."""
    return [SettlementRow(*row) for row in db.execute(_OF_INVOICE, {"invoice": invoice.id})]


def credited_by(db: Session, credit_note: Invoice) -> list[SettlementRow]:
    """What a credit note has taken off which invoices: `credit_note` is here the number of the invoice."""
    rows = db.execute(
        select(Settlement.settled_on, Settlement.amount, Invoice.number)
        .join(Invoice, Invoice.id == Settlement.invoice_id)
        .where(Settlement.credit_note_id == credit_note.id)
        .order_by(Settlement.id)
    )
    return [SettlementRow(*row) for row in rows]
