"""What is written on a document, as rows of the portal: amounts as they stand, texts cut to what a column holds.

Identity numbers in texts are masked (X6), as everywhere. The file itself is kept as it came.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from models.exchange.ehf.document import (
    Address,
    Allowance,
    Attachment,
    Document,
    Line,
    Party,
    Payment,
    Period,
    Subtotal,
)
from models.exchange.ehf.sums import tax_of, value_of
from models.invoices.contents import (
    InvoiceAllowance,
    InvoiceAttachment,
    InvoiceDetails,
    InvoiceLine,
    InvoiceTax,
    OfInvoice,
    PrecedingInvoice,
)
from models.invoices.invoice import LONGEST_NUMBER, Invoice
from models.values.national_id import mask_in

_Row = TypeVar("_Row", bound=OfInvoice)


def contents_of(document: Document, invoice: Invoice, *, today: date) -> Iterator[OfInvoice]:
    """The rows of an invoice that has its id."""
    paper = _Paper(invoice, today)
    yield paper.row(InvoiceDetails, **_head(document, paper), **_foot(document))
    for preceding in document.references.preceding:
        number = preceding.number[:LONGEST_NUMBER]
        yield paper.row(PrecedingInvoice, number=number, issued_on=preceding.issued_on)
    for allowance in document.allowances:
        yield paper.row(InvoiceAllowance, position=None, **_allowance(allowance, paper))
    for position, line in enumerate(document.lines, start=1):
        yield paper.row(InvoiceLine, position=position, **_line(line, paper))
        for allowance in line.allowances:
            yield paper.row(InvoiceAllowance, position=position, **_allowance(allowance, paper))
    for subtotal in _subtotals(document):
        yield paper.row(InvoiceTax, **_tax(subtotal, paper))
    for attachment in document.attachments:
        yield paper.row(InvoiceAttachment, **_attachment(attachment, paper))


class _Paper:
    """The invoice that rows are written for, and how text gets onto it."""

    def __init__(self, invoice: Invoice, today: date) -> None:
        self._owner = {"customer_id": invoice.customer_id, "invoice_id": invoice.id}
        self._today = today

    def row(self, table: type[_Row], **columns: Any) -> _Row:
        return table(**self._owner, **columns)

    def masked(self, text: str, longest: int = 4000) -> str:
        """Free text, as long as its column, without identity numbers."""
        return mask_in(text, today=self._today)[0][:longest]

    def party(self, party: Party | None) -> dict[str, Any] | None:
        if party is None:
            return None
        kept = asdict(party)
        if party.contact:
            kept["contact"] = {name: self.masked(text, 200) for name, text in asdict(party.contact).items()}
        return kept


def _head(document: Document, paper: _Paper) -> dict[str, Any]:
    period = document.period or Period(None, None)
    payment = next((each for each in document.payments if each.account), None) or next(
        iter(document.payments), Payment("", "", "", "", "", "")
    )
    return {
        "type_code": document.type_code[:3],
        "note": paper.masked(document.note),
        "tax_point": document.tax_point,
        "period_from": period.start,
        "period_to": period.end,
        "delivered_on": document.delivery.on,
        "order_reference": document.references.order[:200],
        "sales_order": document.references.sales_order[:200],
        "contract": document.references.contract[:200],
        "project": document.references.project[:200],
        "accounting_cost": document.references.accounting_cost[:200],
        "seller": paper.party(document.seller),
        "buyer": paper.party(document.buyer),
        "payee": paper.party(document.payee),
        "delivery": _delivery(document, paper),
        "terms": paper.masked(document.terms),
        "means_code": payment.means_code[:3],
        "account": payment.account[:60],
        "account_name": payment.account_name[:200],
        "bank": payment.bank[:20],
    }


def _delivery(document: Document, paper: _Paper) -> dict[str, Any] | None:
    if not (document.delivery.name or document.delivery.address):
        return None
    address: Address | None = document.delivery.address
    return {"name": paper.masked(document.delivery.name, 200), "address": asdict(address) if address else None}


def _foot(document: Document) -> dict[str, Any]:
    totals = document.totals
    in_other = [total.tax for total in document.tax_totals if total.tax and total.tax.currency == document.tax_currency]
    return {
        "line_total": value_of(totals.lines),
        "allowance_total": value_of(totals.allowances),
        "charge_total": value_of(totals.charges),
        "tax_exclusive": value_of(totals.tax_exclusive),
        "tax_total": tax_of(document),
        "tax_inclusive": value_of(totals.tax_inclusive),
        "prepaid": value_of(totals.prepaid),
        "rounding": value_of(totals.rounding),
        "payable": value_of(totals.payable),
        "tax_currency": document.tax_currency[:3] or None,
        "tax_in_tax_currency": in_other[0].value if in_other else None,
    }


def _line(line: Line, paper: _Paper) -> dict[str, Any]:
    period = line.period or Period(None, None)
    assert line.category  # verified
    return {
        "line_id": line.id[:60],
        "name": paper.masked(line.name),
        "description": paper.masked(line.description),
        "note": paper.masked(line.note),
        "item_number": line.item_number[:200],
        "order_line": line.order_line[:200],
        "accounting_cost": line.accounting_cost[:200],
        "period_from": period.start,
        "period_to": period.end,
        "quantity": line.quantity,
        "unit_code": line.unit_code[:10],
        "price": value_of(line.price.amount),
        "base_quantity": line.price.base_quantity or Decimal(1),
        "net": value_of(line.net),
        "tax_category": line.category.code[:2],
        "tax_rate": line.category.rate,
    }


def _allowance(allowance: Allowance, paper: _Paper) -> dict[str, Any]:
    category = allowance.category
    return {
        "is_charge": allowance.is_charge,
        "reason": paper.masked(allowance.reason),
        "reason_code": allowance.reason_code[:10],
        "amount": value_of(allowance.amount),
        "base": allowance.base.value if allowance.base else None,
        "percentage": allowance.percentage,
        "tax_category": category.code[:2] if category else None,
        "tax_rate": category.rate if category else None,
    }


def _subtotals(document: Document) -> Iterator[Subtotal]:
    for total in document.tax_totals:
        yield from total.subtotals


def _tax(subtotal: Subtotal, paper: _Paper) -> dict[str, Any]:
    assert subtotal.category  # verified
    return {
        "category": subtotal.category.code[:2],
        "rate": subtotal.category.rate,
        "taxable": value_of(subtotal.taxable),
        "tax": value_of(subtotal.tax),
        "exemption": paper.masked(subtotal.exemption),
        "exemption_code": subtotal.exemption_code[:30],
    }


def _attachment(attachment: Attachment, paper: _Paper) -> dict[str, Any]:
    return {
        "reference": attachment.reference[:200],
        "description": paper.masked(attachment.description),
        "filename": paper.masked(attachment.filename, 200),
        "media_type": attachment.media_type[:100],
        "url": attachment.url[:2000],
        "size": len(attachment.content or b""),
        "content": attachment.content,
    }
