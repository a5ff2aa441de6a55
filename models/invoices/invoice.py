"""Invoices (fakturaer): who pays which, what is outstanding, and the status, which depends on the day.

The search is in `models.invoices.search`, what is written on an invoice in `models.invoices.contents`, what reduces it
in `models.invoices.settlements`.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Identity, Index, String, UniqueConstraint, bindparam, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment, Value, Worded, one_of
from models.core.scope import Right, UnitOwned, of_unit
from models.customers.units import Unit
from models.orders.order import Order
from models.values.money import Amount

LONGEST_NUMBER = 60


class Status(Value):
    """Where an invoice stands: worked out from what is outstanding and the date, never stored (F7)."""

    UNPAID = "unpaid"
    OVERDUE = "overdue"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CREDITED = "credited"
    IN_COLLECTION = "in_collection"


class SentAs(Worded):
    """The ways in which the provider sends invoices (product 6.7)."""

    EHF = "ehf", "EHF"
    EMAIL = "email", "PDF på e-post"


class Invoice(UnitOwned, Base):
    """One invoice or credit note; the unit is the payer (F8). What is owed to the payer is negative.

    `total` is the whole with VAT (BT-112), `payable` what was due for payment when it was sent (BT-115).
    """

    __tablename__ = "invoices"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "id"),
        UniqueConstraint("customer_id", "number"),
        UniqueConstraint("seller_id", "number"),
        Index(None, "customer_id", "number_key", "number_compact"),
        Index(None, "customer_id", "issued_on", "number_key"),
        Index(None, "customer_id", "due_key", "number_key"),
        Index(None, "customer_id", "total", "number_key"),
        Index(None, "customer_id", "outstanding", "number_key"),
        Index(None, "customer_id", "unit_id", "number_key"),
        Index(None, "customer_id", "kid"),
        Index(None, "customer_id", "order_number"),
        Index(None, "customer_id", "buyer_reference"),
        Index(None, "number_compact"),
    )
    rights = (Right.INVOICES,)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(LONGEST_NUMBER))
    number_key: Mapped[str] = mapped_column(String(700).with_variant(String(700, collation="C"), "postgresql"))
    """What the number is sorted by: `number_key`."""
    number_compact: Mapped[str] = mapped_column(String(200))
    """What the number is found by: `compact`."""
    seller_id: Mapped[str] = mapped_column(String(60))
    """Scheme and number of the seller: within it a number stands once (BT-1)."""
    is_credit_note: Mapped[bool]
    currency: Mapped[str] = mapped_column(String(3))
    issued_on: Mapped[date]
    due_on: Mapped[date | None]
    due_key: Mapped[date]
    """What the due date is sorted by: what is due at no certain day comes last."""
    total: Mapped[Decimal] = mapped_column(Amount)
    payable: Mapped[Decimal] = mapped_column(Amount)
    outstanding: Mapped[Decimal] = mapped_column(Amount)
    paid: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    """Prepaid or paid since."""
    credited: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    """What credit notes have taken off it."""
    in_collection_since: Mapped[date | None]
    """The ERP has given it to a debt collector."""
    kid: Mapped[str | None] = mapped_column(String(60))
    buyer_reference: Mapped[str | None] = mapped_column(String(200))
    order_number: Mapped[int | None]
    """The provider's order that it names, whether or not the portal has it."""
    sent_as: Mapped[SentAs | None] = mapped_column(one_of(SentAs, 20))
    """How the payer got it, where the ERP has told."""
    received_at: Mapped[datetime] = mapped_column(Moment)
    overdue_told_on: Mapped[date | None]
    """When it was told of as overdue, which happens once."""

    @property
    def about(self) -> str:
        """What the log of changes calls the invoice."""
        return f"invoice:{self.number}"

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{'Kreditnota' if self.is_credit_note else 'Faktura'} {self.number}"

    def status(self, today: date) -> Status:
        """Where it stands on a day (F7)."""
        return status_of(self, today)

    def days_overdue(self, today: date) -> int:
        """How many days ago it should have been paid; 0 where it is not overdue."""
        late = (today - self.due_on).days if self.due_on and self.outstanding > 0 else 0
        return max(0, late)


class Standing(Protocol):
    """What the status follows from."""

    @property
    def due_on(self) -> date | None: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def outstanding(self) -> Decimal: ...
    @property
    def paid(self) -> Decimal: ...
    @property
    def credited(self) -> Decimal: ...
    @property
    def is_credit_note(self) -> bool: ...
    @property
    def in_collection_since(self) -> date | None: ...


def status_of(invoice: Standing, today: date) -> Status:
    """The most pressing of what is true of an invoice on a day; the search says the same in its conditions."""
    if invoice.outstanding > 0:
        if invoice.in_collection_since:
            return Status.IN_COLLECTION
        if invoice.due_on and invoice.due_on < today:
            return Status.OVERDUE
        return Status.PARTLY_PAID if invoice.paid > 0 or invoice.credited > 0 else Status.UNPAID
    if invoice.is_credit_note or invoice.total < 0 or (invoice.credited > 0 and invoice.paid <= 0):
        return Status.CREDITED
    return Status.PAID


def number_key(number: str) -> str:
    """What a number is sorted by: its digits count as numbers, so that 99 comes before 100; different for each."""
    return f"{re.sub('[0-9]+', lambda run: run[0].zfill(12), number.casefold())} {number}"


def keys_of(number: str, due_on: date | None) -> dict[str, Any]:
    """The columns of an invoice that follow from others, and are kept to sort and find it by."""
    return {"number_key": number_key(number), "number_compact": compact(number), "due_key": due_on or date.max}


def compact(number: str) -> str:
    """What a number is found by: letters and digits only, so that `2017 118352` finds `2017-118352` (F3)."""
    return "".join(sign for sign in number.casefold() if sign.isalnum())


_BY_NUMBER = select(Invoice).where(Invoice.number == bindparam("number"))


def invoice_by_number(db: Session, number: str) -> Invoice | None:
    """The invoice, or None where there is none in the scope."""
    return db.scalar(_BY_NUMBER, {"number": number})


def orders_of(db: Session, invoice: Invoice) -> list[int]:
    """The numbers of the orders that an invoice is about, by number or own reference, as far as the scope sees them."""
    named = Order.number == invoice.order_number
    if invoice.buyer_reference:
        named |= Order.reference == invoice.buyer_reference
    return list(db.scalars(select(Order.number).where(named).order_by(Order.number)))


_OF_ORDER = select(Invoice.number).where(Invoice.order_number == bindparam("order")).order_by(Invoice.number_key)


def invoices_of_order(db: Session, order_number: int) -> list[str]:
    """The numbers of the invoices that name an order, as far as the scope sees them."""
    return list(db.scalars(_OF_ORDER, {"order": order_number}))


_PAYER = select(Unit.name).join(Invoice, Invoice.unit_id == Unit.id).where(Invoice.id == bindparam("id"))


def payer_of(db: Session, invoice: Invoice) -> str:
    """The name of the unit that pays (F8)."""
    return db.scalars(_PAYER, {"id": invoice.id}).one()


# What is summed up stands in the indexes, so that the table need not be read.
# Zero is a literal, so that both databases see that the index of what is outstanding answers the question.
ZERO: ColumnElement[Decimal] = literal_column("0")
OWES = Invoice.outstanding > ZERO
Index(
    "ix_invoices_open",
    Invoice.customer_id,
    Invoice.due_key,
    Invoice.unit_id,
    Invoice.currency,
    Invoice.total,
    Invoice.outstanding,
    postgresql_where=OWES,
    sqlite_where=OWES,
)
Index(
    "ix_invoices_sums",
    Invoice.customer_id,
    Invoice.currency,
    Invoice.unit_id,
    Invoice.total,
    Invoice.outstanding,
    Invoice.number_compact,
)
