"""How an entry of the log is tied to the one before it, so that whoever changes one afterwards is found out.

Which entries there are, and when they are tied, is in `models.core.audit`; who looks whether it still holds, in
`models.log.verification`.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

START = ""
"""What the first entry of a customer is tied to."""


class Tied(Protocol):
    """What stands in an entry, as far as the chain holds it."""

    @property
    def customer_id(self) -> int:
        """Whose it is."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def actor(self) -> str:
        """Who."""

    @property
    def about(self) -> str:
        """What it happened to."""

    @property
    def action(self) -> str:
        """What."""

    @property
    def content(self) -> str | None:
        """The digest of what was changed."""


def digest_of_content(changed: Mapping[str, Any], salt: str) -> str:
    """What stays in the chain of what was changed, once that is erased.

    The salt goes with the content: without it nobody finds a name again by trying many.
    """
    return hashlib.sha256(f"{salt}\n{_written(changed)}".encode()).hexdigest()


def digest_of_entry(before: str, number: int, entry: Tied) -> str:
    """What ties an entry to the one before, whose digest is `before`."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = [before, number, entry.customer_id, at, entry.actor, entry.about, entry.action, entry.content]
    return hashlib.sha256(_written(facts).encode()).hexdigest()


def _written(value: object) -> str:
    """The same text for the same value, however a database keeps it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
