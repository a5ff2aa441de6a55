"""What each row of a list of customers says: its cells, read; what cannot be read is a fault of its cell.

What becomes of a row is found out where it is brought in, in `bringing`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.core.scope import Right
from models.imports.customers.headings import NAMES, Column
from models.imports.rows import Row, rows_of
from models.users.changes import LONGEST_NAME, Person
from models.values import email_address
from models.values.dates import parse_date
from models.values.national_id import mask_in
from models.values.organisation_number import read_number
from models.values.tables import Line
from models.values.texts.folding import fold

RIGHTS = {
    Right.ORDERS: ("bestilling", "bestillinger", "orders"),
    Right.EMPLOYEES: ("ansatte", "ansatt", "employees"),
    Right.INVOICES: ("fakturaer", "faktura", "invoices"),
    Right.REPORTS: ("rapporter", "rapport", "reports"),
    Right.ADMINISTRATOR: ("administrator", "admin"),
}
"""How each is written, the portal's own word first."""
_ALL = ("alle", "alt", "all")
_STEPS = re.compile(r"\s*[>\u203a»]\s*")
_WITH_ADDRESS = re.compile(r"(.*?)\s*[<(]\s*(\S+@\S+?)\s*[>)]")
_MASK = "*****"
"""What the page has put into the place of an identity number, which is wrong there as well."""
_LONGEST = 200
_LONGEST_AGREEMENT = 100


@dataclass(frozen=True, slots=True)
class Manager:
    """An account manager as a list names one: by name, by address, or by both, and then one may be new."""

    name: str
    email: str


@dataclass(slots=True)
class Read:
    """A row as it was read, and what becomes of it."""

    row: Row
    number: str
    name: str = ""
    path: tuple[str, ...] = ()
    """The names of the units down to the one that it is about; of the company itself there is none."""
    unit_number: str | None = None
    manager: Manager | None = None
    agreement: str = ""
    """What was agreed on with the customer,"""
    agreement_until: date | None = None
    """and until when."""
    person: Person | None = None
    username: str = ""
    rights: frozenset[Right] = frozenset()
    new: list[str] = field(default_factory=list)
    """What it adds, in words,"""
    changed: list[str] = field(default_factory=list)
    """and what it changes."""

    def refuse(self, column: Column, sentence: str) -> None:
        """Note what is wrong with a cell."""
        self.row.faults.setdefault(column.value, sentence)


def read_rows(lines: Sequence[Line], columns: Sequence[Column | None], today: date) -> list[Read]:
    """All rows, each with the faults that it has by itself, or beside the others."""
    read = [_read(row, today) for row in rows_of(lines, columns)]
    names: dict[str, Read] = {}
    people: dict[str, Read] = {}
    for one in read:
        if one.name and one.number:
            first = names.setdefault(one.number, one)
            if fold(first.name) != fold(one.name):
                one.refuse(Column.CUSTOMER, f"Kunden heter «{first.name}» på rad {first.row.number}.")
        if one.person:
            first = people.setdefault(one.username.casefold(), one)
            if first.person and fold(first.person.email) != fold(one.person.email):
                one.refuse(Column.USERNAME, f"Rad {first.row.number} har brukernavnet med en annen e-postadresse.")
    return read


def _read(row: Row, today: date) -> Read:
    def value(column: Column, read: Callable[[str], Any], otherwise: Any) -> Any:
        said = row.values.get(column, "")
        try:
            if mask_in(said, today=today)[1] or _MASK in said:
                raise ValueError("Her står det et fødselsnummer. Det hører ikke hjemme i denne lista.")
            return read(said) if said else otherwise
        except ValueError as wrong:
            row.faults[column.value] = str(wrong)
            return otherwise

    one = Read(
        row,
        number=value(Column.NUMBER, read_number, ""),
        name=value(Column.CUSTOMER, _name, ""),
        path=value(Column.UNIT, _path, ()),
        unit_number=value(Column.UNIT_NUMBER, read_number, None),
        manager=value(Column.MANAGER, _manager, None),
        agreement=value(Column.AGREEMENT, _agreement, ""),
        agreement_until=value(Column.UNTIL, parse_date, None),
        rights=value(Column.RIGHTS, _rights, frozenset()),
    )
    full_name = value(Column.FULL_NAME, _name, "")
    email = value(Column.EMAIL, email_address.read, "")
    one.username = value(Column.USERNAME, _username, email if len(email) <= LONGEST_NAME else "")
    if any(row.values.get(c) for c in (Column.FULL_NAME, Column.EMAIL, Column.USERNAME, Column.RIGHTS)):
        _check_user(one, full_name, email)
        one.person = Person(full_name, email)
    if not one.number:
        one.refuse(Column.NUMBER, "Skriv kundens organisasjonsnummer.")
    if one.unit_number and not one.path:
        one.refuse(Column.UNIT, "Skriv navnet på avdelingen som har dette organisasjonsnummeret.")
    _check_agreement(one)
    return one


def _check_agreement(one: Read) -> None:
    """A day is the end of something, and an agreement is the whole customer's."""
    if one.agreement_until and not one.agreement:
        one.refuse(Column.AGREEMENT, "Skriv hva avtalen gjelder, for eksempel BHT.")
    if one.agreement and one.path:
        one.refuse(Column.AGREEMENT, "En avtale er hele kundens. Skriv den på en rad uten avdeling.")


def _check_user(one: Read, full_name: str, email: str) -> None:
    """Whoever is to sign in has a name, an address, a user name and a right."""
    if not full_name:
        one.refuse(Column.FULL_NAME, "Skriv navnet på brukeren.")
    if not email:
        one.refuse(Column.EMAIL, "Skriv e-postadressen. Dit går invitasjonen.")
    if email and not one.username:
        one.refuse(Column.USERNAME, "Skriv et brukernavn. E-postadressen er for lang til å være det.")
    if not one.rights:
        words = ", ".join(each[0] for each in RIGHTS.values())
        one.refuse(Column.RIGHTS, f"Skriv minst én rettighet: {words}, eller alle.")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > _LONGEST:
        raise ValueError(f"Navnet er lengre enn {_LONGEST} tegn.")
    return name


def _agreement(text: str) -> str:
    agreement = " ".join(text.split())
    if len(agreement) > _LONGEST_AGREEMENT:
        raise ValueError(f"Avtalen er lengre enn {_LONGEST_AGREEMENT} tegn.")
    return agreement


def _path(text: str) -> tuple[str, ...]:
    steps = tuple(_name(step) for step in _STEPS.split(text))
    if not all(steps):
        raise ValueError("Skriv avdelingen som «Drift > Lageret», med et navn på hver side av tegnet.")
    return steps


def _username(text: str) -> str:
    if len(text) > LONGEST_NAME or re.search(r"\s", text):
        raise ValueError(f"Et brukernavn har ingen mellomrom, og høyst {LONGEST_NAME} tegn.")
    return text


def _manager(text: str) -> Manager:
    found = _WITH_ADDRESS.fullmatch(text)
    if found:
        return Manager(_name(found[1]), email_address.read(found[2]))
    return Manager("", email_address.read(text)) if "@" in text else Manager(_name(text), "")


def _rights(text: str) -> frozenset[Right]:
    said = [word.strip().casefold() for word in re.split(r"[,;/+\n]|\bog\b", text) if word.strip()]
    if any(word in _ALL for word in said):
        return frozenset(Right)
    known = {word: right for right, words in RIGHTS.items() for word in words}
    if unknown := [word for word in said if word not in known]:
        words = ", ".join(each[0] for each in RIGHTS.values())
        raise ValueError(f"«{unknown[0][:40]}» er ingen rettighet. Skriv {words}, eller alle.")
    return frozenset(known[word] for word in said)


def by_customer(read: Iterable[Read]) -> list[list[Read]]:
    """The rows of each customer together, in the order in which the customers come."""
    found: dict[str, list[Read]] = {}
    for one in read:
        found.setdefault(one.number, []).append(one)
    return list(found.values())


def titles(one: Read) -> Iterable[tuple[str, str]]:
    """Each fault of a row, with the heading of its cell."""
    return ((NAMES[Column(column)], sentence) for column, sentence in one.row.faults.items())
