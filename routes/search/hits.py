"""What both boxes share: the text that is searched for, what was found of each kind, and how much that is.

Which kinds are asked for, is said by `page` and `desk`.
"""

from dataclasses import dataclass
from typing import Any

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


def count_text(*kinds: Hits) -> str:
    """What is announced."""
    count = sum(len(kind.rows) for kind in kinds)
    over = "Over " if any(kind.more for kind in kinds) else ""
    return f"{over}{count} treff" if count else "Ingen treff"
