"""Documents: tagged, in Norwegian, the same each time, and nothing that was typed is markup."""

from collections import Counter
from io import BytesIO
from typing import Any

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from models.exchange.pdf import write_pdf

INVOICE: dict[str, Any] = {
    "title": "Faktura 2017-118350",
    "author": "Bedriftshelsen AS",
    "seller": {"name": "Bedriftshelsen AS", "lines": ["Storgata 1", "0155 Oslo"]},
    "buyer": {"name": "Testbedriften AS", "lines": []},
    "about": [["Fakturadato", "31.12.2017"], ["Deres referanse", ""]],
    "pay_title": "Betaling",
    "pay": [["Å betale", "kr 1\u00a0500,00"], ["KID", "118377-"]],
    "notes": ["Første linje.\n#strong[tredje] *linje* <b>"],
    "line_heads": ["Beskrivelse", "Antall", "Pris", "Mva.", "Beløp"],
    "lines": [[{"name": "Helsekontroll", "more": ['$x$ #read("frame/_bar.html")']}, "1", "1\u00a0500,00", "0 %", "1"]],
    "vat_heads": ["Sats", "Grunnlag", "Mva."],
    "vat": [["25 %", "0,00", "0,00"]],
    "sum_heads": ["Sum", "NOK"],
    "sums": [["Å betale", "1\u00a0500,00", True]],
    "attachments": ["rapport.pdf"],
}


def test_a_document_is_tagged_titled_and_in_norwegian() -> None:
    pdf = PdfReader(BytesIO(write_pdf("invoices/invoice.typ", INVOICE)))
    root: Any = pdf.root_object
    assert root["/Lang"] == "nb"
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("Faktura 2017-118350", "Bedriftshelsen AS")
    assert claims_to_be_accessible(pdf)
    tags = tags_of(pdf)
    assert tags["/H1"] == 1
    assert tags["/H2"] == 5
    assert (tags["/Table"], tags["/THead"], tags["/TH"]) == (3, 3, 10)
    assert tags["/LI"] == 1


def test_what_was_typed_is_never_markup() -> None:
    text = text_of(write_pdf("invoices/invoice.typ", INVOICE))
    assert "Første linje.\n#strong[tredje] *linje* <b>" in text
    assert '$x$ #read("frame/_bar.html")' in text
    assert "kr 1\u00a0500,00" in text
    assert "118377-" in text
    assert "Deres referanse" not in text, "a label without a value is left out"


def test_the_same_facts_give_the_same_bytes() -> None:
    assert write_pdf("invoices/invoice.typ", INVOICE) == write_pdf("invoices/invoice.typ", INVOICE)


def test_a_sign_that_no_font_has_does_not_stop_the_document() -> None:
    facts = INVOICE | {"notes": ["王芳 sier 👍"]}
    pdf = PdfReader(BytesIO(write_pdf("invoices/invoice.typ", facts)))
    assert tags_of(pdf)["/H1"] == 1, "still tagged"
    assert not claims_to_be_accessible(pdf)


def test_a_fault_of_a_template_is_not_hidden() -> None:
    with pytest.raises(typst.TypstError):
        write_pdf("invoices/invoice.typ", {"title": "Uten resten", "author": ""})


def text_of(pdf: bytes) -> str:
    """What a reader of the document reads, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def claims_to_be_accessible(pdf: PdfReader) -> bool:
    """Whether it calls itself PDF/UA-1."""
    root: Any = pdf.root_object
    return b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def tags_of(pdf: PdfReader) -> Counter[str]:
    """How many there are of each kind of element in the document's structure."""
    found: Counter[str] = Counter()

    def count(element: object) -> None:
        if isinstance(element, IndirectObject):
            element = element.get_object()
        if isinstance(element, ArrayObject):
            for child in element:
                count(child)
        elif isinstance(element, DictionaryObject) and "/S" in element:
            found[str(element["/S"])] += 1
            count(element.get("/K"))

    root: Any = pdf.root_object
    count(root["/StructTreeRoot"]["/K"])
    return found
