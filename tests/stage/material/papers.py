"""EHF documents for the tests: one that is right, and ways to change it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from models.demo.ehf import write
from models.demo.papers import Item, Paper, Reduction, Side, due
from models.exchange.ehf.files import Found
from models.exchange.ehf.intake import Result, check

TESTBEDRIFTEN = Side("Testbedriften AS", "311661310")
BERGEN = Side("Bergen TEST", "318609136")
DAY = date(2026, 9, 1)

KURS = Item("Førstehjelpskurs", Decimal(1650), Decimal(6))
HELSE = Item("Helsekontroll", Decimal(1180), Decimal(3), category="E", rate=Decimal(0))


def paper(number: str = "2026-1", *items: Item, **changed: Any) -> Paper:
    """An ordinary invoice, with what is said about it changed."""
    ordinary = Paper(number, TESTBEDRIFTEN, DAY, items or (KURS, HELSE), due_on=due(DAY), reference="PO-1")
    return replace(ordinary, **changed)


def credit(number: str, *named: str, items: tuple[Item, ...] = (KURS, HELSE), **changed: Any) -> Paper:
    """A credit note that names invoices."""
    return paper(number, *items, is_credit_note=True, credits=named, due_on=None, **changed)


def found(data: bytes, name: str = "faktura.xml") -> Found:
    """A file with this content."""
    return Found(name, len(data), data)


def checked(data: bytes | Paper) -> Result:
    """What verifying it says."""
    return check(found(write(data) if isinstance(data, Paper) else data))


def altered(before: str, after: str, of: Paper | None = None) -> bytes:
    """An ordinary file in which a text, which is in it, is another."""
    text = write(of or paper()).decode()
    assert before in text
    return text.replace(before, after).encode()


def without(name: str, of: Paper | None = None) -> bytes:
    """An ordinary file from which the elements of a name are gone; the first of them only where it ends in `!`."""
    text = write(of or paper()).decode()
    once = name.endswith("!")
    name = name.rstrip("!")
    start, end = text.index(f"<{name}"), 0
    while start >= 0:
        end = text.index(f"</{name}>", start) + len(name) + 3
        text = text[:start] + text[end:]
        start = -1 if once else text.find(f"<{name}")
    return text.encode()


__all__ = ["Reduction", "altered", "checked", "credit", "found", "paper", "without", "write"]
