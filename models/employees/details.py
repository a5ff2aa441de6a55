"""The six values that are written about an employee, and how each of them is read, in a form and in a list alike.

Each `read_…` takes what was typed, cleaned, and raises ValueError with a Norwegian sentence for the field.
The identity number is read in `models.values.national_id`.
"""

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from models.values.dates import parse_date

LONGEST_NAME = 100
_LONGEST_EMAIL = 254
_LONGEST_LOCAL = 64
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[^@\s]+", re.IGNORECASE)
_LABEL = re.compile(r"[^\W_]([^\W_]|-){0,61}[^\W_]|[^\W_]")
_BETWEEN_DIGITS = re.compile(r"[\s().\-\u2010-\u2015\u200b\u2060/]")


@dataclass(frozen=True, slots=True)
class Details:
    """The six values that the form shows and the list imports (AR1)."""

    given_name: str
    family_name: str
    email: str | None
    """None only where it has been missing since before the portal asked for it (AR3)."""
    mobile: str | None
    birth_date: date | None
    unit_id: int

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
}
"""What the form calls them."""


def read_given_name(text: str) -> str:
    """A given name, with single blanks."""
    return _name(text, "Skriv fornavnet.")


def read_family_name(text: str) -> str:
    """A family name, with single blanks."""
    return _name(text, "Skriv etternavnet.")


def read_email(text: str) -> str:
    """An address that looks like one (AN2, AR3)."""
    address = text.strip().removeprefix("mailto:")
    if not address:
        raise ValueError("Skriv e-postadressen. Uten den får ikke den ansatte informasjon om timene sine.")
    if len(address) > _LONGEST_EMAIL or len(address.partition("@")[0]) > _LONGEST_LOCAL:
        raise ValueError("E-postadressen er for lang.")
    if " " in address or "," in address or ";" in address:
        raise ValueError("Skriv bare én e-postadresse, uten mellomrom.")
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    if not local or len(labels) < 2 or dots or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("Skriv e-postadressen slik: navn@firma.no.")
    if not _EMAIL.fullmatch(address):
        raise ValueError("Foran @ kan en e-postadresse bare ha bokstavene a til z, tall og enkelte tegn.")
    return address


def read_mobile(text: str) -> str | None:
    """A telephone number: eight digits, or + and a foreign one, without blanks; None where nothing is typed (AR10)."""
    number = _BETWEEN_DIGITS.sub("", text)
    if not number:
        return None
    number = f"+{number[2:]}" if number.startswith("00") else number
    if re.fullmatch(r"\+47[0-9]{8}", number):
        return number.removeprefix("+47")
    if re.fullmatch(r"[0-9]{8}", number) or re.fullmatch(r"\+(?!47|0)[0-9]{7,15}", number):
        return number
    if re.fullmatch(r"\+?[0-9]+", number):
        raise ValueError(
            f"Et norsk nummer har 8 sifre, og her står det {len(number.removeprefix('+47').lstrip('+'))}. "
            "Begynn et utenlandsk nummer med + og landkoden."
        )
    raise ValueError("Et mobilnummer har bare tall, for eksempel 412 44 845 eller +46 70 123 45 67.")


def read_birth_date(text: str, *, today: date) -> date | None:
    """A day of birth, `dd.mm.åååå` or ISO; None where nothing is typed. No age is too low or too high (AR9)."""
    if not text.strip():
        return None
    day = parse_date(text)
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
    }


def _name(text: str, missing: str) -> str:
    name = " ".join(text.split())
    if not any(letter.isalpha() for letter in name):
        raise ValueError(missing)
    if len(name) > LONGEST_NAME:
        raise ValueError(f"Navnet kan ha høyst {LONGEST_NAME} tegn, og her står det {len(name)}.")
    if "@" in name:
        raise ValueError("Dette er en e-postadresse, ikke et navn.")
    return name
