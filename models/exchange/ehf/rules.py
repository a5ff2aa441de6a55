"""Whether a document is right: the rules of EN 16931 and of Peppol BIS Billing 3.0 that concern what a payer relies on.

Each fault names its rule. Only rules of the standards are here, with the standards' own tolerance: a document that
others accept is not refused by us. National rules and lists of codes are left to the sender.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Context, Decimal, localcontext

from models.exchange.ehf.document import Document, Money, Party
from models.exchange.ehf.line_rules import allowances, lines
from models.exchange.ehf.parties import ENHETSREGISTERET, identifiers_of
from models.exchange.ehf.sums import Faults, backwards, differs, side_of, sum_of, tax_of, value_of
from models.exchange.ehf.tax_rules import categories, taxes
from models.values.money import LARGEST
from models.values.organisation_number import is_valid

EN_16931 = "urn:cen.eu:en16931:2017"
PEPPOL = "urn:fdc:peppol.eu:2017:poacc:"
_COUNTRY = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")
_PRECISION = 100
"""Digits: more than any product of two numbers that are read has."""


def faults_in(document: Document) -> list[str]:
    """What is wrong with a document, rule by rule; nothing where it may be relied on.

    Peppol's own rules hold for what says that it follows them; what follows EN 16931 alone is held to that.
    """
    is_peppol = PEPPOL in document.specification
    with localcontext(Context(prec=_PRECISION)):
        found = (fault for rules in _RULES for fault in rules(document))
        return [fault for fault in found if is_peppol or not fault.startswith("PEPPOL")]


def _head(document: Document) -> Faults:
    missing = {
        "BR-01: it does not say which specification it follows": document.specification,
        "BR-02: it has no number": document.number,
        "BR-03: it has no issue date": document.issued_on,
        "BR-04: it has no type code": document.type_code,
        "BR-05: it has no currency": document.currency,
        "BR-16: it has no line": document.lines,
        "BR-52: an attachment has no reference": all(attachment.reference for attachment in document.attachments),
        "BR-55: it credits an invoice without its number": all(
            preceding.number for preceding in document.references.preceding
        ),
    }
    yield from (fault for fault, there in missing.items() if not there)
    if document.specification and not document.specification.startswith(EN_16931):
        yield "BR-01: it follows another specification than EN 16931, of which Peppol BIS Billing 3.0 is one"
    if document.currency and not _CURRENCY.fullmatch(document.currency):
        yield "BR-CL-04: its currency is not a code of ISO 4217"
    if document.tax_point and document.tax_point_code:
        yield "BR-CO-03: it has both a date of VAT and a code for it"
    yield from backwards(document, "BR-29")


def _peppol(document: Document) -> Faults:
    if not document.process:
        yield "PEPPOL-EN16931-R001: it names no business process"
    if not document.references.buyer and not document.references.order:
        yield "PEPPOL-EN16931-R003: it has neither a buyer reference nor an order reference"
    if document.buyer and not (document.buyer.endpoint and document.buyer.endpoint.value):
        yield "PEPPOL-EN16931-R010: its buyer has no electronic address"
    if document.seller and not (document.seller.endpoint and document.seller.endpoint.value):
        yield "PEPPOL-EN16931-R020: its seller has no electronic address"


def _parties(document: Document) -> Faults:
    yield from _party(document.seller, "seller", ("BR-06", "BR-08", "BR-09", "BR-62"))
    yield from _party(document.buyer, "buyer", ("BR-07", "BR-10", "BR-11", "BR-63"))


def _party(party: Party | None, who: str, rules: tuple[str, str, str, str]) -> Faults:
    name, address, country, endpoint = rules
    if party is None or not party.name:
        yield f"{name}: it does not say the name of the {who}"
    if party is None or party.address is None:
        yield f"{address}: it has no address of the {who}"
    elif not party.address.country:
        yield f"{country}: the address of the {who} has no country"
    if party and party.endpoint and not party.endpoint.scheme:
        yield f"{endpoint}: the electronic address of the {who} says no scheme"
    for each in identifiers_of(party):
        if each.scheme == ENHETSREGISTERET and not is_valid(each.value):
            yield f"PEPPOL-COMMON-R041: an organisation number of the {who} is not nine digits that belong together"
    if party and party.vat_id and not _COUNTRY.match(party.vat_id):
        yield f"BR-CO-09: the VAT number of the {who} does not begin with a country in capital letters"


def _payment(document: Document) -> Faults:
    for payment in document.payments:
        if not payment.means_code:
            yield "BR-49: it does not say how it is to be paid"
        if payment.means_code in {"30", "58"} and not payment.account:
            yield "BR-61: it is to be paid to an account that it does not name"
        if payment.means_code in {"49", "59"} and not payment.mandate:
            yield "PEPPOL-EN16931-R061: it is a direct debit without a mandate"


def _amounts(document: Document) -> Faults:
    """Two decimals, and the document's own currency (BR-DEC, R051); VAT in another currency has that (BT-111)."""
    for name, amount in _all_amounts(document):
        if amount and amount.currency != document.currency:
            yield f"PEPPOL-EN16931-R051: {name} is not in the currency of the document"
    in_other = (("the VAT in the currency in which it is accounted for", total.tax) for total in document.tax_totals)
    for name, amount in (*_all_amounts(document), *in_other):
        if amount and _decimals(amount.value) > 2:
            yield f"BR-DEC: {name} has more than two decimals"
        if amount and abs(amount.value) >= LARGEST:
            yield f"BR-DEC: {name} is larger than any amount"


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _all_amounts(document: Document) -> Iterator[tuple[str, Money | None]]:
    totals = document.totals
    yield "the sum of lines", totals.lines
    yield "the sum of allowances", totals.allowances
    yield "the sum of charges", totals.charges
    yield "the total without VAT", totals.tax_exclusive
    yield "the total with VAT", totals.tax_inclusive
    yield "what is prepaid", totals.prepaid
    yield "the rounding", totals.rounding
    yield "the amount due", totals.payable
    for total in document.tax_totals:
        if total.subtotals:
            yield "the VAT", total.tax
        for subtotal in total.subtotals:
            yield "a taxable amount", subtotal.taxable
            yield "the VAT of a category", subtotal.tax
    for allowance in document.allowances:
        yield "an allowance or charge", allowance.amount
        yield "the base of an allowance or charge", allowance.base
    for line in document.lines:
        yield f"line {line.id}", line.net
        for allowance in line.allowances:
            yield f"an allowance or charge of line {line.id}", allowance.amount
            yield f"the base of an allowance or charge of line {line.id}", allowance.base


def _foot(document: Document) -> Faults:
    """The sums of the document (BR-12 to BR-15, BR-CO-10 to BR-CO-16)."""
    totals = document.totals
    missing = {
        "BR-12: it has no sum of lines": totals.lines,
        "BR-13: it has no total without VAT": totals.tax_exclusive,
        "BR-14: it has no total with VAT": totals.tax_inclusive,
        "BR-15: it has no amount due": totals.payable,
    }
    gone = [fault for fault, amount in missing.items() if amount is None]
    yield from gone
    if gone:
        return
    lines, exclusive, inclusive = value_of(totals.lines), value_of(totals.tax_exclusive), value_of(totals.tax_inclusive)
    allowances, charges = value_of(totals.allowances), value_of(totals.charges)
    yield from differs("BR-CO-10", "the sum of lines", lines, sum_of(line.net for line in document.lines))
    yield from differs("BR-CO-11", "the sum of allowances", allowances, side_of(document.allowances, charges=False))
    yield from differs("BR-CO-12", "the sum of charges", charges, side_of(document.allowances, charges=True))
    yield from differs("BR-CO-13", "the total without VAT", exclusive, lines - allowances + charges)
    tax = tax_of(document)
    yield from differs("BR-CO-15", "the total with VAT", inclusive, exclusive + tax)
    due = inclusive - value_of(totals.prepaid) + value_of(totals.rounding)
    yield from differs("BR-CO-16", "the amount due", value_of(totals.payable), due)


_RULES: tuple[Callable[[Document], Faults], ...] = (
    _head,
    _peppol,
    _parties,
    _payment,
    lines,
    allowances,
    _foot,
    taxes,
    categories,
    _amounts,
)
