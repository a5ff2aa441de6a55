"""What is written on an invoice: parties, lines, VAT, allowances and charges, attachments; and the file it came as.

Amounts stand as in the file, those of a credit note without a minus. What is owed is in `models.invoices.invoice`.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import JSON, ForeignKeyConstraint, Identity, Index, LargeBinary, Select, String, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.core.scope import CustomerOwned
from models.invoices.invoice import LONGEST_NUMBER, Invoice
from models.values.money import Amount, Exact


class OfInvoice(CustomerOwned):
    """A row that belongs to one invoice."""

    invoice_id: Mapped[int]


def of_invoice() -> tuple[ForeignKeyConstraint, Index]:
    """The composite foreign key that keeps a row's invoice inside the row's customer, and its index."""
    return (
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoices.customer_id", "invoices.id"]),
        Index(None, "customer_id", "invoice_id"),
    )


class InvoiceDetails(OfInvoice, Base):
    """What stands on the head and at the foot of an invoice; one row for each."""

    __tablename__ = "invoice_details"
    __table_args__ = of_invoice()

    invoice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type_code: Mapped[str] = mapped_column(String(3))
    """UNCL1001: 380 an invoice, 381 a credit note, and kin (BT-3)."""
    note: Mapped[str] = mapped_column(Text)
    tax_point: Mapped[date | None]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    delivered_on: Mapped[date | None]
    order_reference: Mapped[str] = mapped_column(String(200))
    """The buyer's number of the order (BT-13)."""
    sales_order: Mapped[str] = mapped_column(String(200))
    """The seller's number of the order (BT-14)."""
    contract: Mapped[str] = mapped_column(String(200))
    project: Mapped[str] = mapped_column(String(200))
    accounting_cost: Mapped[str] = mapped_column(String(200))
    seller: Mapped[dict[str, Any]] = mapped_column(JSON)
    buyer: Mapped[dict[str, Any]] = mapped_column(JSON)
    payee: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    delivery: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    terms: Mapped[str] = mapped_column(Text)
    means_code: Mapped[str] = mapped_column(String(3))
    """UNCL4461: how it is paid; 30 a credit transfer (BT-81)."""
    account: Mapped[str] = mapped_column(String(60))
    account_name: Mapped[str] = mapped_column(String(200))
    bank: Mapped[str] = mapped_column(String(20))
    """BIC (BT-86)."""
    line_total: Mapped[Decimal] = mapped_column(Amount)
    allowance_total: Mapped[Decimal] = mapped_column(Amount)
    charge_total: Mapped[Decimal] = mapped_column(Amount)
    tax_exclusive: Mapped[Decimal] = mapped_column(Amount)
    tax_total: Mapped[Decimal] = mapped_column(Amount)
    tax_inclusive: Mapped[Decimal] = mapped_column(Amount)
    prepaid: Mapped[Decimal] = mapped_column(Amount)
    rounding: Mapped[Decimal] = mapped_column(Amount)
    payable: Mapped[Decimal] = mapped_column(Amount)
    tax_currency: Mapped[str | None] = mapped_column(String(3))
    """The currency in which VAT is accounted for, where it is another (BT-6)."""
    tax_in_tax_currency: Mapped[Decimal | None] = mapped_column(Amount)


class PrecedingInvoice(OfInvoice, Base):
    """An invoice that this one credits or corrects (BG-3)."""

    __tablename__ = "preceding_invoices"
    __table_args__ = (*of_invoice(), Index(None, "customer_id", "number"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(LONGEST_NUMBER))
    issued_on: Mapped[date | None]


class InvoiceLine(OfInvoice, Base):
    """One line, `position` as in the file, from 1 (BG-25)."""

    __tablename__ = "invoice_lines"
    __table_args__ = of_invoice()

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    position: Mapped[int]
    line_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    item_number: Mapped[str] = mapped_column(String(200))
    order_line: Mapped[str] = mapped_column(String(200))
    accounting_cost: Mapped[str] = mapped_column(String(200))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    quantity: Mapped[Decimal] = mapped_column(Exact)
    unit_code: Mapped[str] = mapped_column(String(10))
    price: Mapped[Decimal] = mapped_column(Exact)
    base_quantity: Mapped[Decimal] = mapped_column(Exact)
    """The price is for so many."""
    net: Mapped[Decimal] = mapped_column(Amount)
    tax_category: Mapped[str] = mapped_column(String(2))
    tax_rate: Mapped[Decimal | None] = mapped_column(Exact)


class InvoiceAllowance(OfInvoice, Base):
    """An allowance or a charge (BG-20, BG-21), of one line (BG-27, BG-28) where it has a position."""

    __tablename__ = "invoice_allowances"
    __table_args__ = of_invoice()

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    position: Mapped[int | None]
    is_charge: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    reason_code: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal] = mapped_column(Amount)
    base: Mapped[Decimal | None] = mapped_column(Amount)
    percentage: Mapped[Decimal | None] = mapped_column(Exact)
    tax_category: Mapped[str | None] = mapped_column(String(2))
    tax_rate: Mapped[Decimal | None] = mapped_column(Exact)


class InvoiceTax(OfInvoice, Base):
    """What one category and rate of VAT comes to (BG-23)."""

    __tablename__ = "invoice_taxes"
    __table_args__ = of_invoice()

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    category: Mapped[str] = mapped_column(String(2))
    rate: Mapped[Decimal | None] = mapped_column(Exact)
    taxable: Mapped[Decimal] = mapped_column(Amount)
    tax: Mapped[Decimal] = mapped_column(Amount)
    exemption: Mapped[str] = mapped_column(Text)
    exemption_code: Mapped[str] = mapped_column(String(30))


class InvoiceAttachment(OfInvoice, Base):
    """A supporting document (BG-24): inside the file, or somewhere on the net."""

    __tablename__ = "invoice_attachments"
    __table_args__ = of_invoice()

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    reference: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(2000))
    size: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class InvoiceFile(OfInvoice, Base):
    """The file that an invoice came as, byte for byte, compressed; no list ever touches it."""

    __tablename__ = "invoice_files"
    __table_args__ = of_invoice()

    invoice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256: the same file again is the same invoice."""
    size: Mapped[int]
    compressed: Mapped[bytes] = mapped_column(LargeBinary)


_Row = TypeVar("_Row", bound=OfInvoice)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that is written on an invoice, for its page."""

    details: InvoiceDetails
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    allowances: list[InvoiceAllowance]
    """Of the document and of its lines."""
    attachments: list[InvoiceAttachment]
    preceding: list[PrecedingInvoice]

    def of_line(self, line: InvoiceLine) -> list[InvoiceAllowance]:
        """The allowances and charges of one line."""
        return [each for each in self.allowances if each.position == line.position]

    @property
    def of_document(self) -> list[InvoiceAllowance]:
        """The allowances and charges of the whole."""
        return [each for each in self.allowances if each.position is None]


def _of(row: type[_Row], *order: Any) -> Select[_Row]:
    return select(row).where(row.invoice_id == bindparam("invoice")).order_by(*order)


_DETAILS = _of(InvoiceDetails)
_LINES = _of(InvoiceLine, InvoiceLine.position)
_TAXES = _of(InvoiceTax, InvoiceTax.id)
_ALLOWANCES = _of(InvoiceAllowance, InvoiceAllowance.position, InvoiceAllowance.id)
_ATTACHMENTS = _of(InvoiceAttachment, InvoiceAttachment.id)
_PRECEDING = _of(PrecedingInvoice, PrecedingInvoice.id)


def contents_of(db: Session, invoice: Invoice) -> Contents:
    """What is written on an invoice: six statements, whatever the number of lines."""
    this = {"invoice": invoice.id}
    return Contents(
        details=db.scalars(_DETAILS, this).one(),
        lines=list(db.scalars(_LINES, this)),
        taxes=list(db.scalars(_TAXES, this)),
        allowances=list(db.scalars(_ALLOWANCES, this)),
        attachments=list(db.scalars(_ATTACHMENTS, this)),
        preceding=list(db.scalars(_PRECEDING, this)),
    )


def original_of(db: Session, invoice: Invoice) -> bytes:
    """The file that the invoice came as, byte for byte."""
    compressed = db.scalars(select(InvoiceFile.compressed).where(InvoiceFile.invoice_id == invoice.id)).one()
    return zlib.decompress(compressed)


def attachment_of(db: Session, invoice: Invoice, id: int) -> InvoiceAttachment | None:
    """An attachment with its content; None where the invoice has none with this id."""
    attachment = db.scalar(
        select(InvoiceAttachment).where(InvoiceAttachment.invoice_id == invoice.id, InvoiceAttachment.id == id)
    )
    if attachment:
        _ = attachment.content  # asked for while the session is held to the scope
    return attachment
