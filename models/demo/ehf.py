"""A writer of EHF documents: from a few facts to a file as an ERP would send it, with every sum worked out.

Which documents the demo has is in `models.demo.invoices`; the tests write theirs with it, too.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

from models.values.money import HUNDREDTH

ZERO = Decimal(0)
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_EXEMPT = {
    "E": "Unntatt etter merverdiavgiftsloven § 3-2 (helsetjenester)",
    "AE": "Omvendt avgiftsplikt",
    "K": "Innenlands vare til EU",
    "G": "Utførsel",
    "O": "Utenfor merverdiavgiftsloven",
}


@dataclass(frozen=True, slots=True)
class Side:
    """A seller or a buyer."""

    name: str
    organisation_number: str
    street: str = "Storgata 1"
    zone: str = "5003"
    city: str = "Bergen"
    country: str = "NO"


PROVIDER = Side("Bedriftshelsetjenesten AS", "310000019", "Kanalveien 11", "5068", "Bergen")


@dataclass(frozen=True, slots=True)
class Item:
    """A line: so many at a price, in a VAT category; `reductions` are charges where they are negative."""

    name: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    category: str = "S"
    rate: Decimal | None = Decimal(25)
    unit: str = "EA"
    base_quantity: Decimal | None = None
    reductions: tuple[tuple[str, Decimal], ...] = ()
    description: str = ""

    @property
    def net(self) -> Decimal:
        """What the line comes to without VAT."""
        gross = self.price * self.quantity / (self.base_quantity or 1)
        return _cents(gross) - sum((amount for _, amount in self.reductions), ZERO)


@dataclass(frozen=True, slots=True)
class Reduction:
    """An allowance on the whole document; a charge where the amount is negative."""

    reason: str
    amount: Decimal
    category: str = "S"
    rate: Decimal | None = Decimal(25)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be written."""

    number: str
    buyer: Side
    issued_on: date
    items: tuple[Item, ...]
    seller: Side = PROVIDER
    due_on: date | None = None
    currency: str = "NOK"
    is_credit_note: bool = False
    credits: tuple[str, ...] = ()
    reference: str = ""
    order: str = ""
    sales_order: str = ""
    kid: str = ""
    account: str = "99991000018"
    note: str = ""
    terms: str = ""
    reductions: tuple[Reduction, ...] = ()
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    tax_currency: str = ""
    tax_in_tax_currency: Decimal = ZERO
    period: tuple[date, date] | None = None
    delivered_on: date | None = None
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    overrides: dict[str, str] = field(default_factory=dict)
    """What stands at the foot instead of what it comes to: a broken document."""

    @property
    def bases(self) -> dict[tuple[str, Decimal | None], Decimal]:
        """What each VAT category and rate is worked out from."""
        found: dict[tuple[str, Decimal | None], Decimal] = {}
        for item in self.items:
            found[item.category, item.rate] = found.get((item.category, item.rate), ZERO) + item.net
        for each in self.reductions:
            found[each.category, each.rate] = found.get((each.category, each.rate), ZERO) - each.amount
        return found

    @property
    def tax(self) -> Decimal:
        """The VAT."""
        return sum((_tax(base, rate) for (_, rate), base in self.bases.items()), ZERO)

    @property
    def lines(self) -> Decimal:
        """What the lines come to."""
        return sum((item.net for item in self.items), ZERO)

    @property
    def total(self) -> Decimal:
        """The whole with VAT."""
        return self.lines - sum((each.amount for each in self.reductions), ZERO) + self.tax

    @property
    def payable(self) -> Decimal:
        """What is due for payment."""
        return self.total - (self.prepaid or ZERO) + (self.rounding or ZERO)


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
    yield _a(
        "PaymentMeans",
        _b("PaymentMeansCode", "30"),
        _b("PaymentDueDate", paper.due_on.isoformat() if paper.is_credit_note and paper.due_on else ""),
        _b("PaymentID", paper.kid),
        _a("PayeeFinancialAccount", _b("ID", paper.account)),
    )
    if paper.terms:
        yield _a("PaymentTerms", _b("Note", paper.terms))
    for each in paper.reductions:
        yield _reduction(each.reason, each.amount, paper.currency, _category("TaxCategory", each.category, each.rate))
    yield from _foot(paper)
    for position, item in enumerate(paper.items, start=1):
        yield _line(position, item, paper, kind)


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
            _m("TaxAmount", _tax(base, rate), paper.currency),
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


def _tax(base: Decimal, rate: Decimal | None) -> Decimal:
    return _cents(base * (rate or ZERO) / 100)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(HUNDREDTH, ROUND_HALF_UP)


def _m(name: str, amount: Decimal, currency: str) -> str:
    return _b(name, f"{_cents(amount):f}", f' currencyID="{currency}"')


def _b(name: str, text: str, attributes: str = "") -> str:
    return f"<cbc:{name}{attributes}>{escape(text)}</cbc:{name}>" if text else ""


def _a(name: str, *parts: str) -> str:
    return f"<cac:{name}>{''.join(parts)}</cac:{name}>"


def due(issued_on: date, days: int = 20) -> date:
    """The guide's terms are twenty days (product 6.7)."""
    return issued_on + timedelta(days=days)
