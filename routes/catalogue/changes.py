"""What was changed in the catalogue, in words. Who may change what is in `models.catalogue.changes`."""

from typing import Any

from models.catalogue.entry import Meaning
from models.catalogue.log import Noted
from routes.web.words.labels import label

_DONE = {"added": "Lagt til", "removed": "Slettet", "changed": "Sett over"}
_FIELDS = {
    "name": "Navn",
    "meaning": "Betyr",
    "position": "Plass",
    "is_active": "I bruk",
    "is_checks": "Helsekontroller",
}


def said(noted: Noted) -> str:
    """One change as a sentence without a subject: whose it is stands before it."""
    parts = [
        f"{_FIELDS[name]}: {_value(name, before)} → {_value(name, after)}"
        for name, (before, after) in noted.changed.items()
    ]
    return ", ".join(parts) or _DONE[noted.action]


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return label(Meaning(value)) if name == "meaning" else str(value)
