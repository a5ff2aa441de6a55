"""What both boxes share: the text that is searched for, what was found of each kind, and how much that is.

Which kinds are asked for, is said by `page` and `desk`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from models.orders.order import Parts
from models.values.finding.passages import Passage, passage, says
from models.values.finding.pieces import sought
from routes.web.fields import Text, at_most
from routes.web.forms import PortalForm

SHOWN = 10
"""So many of each kind; the lists have the rest."""
SHORTEST = 2


class EverythingSearch(PortalForm):
    """What somebody holds in the hand."""

    q = Text("Søk:", [at_most(100)])

    @property
    def wanted(self) -> str:
        """What to search for; nothing where it is too short or too long."""
        typed = self.q.data or ""
        return "" if self.errors or len(typed) < SHORTEST else typed


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found of one kind, and where the rest is."""

    rows: list[Any]
    more: str | None = None


class _Order(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def what(self) -> str: ...
    @property
    def product_group(self) -> str | None: ...
    @property
    def parts(self) -> Parts: ...


@dataclass(frozen=True, slots=True)
class OrderHit:
    """An order that was found, and where, if its line does not show it."""

    order: Any
    passage: Passage | None
    in_messages: bool

    @classmethod
    def of(cls, order: _Order, text: str) -> "OrderHit":
        """Look for what was typed in the line, then in what was ordered; what is in neither is in a message."""
        wanted = sought(text).words or tuple(word for word in sought(text).pieces)
        line = f"{order.number} {order.what} {order.parts.reference}"
        hidden = [word for word in wanted if not says(line, word)]
        written = f"{order.product_group or ''} {order.parts.composed}"
        return cls(order, passage(written, hidden), any(not says(written, word) for word in hidden))


def count_text(*kinds: Hits) -> str:
    """What is announced."""
    count = sum(len(kind.rows) for kind in kinds)
    over = "Over " if any(kind.more for kind in kinds) else ""
    return f"{over}{count} treff" if count else "Ingen treff"
