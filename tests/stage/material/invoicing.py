"""Invoices for the stories: written as EHF, and taken in as real ones are."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models.demo.ehf import write
from models.demo.papers import Item, Paper, Side
from models.exchange.ehf.files import Found
from models.exchange.ehf.intake import take_in
from tests.stage.times import NOW

TESTBEDRIFTEN = Side("Testbedriften AS", "311661310")
BERGEN_TEST = Side("Bergen TEST", "318609136")
FJORDBYGG = Side("Fjordbygg Entreprenør AS", "319099603")
BERGEN = Side("Bergen", "313082466")
STAVANGER = Side("Stavanger", "312819481")
BRANN = Side("Brann og redning", "319754326")


def paper(number: str, buyer: Side, issued_on: date, amount: str = "1500.00", **more: Any) -> Paper:
    """An invoice of one line that is exempt from VAT, due after 20 days; `more` is what is not ordinary."""
    ordinary: dict[str, Any] = {
        "items": (Item("Helsekontroll", Decimal(amount), category="E", rate=Decimal(0)),),
        "due_on": issued_on + timedelta(days=20),
        "reference": "PO 4711",
    }
    return Paper(number, buyer, issued_on, **ordinary | more)


def let_in(db: Session, *papers: Paper) -> list[bytes]:
    """Put invoices into the portal; gives the files that they came as."""
    files = [write(each) for each in papers]
    for each, data in zip(papers, files, strict=True):
        result = take_in(db, Found(f"{each.number}.xml", len(data), data), now=NOW)
        assert not result.refusal, result
    db.commit()
    return files
