"""EHF documents: what is right is read to the øre, what is wrong is refused and says why, and nothing does harm."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demo.papers import Item, Paper, Reduction
from models.exchange.ehf.reading import read
from models.exchange.ehf.rules import faults_in
from models.exchange.ehf.xml import DEEPEST, LARGEST_FILE
from tests.stage.material.papers import HELSE, KURS, altered, checked, credit, paper, without, write

D = Decimal
CATEGORIES = [
    ("S", D(25)),
    ("S", D(15)),
    ("S", D("11.11")),
    ("Z", D(0)),
    ("E", D(0)),
    ("AE", D(0)),
    ("K", D(0)),
    ("G", D(0)),
    ("L", D(7)),
    ("M", D(4)),
]
RIGHT = {
    "an ordinary one": paper(),
    **{f"{code} {rate}": paper("1", replace(KURS, category=code, rate=rate), KURS) for code, rate in CATEGORIES},
    "outside the scope of VAT": paper("1", replace(KURS, category="O", rate=None)),
    "one of each rate": paper("1", *(replace(KURS, category=code, rate=rate) for code, rate in CATEGORIES)),
    "an allowance and a charge": paper(reductions=(Reduction("Rabatt", D("199.99")), Reduction("Frakt", D("-80.50")))),
    "both on a line": paper("1", replace(KURS, reductions=(("Rabatt", D("99.99")), ("Gebyr", D("-12.34"))))),
    "prepaid": paper(prepaid=D(1000)),
    "prepaid in full": paper("1", HELSE, prepaid=D(3540)),
    "rounded up": paper("1", Item("Time", D("333.33")), rounding=D("0.34")),
    "rounded down": paper("1", Item("Time", D("333.33")), rounding=D("-0.66")),
    "negative": paper("1", replace(KURS, quantity=D(-6)), credits=("2026-1",)),
    "a credit note": credit("2", "2026-1"),
    "a credit note for two": credit("2", "2026-1", "2026-3"),
    "in euro": paper(currency="EUR"),
    "in Swedish crowns, VAT in kroner": paper(currency="SEK", tax_currency="NOK", tax_in_tax_currency=D("2400.10")),
    "in yen": paper("1", Item("Kurs", D(120000)), currency="JPY"),
    "with attachments": paper(
        attachments=(("timer.csv", "text/csv", b"a;b\n"), ("bilde.png", "image/png", bytes(range(256)))),
        links=(("Avtale", "https://bht.example/avtale"),),
    ),
    "a price for a hundred": paper("1", Item("Hansker", D("12.3456"), D(250), base_quantity=D(100))),
    "a small quantity": paper("1", Item("Time", D(1290), D("0.333"))),
    "nothing": paper("1", Item("Gratis", D(0))),
    "a large one": paper("1", replace(HELSE, price=D("1234567.89"), quantity=D(1))),
    "500 lines": paper("1", *(Item(f"Linje {n}", D("99.37"), D(n)) for n in range(1, 501))),
    "an order only": paper(reference="", order="4500012345"),
    "a period": paper(period=(date(2026, 7, 1), date(2026, 9, 30)), delivered_on=date(2026, 9, 30)),
}


@pytest.mark.parametrize("written", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_let_through_with_every_amount_as_in_the_file(written: Paper) -> None:
    document = read(write(written))
    assert faults_in(document) == []
    totals = document.totals
    assert totals.payable
    assert totals.payable.value == written.payable
    assert totals.tax_inclusive
    assert totals.tax_inclusive.value == written.total
    assert [line.net.value for line in document.lines if line.net] == [item.net for item in written.items]
    breakdown = {
        (each.category.code, each.category.rate): each.taxable.value
        for each in document.tax_totals[0].subtotals
        if each.category and each.taxable
    }
    assert breakdown == written.bases
    assert str(checked(written)) == f"ok {written.number} {written.payable:.2f} {written.currency}"


def test_everything_on_it_is_read() -> None:
    document = read(
        write(
            paper(
                kid="20260001183710",
                note="Takk & på <gjensyn>",
                sales_order="307390",
                period=(date(2026, 7, 1), date(2026, 9, 30)),
                attachments=(("bilde.png", "image/png", bytes(range(256))),),
                links=(("Avtale", "https://bht.example/avtale"),),
            )
        )
    )
    assert (document.number, document.issued_on, document.due_on) == ("2026-1", date(2026, 9, 1), date(2026, 9, 21))
    assert (document.references.buyer, document.references.order, document.references.sales_order) == (
        "PO-1",
        "NA",
        "307390",
    )
    assert document.note == "Takk & på <gjensyn>"
    assert document.payments[0].kid == "20260001183710"
    assert document.payments[0].account == "99991000018"
    assert document.buyer
    assert document.buyer.legal_id
    assert (document.buyer.name, document.buyer.legal_id.value) == ("Testbedriften AS", "311661310")
    assert document.seller
    assert (document.seller.vat_id, document.seller.tax_ids) == ("NO310000019MVA", ("Foretaksregisteret",))
    assert document.attachments[0].content == bytes(range(256))
    assert document.attachments[1].url == "https://bht.example/avtale"
    assert document.period
    assert document.period.end == date(2026, 9, 30)


WRONG = {
    "BR-CO-10": paper(overrides={"LineExtensionAmount": "13440.01"}),
    "BR-CO-11": paper(reductions=(Reduction("Rabatt", D(10)),), overrides={"AllowanceTotalAmount": "11"}),
    "BR-CO-12": paper(reductions=(Reduction("Frakt", D(-10)),), overrides={"ChargeTotalAmount": "9"}),
    "BR-CO-13": paper(overrides={"TaxExclusiveAmount": "13440.01"}),
    "BR-CO-14": paper(overrides={"TaxAmount": "2475.01"}),
    "BR-CO-15": paper(overrides={"TaxInclusiveAmount": "15915.01"}),
    "BR-CO-16": paper(prepaid=D(5), overrides={"PayableAmount": "15910.01"}),
    "BR-CO-17": altered(">2475.00<", ">2400.00<"),
    "BR-S-08": altered(">9900.00</cbc:TaxableAmount>", ">9902.00</cbc:TaxableAmount>"),
    "BR-E-08": altered(">3540.00</cbc:TaxableAmount>", ">3540.01</cbc:TaxableAmount>"),
    "BR-E-09": altered('<cbc:TaxAmount currencyID="NOK">0.00<', '<cbc:TaxAmount currencyID="NOK">1.00<'),
    "BR-E-10": without("cbc:TaxExemptionReason"),
    "BR-E-01": altered(
        "<cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxEx",
        "<cbc:ID>Z</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxEx",
    ),
    "BR-S-05": paper("1", replace(KURS, rate=D(0))),
    "BR-E-05": paper("1", replace(HELSE, rate=D(12))),
    "BR-O-05": paper("1", replace(KURS, category="O", rate=D(0))),
    "BR-O-12": paper("1", replace(KURS, category="O", rate=None), HELSE),
    "BR-S-02": without("cac:PartyTaxScheme"),
    "BR-CO-18": without("cac:TaxTotal"),
    "PEPPOL-EN16931-R120": altered(
        ">9900.00</cbc:LineExtensionAmount><cac:Item>", ">9900.03</cbc:LineExtensionAmount><cac:Item>"
    ),
    "PEPPOL-EN16931-R003": paper(reference=""),
    "PEPPOL-EN16931-R001": without("cbc:ProfileID"),
    "PEPPOL-EN16931-R010": altered('0192">311661310</cbc:EndpointID>', '0192"></cbc:EndpointID>'),
    "PEPPOL-EN16931-R020": altered('0192">310000019</cbc:EndpointID>', '0192"></cbc:EndpointID>'),
    "PEPPOL-EN16931-R051": altered('<cbc:PayableAmount currencyID="NOK"', '<cbc:PayableAmount currencyID="SEK"'),
    "PEPPOL-EN16931-R005": paper(tax_currency="NOK"),
    "PEPPOL-EN16931-R055": paper(tax_currency="EUR", tax_in_tax_currency=D(-1)),
    "PEPPOL-EN16931-R121": paper("1", replace(KURS, base_quantity=D(-1))),
    "PEPPOL-EN16931-R130": altered(
        'unitCode="EA">100<', 'unitCode="HUR">100<', paper("1", replace(KURS, base_quantity=D(100)))
    ),
    "BR-01": without("cbc:CustomizationID"),
    "BR-02": without("cbc:ID!"),
    "BR-03": without("cbc:IssueDate"),
    "BR-04": without("cbc:InvoiceTypeCode"),
    "BR-05": without("cbc:DocumentCurrencyCode"),
    "BR-CL-04": paper(currency="kr"),
    "BR-06": altered("<cbc:RegistrationName>Bedriftshelsetjenesten AS</cbc:RegistrationName>", "").replace(
        b"<cac:PartyName><cbc:Name>Bedriftshelsetjenesten AS</cbc:Name></cac:PartyName>", b""
    ),
    "BR-07": without("cac:AccountingCustomerParty"),
    "BR-08": without("cac:PostalAddress!"),
    "BR-11": altered("NO</cbc:IdentificationCode>", "</cbc:IdentificationCode>"),
    "BR-12": without("cbc:LineExtensionAmount"),
    "BR-13": without("cbc:TaxExclusiveAmount"),
    "BR-14": without("cbc:TaxInclusiveAmount"),
    "BR-15": without("cbc:PayableAmount"),
    "BR-16": without("cac:InvoiceLine"),
    "BR-21": altered("<cac:InvoiceLine><cbc:ID>1</cbc:ID>", "<cac:InvoiceLine>"),
    "BR-22": without("cbc:InvoicedQuantity!"),
    "BR-23": altered(' unitCode="EA"', ""),
    "BR-25": altered("<cbc:Name>Helsekontroll</cbc:Name>", ""),
    "BR-26": without("cac:Price!"),
    "BR-27": paper("1", replace(KURS, price=D(-1))),
    "BR-CO-04": without("cac:ClassifiedTaxCategory!"),
    "BR-CO-09": altered("Scheme><cbc:CompanyID>NO", "Scheme><cbc:CompanyID>no"),
    "PEPPOL-COMMON-R041": altered('schemeID="0192">311661310', 'schemeID="0192">311 661 310 MVA'),
    "PEPPOL-COMMON-R041 ": altered('schemeID="0192">311661310', 'schemeID="0192">311661311'),
    "BR-61": without("cac:PayeeFinancialAccount"),
    "BR-53": altered("<cbc:BuyerReference>", "<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode><cbc:BuyerReference>"),
    "BR-55": altered("<cbc:ID>2026-9</cbc:ID>", "", credit("1", "2026-9")),
    "BR-33": altered(
        "<cbc:AllowanceChargeReason>Rabatt</cbc:AllowanceChargeReason>",
        "",
        paper(reductions=(Reduction("Rabatt", D(1)),)),
    ),
    "BR-29": paper(period=(date(2026, 9, 30), date(2026, 7, 1))),
    "PEPPOL-EN16931-R051 ": altered('<cbc:PriceAmount currencyID="NOK"', '<cbc:PriceAmount currencyID="SEK"'),
    "BR-DEC ": altered(
        ">2400.10<", ">2400.105<", paper(currency="SEK", tax_currency="NOK", tax_in_tax_currency=D("2400.10"))
    ),
    "BR-DEC": altered(">15915.00</cbc:PayableAmount>", ">15915.000</cbc:PayableAmount>"),
}


@pytest.mark.parametrize(("rule", "broken"), WRONG.items(), ids=WRONG)
def test_what_is_wrong_is_refused_by_its_rule(rule: str, broken: bytes | Paper) -> None:
    result, rule = checked(broken), rule.strip()
    assert result.refusal.startswith(f"{rule}:") or f"; {rule}:" in result.refusal, result.refusal
    assert str(result).startswith("refused faktura.xml ")
    assert "\n" not in str(result)


def test_rounding_is_tolerated_as_far_as_the_standard_does() -> None:
    """BR-CO-17 and BR-S-08: less than one off, where the sums agree; R120: two hundredths."""
    assert not checked(altered("2475.00", "2475.99").replace(b"15915.00", b"15915.99")).refusal
    assert checked(altered("2475.00", "2476.00").replace(b"15915.00", b"15916.00")).refusal.startswith("BR-CO-17")
    line = paper("1", Item("Time", D("33.333"), D(3)), HELSE)  # 99.999 is 100.00
    assert not checked(line).refusal


def test_a_document_of_the_standard_alone_is_not_held_to_the_rules_of_peppol() -> None:
    plain = altered("#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "", paper(reference=""))
    assert not checked(plain).refusal
    other = altered(
        "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "urn:www.cenbii.eu:2.0"
    )
    assert checked(other).refusal.startswith("BR-01")


def test_what_the_standard_no_longer_asks_for_is_not_asked_for() -> None:
    """BR-CO-25 is gone from the artefacts of EN 16931 since 1.3.16: a payer without a due date is told none."""
    assert not checked(without("cbc:DueDate")).refusal


SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


def enveloped(*documents: bytes) -> bytes:
    """Documents in the envelope in which Peppol sends one."""
    inside = b"".join(document.partition(b"?>")[2] for document in documents)
    head = (
        f'<StandardBusinessDocument xmlns="{SBDH}"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion>'
    )
    return head.encode() + b"</StandardBusinessDocumentHeader>" + inside + b"</StandardBusinessDocument>"


@pytest.mark.parametrize("document", [paper(), credit("2", "2026-1")])
def test_an_envelope_is_opened(document: Paper) -> None:
    assert read(enveloped(write(document))) == read(write(document))
    assert not checked(enveloped(write(document))).refusal


@pytest.mark.parametrize("documents", [(), (b"<?xml?><Order/>",), (write(paper()), write(paper("2")))])
def test_an_envelope_without_one_invoice_is_refused_and_named(documents: tuple[bytes, ...]) -> None:
    assert checked(enveloped(*documents)).refusal.startswith("it is an envelope (SBDH) with not exactly one invoice")


def test_self_billed_documents_and_those_without_a_registered_name_are_taken() -> None:
    """The payer is the same, whoever wrote it; who a party is, its number says (decision 0020)."""
    for code in ("389", "393", "326"):
        assert not checked(altered("TypeCode>380<", f"TypeCode>{code}<")).refusal
    assert not checked(altered("poacc:billing:3.0", "poacc:selfbilling:3.0")).refusal
    name = "<cbc:RegistrationName>Bedriftshelsetjenesten AS</cbc:RegistrationName>"
    assert not checked(altered(name, "")).refusal


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">%s]><Invoice>&j;</Invoice>""" % b"".join(
    b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in range(ord("a"), ord("j"))
)
XML = write(paper())
HEAD = XML[: XML.index(b"<cbc:")]
HARMFUL = {
    "empty": (b"", "it is empty"),
    "blank": (b" \n\t", "it is empty"),
    "not XML": (b"Hei, her er fakturaen.", "it is not well-formed XML"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "it is not well-formed XML"),
    "half a file": (XML[: len(XML) // 2], "it is not well-formed XML"),
    "two roots": (XML + XML[38:], "it is not well-formed XML"),
    "another document": (b"<html></html>", "it is neither an invoice nor a credit note"),
    "an invoice without its namespace": (b"<Invoice/>", "it is neither an invoice nor a credit note"),
    "a document type": (XML.replace(b"?>\n", b"?>\n<!DOCTYPE Invoice>\n", 1), "it declares a document type"),
    "a billion laughs": (LAUGHS, "it declares a document type"),
    "a file of the server": (
        b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><Invoice>&f;</Invoice>',
        "it declares a document type",
    ),
    "an unknown entity": (altered("PO-1", "&secret;"), "it is not well-formed XML"),
    "windows-1252 that says UTF-8": (
        altered("Førstehjelpskurs", "F?rstehjelp").replace(b"F?", b"F\xf8"),
        "it is not well-formed XML",
    ),
    "an unknown encoding": (XML.replace(b"UTF-8", b"klingon", 1), "it is in an encoding that cannot be read"),
    "too deep": (HEAD + b"<a>" * DEEPEST * 100, "its elements lie more than"),
    "too many elements": (HEAD + b"<a/>" * 600_000, "it has more than"),
    "no date": (altered("2026-09-01", "01.09.2026"), "its IssueDate is not a date"),
    "a day that is not": (altered("2026-09-01", "2026-02-30"), "its IssueDate is not a date"),
    "no number": (
        altered(">15915.00</cbc:PayableAmount", ">15 915,00</cbc:PayableAmount"),
        "its PayableAmount is not a number",
    ),
    "infinity": (
        altered(">15915.00</cbc:PayableAmount", ">Infinity</cbc:PayableAmount"),
        "its PayableAmount is not a number",
    ),
    "not a number": (altered(">6<", ">NaN<"), "its InvoicedQuantity is not a number"),
    "scientific": (altered(">1650<", ">1e999999999<"), "its Price/PriceAmount is not a number"),
    "no Base64": (
        altered("YTti", "Y!ti", paper(attachments=(("a.csv", "text/csv", b"a;b"),))),
        "an attachment is not in Base64",
    ),
    "neither allowance nor charge": (
        altered("ChargeIndicator>false<", "ChargeIndicator>maybe<", paper(reductions=(Reduction("Rabatt", D(1)),))),
        "an allowance or charge does not say which",
    ),
}


NUMBERS = [
    "TaxAmount",
    "TaxableAmount",
    "Percent",
    "PayableAmount",
    "InvoicedQuantity",
    "LineExtensionAmount",
    "PriceAmount",
]


@pytest.mark.parametrize(("data", "reason"), HARMFUL.values(), ids=HARMFUL)
def test_what_cannot_be_read_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    assert checked(data).refusal.startswith(reason)


@given(st.integers(0, len(XML) - 1), st.integers(0, len(XML) - 1), st.binary(max_size=6))
def test_whatever_comes_it_is_read_or_refused(start: int, end: int, instead: bytes) -> None:
    result = checked(XML[:start] + instead + XML[max(start, end) :])
    assert result.number or result.refusal


@pytest.mark.rest  # as many numbers as one likes
@given(st.from_regex(r"[+-]?[0-9]{0,20}(\.[0-9]{0,20})?", fullmatch=True), st.sampled_from(NUMBERS))
def test_whatever_number_stands_there_it_is_worked_with_or_refused(number: str, element: str) -> None:
    start = XML.index(b">", XML.index(f"<cbc:{element}".encode())) + 1
    result = checked(XML[:start] + number.encode() + XML[XML.index(b"<", start) :])
    assert result.number or result.refusal


def test_a_hundred_megabytes_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.exchange.ehf.xml.expat", None)  # nobody is there to read them
    assert checked(b" " * (100 * 2**20)).refusal == f"it is larger than {LARGEST_FILE // 2**20} MB"


def test_other_encodings_that_are_true_are_read() -> None:
    for encoding in ("UTF-16", "ISO-8859-1", "windows-1252"):
        data = XML.decode().replace("UTF-8", encoding).encode(encoding)
        assert read(data).lines[0].name == "Førstehjelpskurs"


def test_signs_that_nobody_sees_are_gone() -> None:
    document = read(altered("PO-1", "PO\u202e-\x85\u20661\u2069"))
    assert document.references.buyer == "PO-1"
