"""The rows of an imported list: what each of them says.

How a value is read is in `models.employees.details`, which column it stood in, in `models.imports.headings`; what
becomes of a row is decided in `models.imports.fates`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from models.customers.units import UnitRow
from models.employees.details import (
    read_birth_date,
    read_email,
    read_family_name,
    read_given_name,
    read_mobile,
)
from models.employees.search_words import fold
from models.imports.headings import Meaning
from models.values.marks import normal
from models.values.national_id import NationalIdRefused, is_valid, mask_in, read_field
from models.values.tables import Table, day_of_serial

# What no text may hold; the same as in a form.
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]+")
_LONG_NUMBER = re.compile(r"[0-9 .-]{7,}")
"""What is never repeated in a sentence: it may be an identity number in the wrong column."""
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_WITH_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ][0-9:.]+Z?")


ACTIVE, INACTIVE = "Aktiv", "Deaktivert"
"""What stands in the column `Status`, in the portal's own export as well."""


class Fate(StrEnum):
    """What becomes of a row (section 5, number 9)."""

    NEW = "ny"
    CHANGED = "endret"
    SAME = "uendret"
    GONE = "sluttet"
    FAULTY = "feil"


Values = dict[str, str]
"""What stands in a row, by the meaning of its columns; empty cells are left out."""


@dataclass(slots=True)
class Row:
    """A row of the list, with what is to become of it."""

    number: int
    values: Values
    unit_id: int | None = None
    """The unit that was chosen by hand, where its name says too little."""
    fate: Fate = Fate.FAULTY
    employee_id: int | None = None
    """Whom it is about, where that is somebody the portal knows."""
    version: int | None = None
    """Of that employee, when the row was looked at."""
    faults: dict[str, str] = field(default_factory=dict)
    """Sentences by the meaning of the cell that they are about; "" is the whole row."""
    warnings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    """The meanings of the values that are another than before."""

    @property
    def given_name(self) -> str:
        """The given name, wherever it stands."""
        return names_of(self.values)[0]

    @property
    def family_name(self) -> str:
        """The family name, wherever it stands."""
        return names_of(self.values)[1]

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Read:
    """A row as it was read: the values that could be, and the identity number."""

    row: Row
    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    mobile: str | None = None
    birth_date: date | None = None
    unit_ids: tuple[int, ...] = ()
    """The units that the cell can mean: one, or several of the same name."""
    number: str | None = None


def rows_of(table: Table, meanings: Sequence[Meaning | None], *, first: int) -> list[Row]:
    """The rows below the headings, by the meaning of their columns."""
    rows: list[Row] = []
    for line in table.lines[first:]:
        values = {
            meaning.value: clean(cell)
            for meaning, cell in zip(meanings, line.cells, strict=False)
            if meaning and cell.strip()
        }
        serial = values.get(Meaning.BIRTH_DATE, "")
        if re.fullmatch(r"\d{4,5}", serial):
            values[Meaning.BIRTH_DATE.value] = f"{day_of_serial(int(serial), table.first_day):%d.%m.%Y}"
        if values:
            rows.append(Row(line.number, values))
    return rows


def clean(text: str) -> str:
    """A cell as one line, without what no text may hold."""
    return _CONTROL.sub(" ", normal(text)).strip()


def names_of(values: Mapping[str, str]) -> tuple[str, str]:
    """Given and family name, also where they stand in one cell."""
    given, family = values.get(Meaning.GIVEN_NAME, ""), values.get(Meaning.FAMILY_NAME, "")
    whole, family_first = values.get(Meaning.FULL_NAME, ""), values.get(Meaning.FAMILY_FIRST, "")
    if given or family or not (whole or family_first):
        return given, family
    text = whole or family_first
    if "," in text:
        family, _, given = text.partition(",")
    elif family_first:
        family, _, given = text.partition(" ")
    else:
        given, _, family = text.rpartition(" ")
    return given.strip(), family.strip()


def read_row(row: Row, units: Sequence[UnitRow], unit_id: int | None, *, today: date, synthetic: bool) -> Read:
    """Read the values of a row; what cannot be read is a fault of its cell. `unit_id` is for rows that name none."""
    row.faults, row.warnings, row.changes = {}, [], []
    given, family = names_of(row.values)

    def value(meaning: Meaning, read: Callable[[str], Any], text: str | None = None) -> Any:
        said = row.values.get(meaning, "") if text is None else text
        if not said:
            return None
        try:
            if mask_in(said, today=today)[1]:
                raise ValueError("Her står det et fødselsnummer. Det hører bare hjemme i kolonnen for fødselsnummer.")
            return read(said)
        except ValueError as wrong:
            row.faults[meaning.value] = str(wrong)
            return None

    return Read(
        row,
        given_name=value(Meaning.GIVEN_NAME, read_given_name, given) or "",
        family_name=value(Meaning.FAMILY_NAME, read_family_name, family) or "",
        email=value(Meaning.EMAIL, read_email),
        mobile=value(Meaning.MOBILE, read_mobile),
        birth_date=value(Meaning.BIRTH_DATE, lambda text: read_birth_date(_as_typed(text), today=today)),
        unit_ids=_units(row, units, unit_id),
        number=_number(row, today=today, synthetic=synthetic),
    )


def _as_typed(text: str) -> str:
    """A day as systems write it, in one of the spellings that people type."""
    if found := _WITH_TIME.fullmatch(text):
        return found[1]
    return _SLASHED.sub(r"\1.\2.\3", text)


def _number(row: Row, *, today: date, synthetic: bool) -> str | None:
    text = row.values.get(Meaning.NATIONAL_ID, "")
    lost = "0" + re.sub(r"\D", "", text)  # a spreadsheet that took it for a number has taken its zero
    if len(lost) == 11 and is_valid(lost, today=today, synthetic=synthetic):
        text = lost
    try:
        return read_field(text, today=today, synthetic=synthetic)
    except NationalIdRefused as refused:
        row.faults[Meaning.NATIONAL_ID.value] = str(refused)
        return None


def _units(row: Row, units: Sequence[UnitRow], unit_id: int | None) -> tuple[int, ...]:
    text = row.values.get(Meaning.UNIT, "")
    if not text:
        return (unit_id,) if unit_id else ()
    if row.unit_id in {unit.id for unit in units}:
        return (row.unit_id,) if row.unit_id else ()
    digits = re.sub(r"\s", "", text)
    found = tuple(unit.id for unit in units if fold(unit.name) == fold(text) or unit.organisation_number == digits)
    if not found:
        row.faults[Meaning.UNIT.value] = (
            f"«{_LONG_NUMBER.sub('…', text[:60])}» er ikke blant avdelingene du har. Velg en av dem."
        )
    return found
