"""From the bytes of a file to a document, in the words that stand there.

Nothing is computed here, and only what cannot be a date or a number is refused: the rest is for `rules`.
"""

import base64
import binascii

from models.exchange.ehf.document import (
    Allowance,
    Attachment,
    Category,
    Delivery,
    Document,
    Line,
    Payment,
    Preceding,
    Price,
    References,
    Subtotal,
    TaxTotal,
    Totals,
)
from models.exchange.ehf.fields import clean, day, money, number, period, written
from models.exchange.ehf.parties import address, party
from models.exchange.ehf.xml import Node, Unreadable, parse

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
ENVELOPE = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"


def read(data: bytes) -> Document:
    """The document in a file; raises Unreadable."""
    root = _unwrapped(parse(data))
    if root.name not in {INVOICE, CREDIT_NOTE}:
        raise Unreadable("it is neither an invoice nor a credit note in UBL 2.1")
    is_credit_note = root.name == CREDIT_NOTE
    kind = "CreditNote" if is_credit_note else "Invoice"
    return Document(
        is_credit_note=is_credit_note,
        specification=root.at("CustomizationID"),
        process=root.at("ProfileID"),
        number=written(root, "ID"),
        issued_on=day(root, "IssueDate"),
        due_on=day(root, "DueDate") or day(root, "PaymentMeans/PaymentDueDate"),  # where a credit note has it
        type_code=root.at(f"{kind}TypeCode"),
        note="\n".join(clean(note.text) for note in root.all("Note")),
        tax_point=day(root, "TaxPointDate"),
        tax_point_code=root.at("InvoicePeriod/DescriptionCode"),
        currency=root.at("DocumentCurrencyCode"),
        tax_currency=root.at("TaxCurrencyCode"),
        references=_references(root),
        period=period(root.first("InvoicePeriod")),
        seller=party(root.first("AccountingSupplierParty/Party")),
        buyer=party(root.first("AccountingCustomerParty/Party")),
        payee=party(root.first("PayeeParty")),
        representative_vat=root.at("TaxRepresentativeParty/PartyTaxScheme/CompanyID"),
        delivery=_delivery(root),
        payments=tuple(_payment(means) for means in root.all("PaymentMeans")),
        terms="\n".join(clean(note.text) for note in root.all("PaymentTerms/Note")),
        attachments=_attachments(root),
        allowances=tuple(_allowance(each) for each in root.all("AllowanceCharge")),
        tax_totals=tuple(_tax_total(total) for total in root.all("TaxTotal")),
        totals=_totals(root.first("LegalMonetaryTotal")),
        lines=tuple(_line(line, is_credit_note=is_credit_note) for line in root.all(f"{kind}Line")),
    )


def _unwrapped(root: Node) -> Node:
    """The document itself, where it came in the envelope in which Peppol sends it; raises Unreadable."""
    if root.name != ENVELOPE:
        return root
    inside = [child for child in root.children if child.name in {INVOICE, CREDIT_NOTE}]
    if len(inside) != 1:
        raise Unreadable("it is an envelope (SBDH) with not exactly one invoice or credit note in UBL 2.1")
    return inside[0]


def _references(root: Node) -> References:
    ordered = root.first("OrderReference") or Node("OrderReference", {})
    return References(
        accounting_cost=written(root, "AccountingCost"),
        buyer=written(root, "BuyerReference"),
        order=written(ordered, "ID"),
        sales_order=written(ordered, "SalesOrderID"),
        contract=written(root, "ContractDocumentReference/ID"),
        project=_project(root),
        preceding=tuple(
            Preceding(written(reference, "ID"), day(reference, "IssueDate"))
            for reference in root.all("BillingReference/InvoiceDocumentReference")
        ),
    )


def _delivery(root: Node) -> Delivery:
    return Delivery(
        on=day(root, "Delivery/ActualDeliveryDate"),
        name=written(root, "Delivery/DeliveryParty/PartyName/Name"),
        address=address(root.first("Delivery/DeliveryLocation/Address")),
    )


def _project(root: Node) -> str:
    found = [
        written(reference, "ID")
        for reference in root.all("AdditionalDocumentReference")
        if reference.at("DocumentTypeCode") == "50"
    ]
    return written(root, "ProjectReference/ID") or next(iter(found), "")


def _payment(node: Node) -> Payment:
    return Payment(
        means_code=node.at("PaymentMeansCode"),
        kid=written(node, "PaymentID"),
        account=written(node, "PayeeFinancialAccount/ID"),
        account_name=written(node, "PayeeFinancialAccount/Name"),
        bank=written(node, "PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
        mandate=written(node, "PaymentMandate/ID"),
    )


def _attachments(root: Node) -> tuple[Attachment, ...]:
    return tuple(
        _attachment(reference)
        for reference in root.all("AdditionalDocumentReference")
        if reference.at("DocumentTypeCode") not in {"50", "130"}  # a project, an invoiced object
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
        reference=written(node, "ID"),
        description=written(node, "DocumentDescription"),
        filename=_without_folders(clean(binary.attributes.get("filename", ""))) if binary else "",
        media_type=clean(binary.attributes.get("mimeCode", "")) if binary else "",
        url=written(node, "Attachment/ExternalReference/URI"),
        content=content,
    )


def _without_folders(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _category(node: Node | None) -> Category | None:
    if node is None or not node.at("ID"):
        return None
    return Category(node.at("ID"), number(node, "Percent"))


def _allowance(node: Node) -> Allowance:
    indicator = node.at("ChargeIndicator")
    if indicator not in {"true", "false", "1", "0"}:
        raise Unreadable("an allowance or charge does not say which of them it is")
    return Allowance(
        is_charge=indicator in {"true", "1"},
        amount=money(node, "Amount"),
        reason=written(node, "AllowanceChargeReason"),
        reason_code=written(node, "AllowanceChargeReasonCode"),
        base=money(node, "BaseAmount"),
        percentage=number(node, "MultiplierFactorNumeric"),
        category=_category(node.first("TaxCategory")),
    )


def _tax_total(node: Node) -> TaxTotal:
    return TaxTotal(
        tax=money(node, "TaxAmount"),
        subtotals=tuple(
            Subtotal(
                category=_category(each.first("TaxCategory")),
                taxable=money(each, "TaxableAmount"),
                tax=money(each, "TaxAmount"),
                exemption=written(each, "TaxCategory/TaxExemptionReason"),
                exemption_code=written(each, "TaxCategory/TaxExemptionReasonCode"),
            )
            for each in node.all("TaxSubtotal")
        ),
    )


def _totals(node: Node | None) -> Totals:
    found = node or Node("LegalMonetaryTotal", {})
    return Totals(
        lines=money(found, "LineExtensionAmount"),
        allowances=money(found, "AllowanceTotalAmount"),
        charges=money(found, "ChargeTotalAmount"),
        tax_exclusive=money(found, "TaxExclusiveAmount"),
        tax_inclusive=money(found, "TaxInclusiveAmount"),
        prepaid=money(found, "PrepaidAmount"),
        rounding=money(found, "PayableRoundingAmount"),
        payable=money(found, "PayableAmount"),
    )


def _line(node: Node, *, is_credit_note: bool) -> Line:
    quantity = "CreditedQuantity" if is_credit_note else "InvoicedQuantity"
    counted = node.first(quantity)
    base = node.first("Price/BaseQuantity")
    return Line(
        id=written(node, "ID"),
        note=written(node, "Note"),
        quantity=number(node, quantity),
        unit_code=counted.attributes.get("unitCode", "").strip() if counted else "",
        net=money(node, "LineExtensionAmount"),
        accounting_cost=written(node, "AccountingCost"),
        period=period(node.first("InvoicePeriod")),
        order_line=written(node, "OrderLineReference/LineID"),
        name=written(node, "Item/Name"),
        description=written(node, "Item/Description"),
        item_number=written(node, "Item/SellersItemIdentification/ID"),
        category=_category(node.first("Item/ClassifiedTaxCategory")),
        price=Price(
            amount=money(node, "Price/PriceAmount"),
            base_quantity=number(node, "Price/BaseQuantity"),
            base_unit=base.attributes.get("unitCode", "").strip() if base else "",
            discount=money(node, "Price/AllowanceCharge/Amount"),
            gross=money(node, "Price/AllowanceCharge/BaseAmount"),
            is_charge=node.at("Price/AllowanceCharge/ChargeIndicator") in {"true", "1"},
        ),
        allowances=tuple(_allowance(each) for each in node.all("AllowanceCharge")),
    )
