"""Invoices and payments from the ERP, by way of the CRM. How an EHF document is read is in `models.exchange.ehf`."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import select

from models.exchange.crm.intake.events import Arrival, Key, Refusal
from models.exchange.ehf.files import documents_in
from models.exchange.ehf.intake import take_in
from models.invoices.invoice import Invoice
from models.invoices.settlements import ReferenceUsed, register_payment


class InvoiceData(Struct):
    """An EHF invoice or credit note, byte for byte, in base64."""

    document: bytes


class PaymentData(Struct):
    """A payment on an invoice; an amount below zero was paid back."""

    invoice: Key
    amount: Annotated[Decimal, Meta(description="in the invoice's currency")]
    paid_on: date


def invoice(arrival: Arrival) -> int:
    """Take in an EHF document; it must be the invoice of the subject, and its payer the customer's."""
    found = list(documents_in(f"{arrival.key}.xml", arrival.data.document))
    if len(found) != 1:
        raise Refusal("an event holds one document")
    result = take_in(arrival.db, found[0], now=arrival.now)
    if result.refusal:
        raise Refusal(result.refusal)
    stored = _invoice(arrival, arrival.key)
    if result.number != stored.number:
        raise Refusal("the document is another invoice than the event says")
    return stored.id


def payment(arrival: Arrival) -> int:
    """Note a payment; the key is the ERP's name for it."""
    paid: PaymentData = arrival.data
    stored = _invoice(arrival, paid.invoice)
    if paid.amount == 0 or paid.amount != round(paid.amount, 2) or abs(paid.amount) >= 10**14:
        raise Refusal("an amount has two decimals and is not nothing")
    try:
        register_payment(
            arrival.db, stored, paid.amount, paid_on=paid.paid_on, reference=arrival.key[:70], now=arrival.now
        )
    except ReferenceUsed:
        raise Refusal("a payment is told once, and a correction is another payment") from None
    return stored.id


def _invoice(arrival: Arrival, number: str) -> Invoice:
    found = arrival.db.scalar(select(Invoice).where(Invoice.customer_id == arrival.owner, Invoice.number == number))
    if found is None:
        raise Refusal("the customer has no such invoice")
    return found
