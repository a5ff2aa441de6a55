"""A writer of EHF documents: from a paper to a file as an ERP would send it.

What a paper says is in `models.demo.papers`; the tests write theirs with it, too.
"""

import base64
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from models.demo.papers import ZERO, Item, Paper, Side, cents, tax_on

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_EXEMPT = {
    "E": "Unntatt etter merverdiavgiftsloven § 3-2 (helsetjenester)",
    "AE": "Omvendt avgiftsplikt",
    "K": "Innenlands vare til EU",
    "G": "Utførsel",
    "O": "Utenfor merverdiavgiftsloven",
}


def write(paper: Paper) -> bytes:
    """The document as a file."""
    kind = "CreditNote" if paper.is_credit_note else "Invoice"
    body = "\n".join(line for line in _document(paper, kind) if line)
    cac, cbc = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
    root = f'{kind} xmlns="{_UBL}{kind}-2" xmlns:cac="{cac}" xmlns:cbc="{cbc}"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{body}\n</{kind}>\n'.encode()


def _document(paper: Paper, kind: str) -> Iterator[str]:
    yield _b("CustomizationID", "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0")
    yield _b("ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")
    yield _b("ID", paper.number)
    yield _b("IssueDate", paper.issued_on.isoformat())
    if not paper.is_credit_note:
        yield _b("DueDate", paper.due_on.isoformat() if paper.due_on else "")
    yield _b(f"{kind}TypeCode", "381" if paper.is_credit_note else "380")
    yield _b("Note", paper.note)
    yield _b("DocumentCurrencyCode", paper.currency)
    yield _b("TaxCurrencyCode", paper.tax_currency)
    yield _b("BuyerReference", paper.reference)
    if paper.period:
        start, end = paper.period
        yield _a("InvoicePeriod", _b("StartDate", start.isoformat()), _b("EndDate", end.isoformat()))
    if paper.order or paper.sales_order:
        yield _a("OrderReference", _b("ID", paper.order or "NA"), _b("SalesOrderID", paper.sales_order))
    for number in paper.credits:
        yield _a("BillingReference", _a("InvoiceDocumentReference", _b("ID", number)))
    yield from _attachments(paper)
    yield _a("AccountingSupplierParty", _party(paper.seller, is_seller=True))
    yield _a("AccountingCustomerParty", _party(paper.buyer, is_seller=False))
    if paper.delivered_on:
        yield _a("Delivery", _b("ActualDeliveryDate", paper.delivered_on.isoformat()))
    yield _payment(paper)
    if paper.terms:
        yield _a("PaymentTerms", _b("Note", paper.terms))
    for each in paper.reductions:
        yield _reduction(each.reason, each.amount, paper.currency, _category("TaxCategory", each.category, each.rate))
    yield from _foot(paper)
    for position, item in enumerate(paper.items, start=1):
        yield _line(position, item, paper, kind)


def _payment(paper: Paper) -> str:
    return _a(
        "PaymentMeans",
        _b("PaymentMeansCode", "30"),
        _b("PaymentDueDate", paper.due_on.isoformat() if paper.is_credit_note and paper.due_on else ""),
        _b("PaymentID", paper.kid),
        _a("PayeeFinancialAccount", _b("ID", paper.account)),
    )


def _attachments(paper: Paper) -> Iterator[str]:
    for name, media_type, content in paper.attachments:
        attributes = f" mimeCode={quoteattr(media_type)} filename={quoteattr(name)}"
        embedded = _b("EmbeddedDocumentBinaryObject", base64.b64encode(content).decode(), attributes)
        yield _a("AdditionalDocumentReference", _b("ID", name), _a("Attachment", embedded))
    for name, url in paper.links:
        outside = _a("Attachment", _a("ExternalReference", _b("URI", url)))
        yield _a("AdditionalDocumentReference", _b("ID", name), outside)


def _party(side: Side, *, is_seller: bool) -> str:
    number, register = side.organisation_number, ' schemeID="0192"'
    vat = _a("PartyTaxScheme", _b("CompanyID", f"NO{number}MVA"), _a("TaxScheme", _b("ID", "VAT")))
    company = _a("PartyTaxScheme", _b("CompanyID", "Foretaksregisteret"), _a("TaxScheme", _b("ID", "TAX")))
    return _a(
        "Party",
        _b("EndpointID", number, register),
        _a("PartyName", _b("Name", side.name)),
        _a(
            "PostalAddress",
            _b("StreetName", side.street),
            _b("CityName", side.city),
            _b("PostalZone", side.zone),
            _a("Country", _b("IdentificationCode", side.country)),
        ),
        vat + company if is_seller else "",
        _a("PartyLegalEntity", _b("RegistrationName", side.name), _b("CompanyID", number, register)),
    )


def _foot(paper: Paper) -> Iterator[str]:
    stated = {
        "LineExtensionAmount": paper.lines,
        "TaxExclusiveAmount": paper.total - paper.tax,
        "TaxInclusiveAmount": paper.total,
        "AllowanceTotalAmount": sum((each.amount for each in paper.reductions if each.amount > 0), ZERO) or None,
        "ChargeTotalAmount": -sum((each.amount for each in paper.reductions if each.amount < 0), ZERO) or None,
        "PrepaidAmount": paper.prepaid,
        "PayableRoundingAmount": paper.rounding,
        "PayableAmount": paper.payable,
    }
    subtotals = (
        _a(
            "TaxSubtotal",
            _m("TaxableAmount", base, paper.currency),
            _m("TaxAmount", tax_on(base, rate), paper.currency),
            _category("TaxCategory", code, rate, explained=True),
        )
        for (code, rate), base in paper.bases.items()
    )
    tax = paper.overrides.get("TaxAmount")
    yield _a("TaxTotal", _m("TaxAmount", Decimal(tax) if tax else paper.tax, paper.currency), *subtotals)
    if paper.tax_currency:
        yield _a("TaxTotal", _m("TaxAmount", paper.tax_in_tax_currency, paper.tax_currency))
    amounts = {
        name: Decimal(paper.overrides[name]) if name in paper.overrides else amount for name, amount in stated.items()
    }
    yield _a(
        "LegalMonetaryTotal",
        *(_m(name, amount, paper.currency) for name, amount in amounts.items() if amount is not None),
    )


def _line(position: int, item: Item, paper: Paper, kind: str) -> str:
    counted = "CreditedQuantity" if paper.is_credit_note else "InvoicedQuantity"
    unit = f" unitCode={quoteattr(item.unit)}"
    return _a(
        f"{kind}Line",
        _b("ID", str(position)),
        _b(counted, f"{item.quantity:f}", unit),
        _m("LineExtensionAmount", item.net, paper.currency),
        *(_reduction(reason, amount, paper.currency) for reason, amount in item.reductions),
        _a(
            "Item",
            _b("Description", item.description),
            _b("Name", item.name),
            _category("ClassifiedTaxCategory", item.category, item.rate),
        ),
        _a(
            "Price",
            _b("PriceAmount", f"{item.price:f}", f' currencyID="{paper.currency}"'),
            _b("BaseQuantity", f"{item.base_quantity:f}", unit) if item.base_quantity else "",
        ),
    )


def _reduction(reason: str, amount: Decimal, currency: str, category: str = "") -> str:
    indicator = _b("ChargeIndicator", "true" if amount < 0 else "false")
    return _a(
        "AllowanceCharge",
        indicator,
        _b("AllowanceChargeReason", reason),
        _m("Amount", abs(amount), currency),
        category,
    )


def _category(name: str, code: str, rate: Decimal | None, *, explained: bool = False) -> str:
    return _a(
        name,
        _b("ID", code),
        _b("Percent", f"{rate:f}") if rate is not None else "",
        _b("TaxExemptionReason", _EXEMPT.get(code, "")) if explained else "",
        _a("TaxScheme", _b("ID", "VAT")),
    )


def _m(name: str, amount: Decimal, currency: str) -> str:
    return _b(name, f"{cents(amount):f}", f' currencyID="{currency}"')


def _b(name: str, text: str, attributes: str = "") -> str:
    return f"<cbc:{name}{attributes}>{escape(text)}</cbc:{name}>" if text else ""


def _a(name: str, *parts: str) -> str:
    return f"<cac:{name}>{''.join(parts)}</cac:{name}>"
