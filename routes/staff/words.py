"""What was changed of a member of the staff, in words for the page."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from models.staff.log import Entry
from models.users.user import Role
from routes.staff.form import ROLES
from routes.web import words

_FIELDS = {"name": "navn", "email": "e-post", "phone": "telefon"}


def said(entry: Entry) -> str:
    """One change as a sentence."""
    return _SENTENCES[entry.action](entry.changed)


def _role(changed: Mapping[str, Any]) -> str:
    return ROLES[Role(changed["role"])].lower()


def _days(changed: Mapping[str, Any]) -> str:
    first, last = (words.date(date.fromisoformat(changed[name])) for name in ("from", "to"))
    return f"{changed['who']}, {first}–{last}"


def _handed_over(changed: Mapping[str, Any]) -> str:
    customers = "1 kunde" if changed["customers"] == 1 else f"{words.count(changed['customers'])} kunder"
    return f"{customers} overført til {changed['to'] or 'ingen'}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "added": lambda changed: f"Lagt til som {_role(changed)}",
    "named": lambda _changed: "Lagt til som kundeansvarlig, uten innlogging",
    "role": lambda changed: f"Ny rolle: {_role(changed)}",
    "changed": lambda changed: f"Endret {', '.join(_FIELDS[name] for name in changed['fields'])}",
    "invited": lambda _changed: "Invitert til å velge passord",
    "link": lambda _changed: "Ny passordlenke",
    "second factor removed": lambda _changed: "Totrinnsbekreftelsen er nullstilt",
    "handed over": _handed_over,
    "stand-in": lambda changed: f"Stedfortreder: {_days(changed)}",
    "no stand-in": lambda changed: f"Ikke lenger stedfortreder: {_days(changed)}",
    "left": lambda _changed: "Deaktivert",
    "came back": lambda _changed: "Aktivert igjen",
}
