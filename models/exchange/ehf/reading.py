"""From the bytes of a file to a document, in the words that stand there.

Nothing is computed here, and only what cannot be a date or a number is refused: the rest is for `rules`.
"""

import base64
import binascii
import re
from datetime import date
from decimal import Decimal

from models.exchange.ehf.document import (
    Address,
    Allowance,
    Attachment,
    Category,
    Contact,
    Document,
    Identifier,
    Line,
    Money,
    Party,
    Payment,
    Period,
    Preceding,
    Price,
    Subtotal,
    TaxTotal,
    Totals,
)
from models.exchange.ehf.xml import Node, Unreadable, parse

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"

_DECIMAL = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FOLDERS = re.compile(r".*[\\/]", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def read(data: bytes) -> Document:
    """The document in a file; raises Unreadable."""
    root = parse(data)
    if root.name not in {INVOICE, CREDIT_NOTE}:
        raise Unreadable("it is neither an invoice nor a credit note in UBL 2.1")
    is_credit_note = root.name == CREDIT_NOTE
    kind = "CreditNote" if is_credit_note else "Invoice"
    orders = root.first("OrderReference")
    return Document(
        is_credit_note=is_credit_note,
        specification=root.at("CustomizationID"),
        process=root.at("ProfileID"),
        number=_text(root, "ID"),
        issued_on=_date(root, "IssueDate"),
        due_on=_date(root, "DueDate") or _date(root, "PaymentMeans/PaymentDueDate"),  # where a credit note has it
        type_code=root.at(f"{kind}TypeCode"),
        note="\n".join(_clean(note.text) for note in root.all("Note")),
        tax_point=_date(root, "TaxPointDate"),
        tax_point_code=root.at("InvoicePeriod/DescriptionCode"),
        currency=root.at("DocumentCurrencyCode"),
        tax_currency=root.at("TaxCurrencyCode"),
        accounting_cost=_text(root, "AccountingCost"),
        buyer_reference=_text(root, "BuyerReference"),
        order_reference=_text(orders, "ID") if orders else "",
        sales_order=_text(orders, "SalesOrderID") if orders else "",
        contract=_text(root, "ContractDocumentReference/ID"),
        project=_project(root),
        period=_period(root.first("InvoicePeriod")),
        seller=_party(root.first("AccountingSupplierParty/Party")),
        buyer=_party(root.first("AccountingCustomerParty/Party")),
        payee=_party(root.first("PayeeParty")),
        representative_vat=root.at("TaxRepresentativeParty/PartyTaxScheme/CompanyID"),
        delivered_on=_date(root, "Delivery/ActualDeliveryDate"),
        delivery_name=_text(root, "Delivery/DeliveryParty/PartyName/Name"),
        delivery_address=_address(root.first("Delivery/DeliveryLocation/Address")),
        payments=tuple(_payment(means) for means in root.all("PaymentMeans")),
        terms="\n".join(_clean(note.text) for note in root.all("PaymentTerms/Note")),
        preceding=tuple(
            Preceding(_text(reference, "ID"), _date(reference, "IssueDate"))
            for reference in root.all("BillingReference/InvoiceDocumentReference")
        ),
        attachments=tuple(
            _attachment(reference)
            for reference in root.all("AdditionalDocumentReference")
            if reference.at("DocumentTypeCode") not in {"50", "130"}  # a project, an invoiced object
        ),
        allowances=tuple(_allowance(each) for each in root.all("AllowanceCharge")),
        tax_totals=tuple(_tax_total(total) for total in root.all("TaxTotal")),
        totals=_totals(root.first("LegalMonetaryTotal")),
        lines=tuple(_line(line, is_credit_note=is_credit_note) for line in root.all(f"{kind}Line")),
    )


def _clean(text: str) -> str:
    """Without blanks around it, and without signs that nobody sees."""
    return _CONTROLS.sub("", text).strip()


def _text(node: Node, path: str) -> str:
    return _clean(node.at(path))


def _date(node: Node, path: str) -> date | None:
    text = node.at(path)
    if not text:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError("not written as a date")
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"its {path} is not a date") from None


def _decimal(text: str, name: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise Unreadable(f"its {name} is not a number")
    return Decimal(text)


def _number(node: Node, path: str) -> Decimal | None:
    return _decimal(node.at(path), path) if node.has(path) else None


def _money(node: Node, path: str) -> Money | None:
    found = node.first(path)
    if found is None:
        return None
    return Money(_decimal(found.text.strip(), path), found.attributes.get("currencyID", "").strip())


def _identifier(node: Node, path: str) -> Identifier | None:
    return Identifier(_text(node, path), node.scheme(path)) if node.has(path) else None


def _period(node: Node | None) -> Period | None:
    if node is None or not (node.has("StartDate") or node.has("EndDate")):
        return None
    return Period(_date(node, "StartDate"), _date(node, "EndDate"))


def _address(node: Node | None) -> Address | None:
    if node is None:
        return None
    return Address(
        street=_text(node, "StreetName"),
        additional=_text(node, "AdditionalStreetName"),
        line=_text(node, "AddressLine/Line"),
        zone=_text(node, "PostalZone"),
        city=_text(node, "CityName"),
        region=_text(node, "CountrySubentity"),
        country=_text(node, "Country/IdentificationCode"),
    )


def _party(node: Node | None) -> Party | None:
    if node is None:
        return None
    schemes = list(node.all("PartyTaxScheme"))
    contact = node.first("Contact")
    return Party(
        name=_text(node, "PartyLegalEntity/RegistrationName") or _text(node, "PartyName/Name"),
        trading_name=_text(node, "PartyName/Name"),
        endpoint=_identifier(node, "EndpointID"),
        identifiers=tuple(
            Identifier(_clean(id.text), id.attributes.get("schemeID", "").strip())
            for id in node.all("PartyIdentification/ID")
        ),
        legal_id=_identifier(node, "PartyLegalEntity/CompanyID"),
        legal_form=_text(node, "PartyLegalEntity/CompanyLegalForm"),
        vat_id=next((_text(each, "CompanyID") for each in schemes if _is_vat(each)), ""),
        tax_ids=tuple(_text(each, "CompanyID") for each in schemes if not _is_vat(each)),
        address=_address(node.first("PostalAddress")),
        contact=Contact(_text(contact, "Name"), _text(contact, "Telephone"), _text(contact, "ElectronicMail"))
        if contact
        else None,
    )


def _is_vat(scheme: Node) -> bool:
    return scheme.at("TaxScheme/ID").upper() == "VAT"


def _project(root: Node) -> str:
    found = [
        _text(reference, "ID")
        for reference in root.all("AdditionalDocumentReference")
        if reference.at("DocumentTypeCode") == "50"
    ]
    return _text(root, "ProjectReference/ID") or next(iter(found), "")


def _payment(node: Node) -> Payment:
    return Payment(
        means_code=node.at("PaymentMeansCode"),
        kid=_text(node, "PaymentID"),
        account=_text(node, "PayeeFinancialAccount/ID"),
        account_name=_text(node, "PayeeFinancialAccount/Name"),
        bank=_text(node, "PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
        mandate=_text(node, "PaymentMandate/ID"),
    )


def _attachment(node: Node) -> Attachment:
    binary = node.first("Attachment/EmbeddedDocumentBinaryObject")
    content = None
    if binary is not None:
        try:
            content = base64.b64decode("".join(binary.text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("an attachment is not in Base64") from None
    return Attachment(
        reference=_text(node, "ID"),
        description=_text(node, "DocumentDescription"),
        filename=_FOLDERS.sub("", _clean(binary.attributes.get("filename", ""))) if binary else "",
        media_type=_clean(binary.attributes.get("mimeCode", "")) if binary else "",
        url=_text(node, "Attachment/ExternalReference/URI"),
        content=content,
    )


def _category(node: Node | None) -> Category | None:
    if node is None or not node.at("ID"):
        return None
    return Category(node.at("ID"), _number(node, "Percent"))


def _allowance(node: Node) -> Allowance:
    indicator = node.at("ChargeIndicator")
    if indicator not in {"true", "false", "1", "0"}:
        raise Unreadable("an allowance or charge does not say which of them it is")
    return Allowance(
        is_charge=indicator in {"true", "1"},
        amount=_money(node, "Amount"),
        reason=_text(node, "AllowanceChargeReason"),
        reason_code=_text(node, "AllowanceChargeReasonCode"),
        base=_money(node, "BaseAmount"),
        percentage=_number(node, "MultiplierFactorNumeric"),
        category=_category(node.first("TaxCategory")),
    )


def _tax_total(node: Node) -> TaxTotal:
    return TaxTotal(
        tax=_money(node, "TaxAmount"),
        subtotals=tuple(
            Subtotal(
                category=_category(each.first("TaxCategory")),
                taxable=_money(each, "TaxableAmount"),
                tax=_money(each, "TaxAmount"),
                exemption=_text(each, "TaxCategory/TaxExemptionReason"),
                exemption_code=_text(each, "TaxCategory/TaxExemptionReasonCode"),
            )
            for each in node.all("TaxSubtotal")
        ),
    )


def _totals(node: Node | None) -> Totals:
    found = node or Node("LegalMonetaryTotal", {})
    return Totals(
        lines=_money(found, "LineExtensionAmount"),
        allowances=_money(found, "AllowanceTotalAmount"),
        charges=_money(found, "ChargeTotalAmount"),
        tax_exclusive=_money(found, "TaxExclusiveAmount"),
        tax_inclusive=_money(found, "TaxInclusiveAmount"),
        prepaid=_money(found, "PrepaidAmount"),
        rounding=_money(found, "PayableRoundingAmount"),
        payable=_money(found, "PayableAmount"),
    )


def _line(node: Node, *, is_credit_note: bool) -> Line:
    quantity = "CreditedQuantity" if is_credit_note else "InvoicedQuantity"
    counted = node.first(quantity)
    base = node.first("Price/BaseQuantity")
    return Line(
        id=_text(node, "ID"),
        note=_text(node, "Note"),
        quantity=_number(node, quantity),
        unit_code=counted.attributes.get("unitCode", "").strip() if counted else "",
        net=_money(node, "LineExtensionAmount"),
        accounting_cost=_text(node, "AccountingCost"),
        period=_period(node.first("InvoicePeriod")),
        order_line=_text(node, "OrderLineReference/LineID"),
        name=_text(node, "Item/Name"),
        description=_text(node, "Item/Description"),
        item_number=_text(node, "Item/SellersItemIdentification/ID"),
        category=_category(node.first("Item/ClassifiedTaxCategory")),
        price=Price(
            amount=_money(node, "Price/PriceAmount"),
            base_quantity=_number(node, "Price/BaseQuantity"),
            base_unit=base.attributes.get("unitCode", "").strip() if base else "",
            discount=_money(node, "Price/AllowanceCharge/Amount"),
            gross=_money(node, "Price/AllowanceCharge/BaseAmount"),
            is_charge=node.at("Price/AllowanceCharge/ChargeIndicator") in {"true", "1"},
        ),
        allowances=tuple(_allowance(each) for each in node.all("AllowanceCharge")),
    )
