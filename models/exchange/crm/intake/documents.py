"""Invoices, payments and reports as the ERP and the CRM send them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import delete, select

from models.exchange.crm.intake.events import CRM, Arrival, Key, Name, Refusal
from models.exchange.ehf.files import documents_in
from models.exchange.ehf.intake import take_in
from models.invoices.invoice import Invoice
from models.invoices.settlements import ReferenceUsed, register_payment
from models.reports.report import DocumentRefused, Report, ReportFile, add_report


class InvoiceData(Struct):
    """An EHF invoice or credit note, byte for byte, in base64."""

    document: bytes


class PaymentData(Struct):
    """A payment on an invoice; an amount below zero was paid back."""

    invoice: Key
    amount: Annotated[Decimal, Meta(description="in the invoice's currency")]
    paid_on: date


class ReportData(Struct):
    """A document about a unit and a year, its file in base64."""

    unit: str
    kind: str
    year: Annotated[int, Meta(ge=2000, le=2100)]
    title: Name
    file_name: Annotated[str, Meta(min_length=1, max_length=200)]
    content: bytes
    summary: Annotated[str, Meta(max_length=4000)] = ""


def invoice(arrival: Arrival) -> int:
    """Let an EHF document in; it must be the invoice of the subject, and its payer the customer's."""
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


def report(arrival: Arrival) -> int:
    """Publish a document; a newer version takes the place of the older one."""
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
    except DocumentRefused as refused:
        raise Refusal(str(refused)) from None
    return made.id


def _invoice(arrival: Arrival, number: str) -> Invoice:
    found = arrival.db.scalar(select(Invoice).where(Invoice.customer_id == arrival.owner, Invoice.number == number))
    if found is None:
        raise Refusal("the customer has no such invoice")
    return found
