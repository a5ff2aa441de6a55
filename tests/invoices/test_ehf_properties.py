"""No EHF, however broken, is an error, costs more than its size, or is kept as something else than what it says."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from models.demo.papers import Item
from models.exchange.ehf.intake import take_in
from models.invoices.contents import InvoiceDetails, InvoiceLine, original_of
from models.invoices.invoice import Invoice
from models.values.texts.invisible import visible
from tests.stage.costs import grows_with
from tests.stage.house import House
from tests.stage.material.papers import checked, found, paper, write
from tests.stage.times import NOW

ODD = [
    *("", " ", "0", "-1", "1e5", "NaN", "0.005", "9" * 20, "2026-02-30", "2026-12-31", "9999-12-31", "0001-01-01"),
    *("x" * 300, "æ" * 70, "\U0001f9ea" * 70, "\u202eabc\u200b", "a\nb", "a\u0301" * 40, "NOK", "S", "0192", "&<>'\""),
]
XML = write(paper("EHF-1"))


def broken(rng: Random, number: str) -> bytes:
    """A document in which one to three elements are gone, twice there, or say something else."""
    root = ET.fromstring(write(paper(number)))  # noqa: S314  # our own
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in rng.sample(sorted(parents, key=lambda each: each.tag), rng.randint(1, 3)):
        what = rng.choice(["gone", "twice", "other", "other", "other", "attribute"])
        if what == "gone" and element in list(parents[element]):
            parents[element].remove(element)
        elif what == "twice":
            parents[element].append(element)
        elif what == "attribute":
            for name in element.attrib:
                element.set(name, rng.choice(ODD))
        elif not list(element):
            element.text = rng.choice(ODD)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def said(data: bytes, path: str) -> str:
    """What a document says at a path of local names, as another reader finds it."""
    node = ET.fromstring(data).find("/".join(f"{{*}}{name}" for name in path.split("/")))  # noqa: S314  # our own
    return "" if node is None else visible(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", node.text or "")).strip()


@pytest.mark.rest  # many files
def test_what_is_broken_is_refused_or_kept_as_it_says(quiet_house: House) -> None:
    rng, kept = Random(15), list[str]()  # noqa: S311  # the same in each run
    with quiet_house.behind() as db:
        for at in range(150):
            data = broken(rng, f"EHF-{at}")
            result = take_in(db, found(data, f"{at}.xml"), now=NOW)
            db.flush()
            assert result.refusal or result.number, at
            if result.refusal:
                continue
            invoice = db.scalars(select(Invoice).where(Invoice.number == result.number)).one()
            assert invoice.number == said(data, "ID")
            assert invoice.issued_on == date.fromisoformat(said(data, "IssueDate"))
            assert invoice.due_on is None or invoice.due_on.isoformat() == said(data, "DueDate")
            assert invoice.payable == Decimal(said(data, "LegalMonetaryTotal/PayableAmount"))
            assert invoice.total == Decimal(said(data, "LegalMonetaryTotal/TaxInclusiveAmount"))
            assert original_of(db, invoice) == data
            lines = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.position)
            first = db.scalars(lines).first()
            assert first
            assert first.quantity == Decimal(said(data, "InvoiceLine/InvoicedQuantity"))
            assert first.net == Decimal(said(data, "InvoiceLine/LineExtensionAmount"))
            assert first.name == said(data, "InvoiceLine/Item/Name")
            details = db.scalars(select(InvoiceDetails).where(InvoiceDetails.invoice_id == invoice.id)).one()
            assert details.payable == invoice.payable
            kept.append(invoice.number)
        db.commit()
    assert len(kept) > 20, "enough of them are still invoices"
    testweb = quiet_house.sign_in("TESTWEB")
    for number in kept[:: len(kept) // 10]:
        assert testweb.open(f"/invoices/{number}").h1 == f"Faktura {number}"


GROWING = {
    "lines": lambda many: write(paper("EHF-1", *[Item("Kurs", Decimal(100), Decimal(1))] * many)),
    "notes": lambda many: XML.replace(b"<cbc:DocumentC", b"<cbc:Note>x</cbc:Note>" * many + b"<cbc:DocumentC"),
    "a long text": lambda many: XML.replace(b">PO-1<", b">" + b"P" * many * 100 + b"<"),
    "blanks in a number": lambda many: XML.replace(b">PO-1<", b">" + b" " * many * 100 + b"1<"),
    "depth": lambda many: XML.replace(b">PO-1<", b">" + b"<a>" * many + b"</a>" * many + b"<"),
    "attributes": lambda many: XML.replace(b"<cbc:ID>", b"<cbc:ID %b>" % b" ".join(b"a%d=''" % n for n in range(many))),
    "marks": lambda many: XML.replace(b">PO-1<", b">a" + "\u0301\u0316".encode() * many * 20 + b"<"),
    "an attachment": lambda many: XML.replace(b">PO-1<", b">" + b"QUJD" * many * 50 + b"<"),
}


@pytest.mark.parametrize("kind", GROWING)
def test_what_a_document_costs_grows_with_its_size_alone(kind: str) -> None:
    def of(many: int) -> Callable[[], object]:
        data = GROWING[kind](many)
        assert len(data) > len(XML) + 2 * many
        return lambda: checked(data)

    assert grows_with(16, of(100), of(1600), little=0.5) == ""
