"""The values that are written about an employee, and how those of the person are read, in a form and in a list alike.

Each `read_…` takes what was typed, cleaned, and raises ValueError with a Norwegian sentence for the field.
Names are read in `names`, what the work is, in `work`; identity number, address and
telephone number, in `models.values`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from models.core.base import Worded
from models.employees.names import read_name
from models.values.dates import parse_date


class Gender(Worded):
    """As the CRM says it; never derived from the identity number (U16)."""

    FEMALE = "female", "Kvinne"
    MALE = "male", "Mann"


@dataclass(frozen=True, slots=True)
class Details:
    """The values that the form shows and the list imports: the guide's six (AR1), and three of the work."""

    given_name: str
    family_name: str
    email: str | None
    """None only where it has been missing since before the portal asked for it (AR3)."""
    mobile: str | None
    birth_date: date | None
    unit_id: int
    employee_number: str | None = None
    job_title: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def work(self) -> tuple[str, ...]:
        """What an employee is found by besides name, address and telephone number."""
        return tuple(word for word in (self.employee_number, self.job_title, *self.groups) if word)

    def names_of_changes(self, other: "Details") -> tuple[str, ...]:
        """The names of the values that differ."""
        return tuple(name for name in DETAILS if getattr(self, name) != getattr(other, name))


DETAILS = tuple(field.name for field in fields(Details))
LABELS: dict[str, str] = {
    "given_name": "Fornavn",
    "family_name": "Etternavn",
    "email": "Epost",
    "mobile": "Mobil",
    "birth_date": "Fødselsdag",
    "unit_id": "Bedrift/avdeling",
    "employee_number": "Ansattnummer",
    "job_title": "Stilling",
    "groups": "Gruppe",
}
"""What the form calls them."""


def read_given_name(text: str) -> str:
    """A given name, with single blanks."""
    return read_name(text, "Skriv fornavnet.")


def read_family_name(text: str) -> str:
    """A family name, with single blanks."""
    return read_name(text, "Skriv etternavnet.")


def read_birth_date(text: str, *, today: date) -> date | None:
    """A day of birth, `dd.mm.åååå` or ISO; None where nothing is typed. No age is too low or too high (AR9)."""
    return no_birth_after(parse_date(text), today) if text.strip() else None


def no_birth_after(day: date, today: date) -> date:
    """The day of birth, if it is not to come; raises ValueError with the sentence for the field."""
    if day > today:
        raise ValueError("Fødselsdagen kan ikke være etter i dag.")
    return day


def facts_of(details: Details) -> dict[str, Any]:
    """The values as the CRM is told them; what is missing is null."""
    return {
        "given_name": details.given_name,
        "family_name": details.family_name,
        "email": details.email,
        "mobile": details.mobile,
        "birth_date": details.birth_date.isoformat() if details.birth_date else None,
        "employee_number": details.employee_number,
        "job_title": details.job_title,
        "groups": list(details.groups),
    }


def what_changed(before: Details, after: Details) -> dict[str, Any]:
    """The values that are another, as the log says them."""
    names = before.names_of_changes(after)
    sides = {"before": before, "after": after}
    told = {side: facts_of(details) | {"unit_id": details.unit_id} for side, details in sides.items()}
    return {"fields": list(names)} | {side: {name: told[side][name] for name in names} for side in sides}


def with_units(changed: dict[str, Any], units: Mapping[int, str]) -> dict[str, Any]:
    """The same with the names of units: numbers tell nobody anything."""
    return changed | {
        side: changed[side] | {"unit_id": units.get(changed[side]["unit_id"], "")}
        for side in ("before", "after")
        if "unit_id" in changed.get(side, {})
    }
