"""The values in a node of a document: texts, days, numbers, amounts, identifiers, as they stand there.

Only what cannot be a date or a number is refused; the rest is for `rules`.
"""

import re
from datetime import date
from decimal import Decimal

from models.exchange.ehf.document import Identifier, Money, Period
from models.exchange.ehf.xml import Node, Unreadable
from models.values.texts.invisible import visible

_DECIMAL = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Without blanks around it, and without signs that nobody sees."""
    return visible(_CONTROLS.sub("", text)).strip()


def written(node: Node, path: str) -> str:
    """What stands at a path, without what nobody sees; empty where nothing does."""
    return clean(node.at(path))


def day(node: Node, path: str) -> date | None:
    """The day at a path, None where there is none; raises Unreadable."""
    said = node.at(path)
    if not said:
        return None
    try:
        if not _DATE.fullmatch(said):
            raise ValueError("not written as a date")
        return date.fromisoformat(said)
    except ValueError:
        raise Unreadable(f"its {path} is not a date") from None


def _decimal(text: str, name: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise Unreadable(f"its {name} is not a number")
    return Decimal(text)


def number(node: Node, path: str) -> Decimal | None:
    """The number at a path, None where there is none; raises Unreadable."""
    return _decimal(node.at(path), path) if node.has(path) else None


def money(node: Node, path: str) -> Money | None:
    """The amount at a path with its currency, None where there is none; raises Unreadable."""
    found = node.first(path)
    if found is None:
        return None
    return Money(_decimal(found.text.strip(), path), found.attributes.get("currencyID", "").strip())


def identifier(node: Node, path: str) -> Identifier | None:
    """The identifier at a path with its scheme, None where there is none."""
    return Identifier(written(node, path), node.scheme(path)) if node.has(path) else None


def period(node: Node | None) -> Period | None:
    """A period, None where neither of its ends is given; raises Unreadable."""
    if node is None or not (node.has("StartDate") or node.has("EndDate")):
        return None
    return Period(day(node, "StartDate"), day(node, "EndDate"))
