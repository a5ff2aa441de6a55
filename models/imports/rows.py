"""The rows of an imported list: what each of them says.

How a value is read is in `models.employees.details`, which column it stood in, in `models.imports.headings`; what
becomes of a row is decided in `models.imports.fates`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.core.base import Worded
from models.customers.units import UnitRow
from models.employees.details import no_birth_after, read_family_name, read_given_name
from models.imports.days import birth_year, last_year, read_day
from models.imports.headings import Meaning
from models.imports.states import has_left
from models.values import email_address, organisation_number, phone
from models.values.dates import parse_date
from models.values.national_id import NationalIdRefused, is_valid, mask_in, read_field
from models.values.tables import FIRST_DAY, Line
from models.values.texts.folding import fold
from models.values.texts.invisible import cell

_LONG_NUMBER = re.compile(r"[0-9 .-]{7,}")
"""What is never repeated in a sentence: it may be an identity number in the wrong column."""


class Fate(Worded):
    """What becomes of a row (section 5, number 9)."""

    NEW = "new", "ny"
    CHANGED = "changed", "endret"
    SAME = "same", "uendret"
    GONE = "gone", "sluttet"
    FAULTY = "faulty", "feil"


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
    understood: dict[str, str] = field(default_factory=dict)
    """What the values were read as, where that is written in another way than the list has it."""
    typed: list[str] = field(default_factory=list)
    """The cells that were corrected by hand, and are read as in a form, whatever the column is like."""
    same_person: bool = False
    """Whether somebody has said that it is about whom its number or address belongs to, although the name differs."""

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
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What has to be known to read the rows of one list."""

    units: Sequence[UnitRow]
    today: date
    synthetic: bool
    unit_id: int | None = None
    """The unit of rows that name none."""
    orders: Mapping[str, str] = field(default_factory=dict)
    """The order of days, months and years in each column of dates."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """The headings of the columns that say who has left."""
    answers: Mapping[str, str] = field(default_factory=dict)
    first_day: date = FIRST_DAY


def rows_of(lines: Sequence[Line], meanings: Sequence[Meaning | None]) -> list[Row]:
    """The rows below the headings, by the meaning of their columns."""
    rows: list[Row] = []
    for line in lines:
        values = {
            meaning.value: text
            for meaning, one in zip(meanings, line.cells, strict=False)
            if meaning and (text := cell(one))
        }
        if values:
            rows.append(Row(line.number, values))
    return rows


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


def read_row(row: Row, reading: Reading) -> Read:
    """Read the values of a row; what cannot be read is a fault of its cell."""
    row.faults, row.warnings, row.changes, row.understood = {}, [], [], {}
    given, family = names_of(row.values)

    def value(meaning: Meaning, read: Callable[[str], Any], text: str | None = None) -> Any:
        said = row.values.get(meaning, "") if text is None else text
        if not said:
            return None
        try:
            if mask_in(said, today=reading.today)[1]:
                raise ValueError("Her står det et fødselsnummer. Det hører bare hjemme i kolonnen for fødselsnummer.")
            return read(said)
        except ValueError as wrong:
            row.faults[meaning.value] = str(wrong)
            return None

    found = Read(
        row,
        given_name=value(Meaning.GIVEN_NAME, read_given_name, given) or "",
        family_name=value(Meaning.FAMILY_NAME, read_family_name, family) or "",
        email=value(Meaning.EMAIL, email_address.read),
        mobile=value(Meaning.MOBILE, phone.read),
        birth_date=value(Meaning.BIRTH_DATE, lambda text: _birth_date(row, text, reading)),
        unit_ids=_units(row, reading),
        number=_number(row, today=reading.today, synthetic=reading.synthetic),
        has_left=_has_left(row, reading, value),
    )
    _note_understood(found, reading)
    return found


def _birth_date(row: Row, text: str, reading: Reading) -> date:
    order = reading.orders.get(Meaning.BIRTH_DATE, "dmy")
    if Meaning.BIRTH_DATE in row.typed:
        return no_birth_after(parse_date(text), reading.today)
    if order == "none":
        raise ValueError("Skriv datoen som dd.mm.åååå.")
    return no_birth_after(read_day(text, order, birth_year(reading.today), reading.first_day), reading.today)


def _has_left(row: Row, reading: Reading, value: Callable[..., Any]) -> bool:
    """Whether a state, or a last day that is over, says that somebody has left."""

    def of_state(text: str) -> bool:
        answer = has_left(text, reading.headings.get(Meaning.STATUS, ""), reading.answers)
        if answer is None:
            raise ValueError("Skriv Aktiv eller Sluttet, eller la feltet stå tomt.")
        return answer

    def of_last_day(text: str) -> bool:
        word = has_left(text, reading.headings.get(Meaning.END_DATE, ""), reading.answers)
        if word is not None:
            return word
        last = _last_day(row, text, reading)
        if last and last <= reading.today and state is False:
            raise ValueError("Sluttdatoen er passert, men status sier at den ansatte arbeider her. Rett en av dem.")
        return bool(last and last <= reading.today)

    state = value(Meaning.STATUS, of_state)
    over = value(Meaning.END_DATE, of_last_day)
    if Meaning.END_DATE in row.values and Meaning.END_DATE not in row.faults and state and over is False:
        row.faults[Meaning.STATUS] = "Status sier sluttet, men sluttdatoen er ikke passert. Rett en av dem."
    return bool(state or over)


def _last_day(row: Row, text: str, reading: Reading) -> date | None:
    """The last day of somebody; None where it is so far off that it means that there is none."""
    if re.search("9999|^[0.-]+$", text):
        return None
    if Meaning.END_DATE in row.typed:
        return parse_date(text)
    order = reading.orders.get(Meaning.END_DATE, "dmy")
    if order == "none":
        return None
    day = read_day(text, order, last_year(reading.today), reading.first_day)
    row.understood[Meaning.END_DATE.value] = f"{day:%d.%m.%Y}"
    return day


def _note_understood(found: Read, reading: Reading) -> None:
    """Note what the values were read as."""
    row = found.row
    names = {unit.id: unit.name for unit in reading.units}
    read = {
        Meaning.EMAIL: found.email,
        Meaning.MOBILE: found.mobile,
        Meaning.BIRTH_DATE: f"{found.birth_date:%d.%m.%Y}" if found.birth_date else None,
        Meaning.UNIT: names.get(found.unit_ids[0]) if len(found.unit_ids) == 1 else None,
        Meaning.STATUS: "har sluttet" if found.has_left else None,
    }
    row.understood |= {
        meaning.value: text
        for meaning, text in read.items()
        if text and meaning in row.values and text != row.values[meaning]
    }


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


def _units(row: Row, reading: Reading) -> tuple[int, ...]:
    text, units = row.values.get(Meaning.UNIT, ""), reading.units
    if not text:
        return (reading.unit_id,) if reading.unit_id else ()
    if row.unit_id in {unit.id for unit in units}:
        return (row.unit_id,) if row.unit_id else ()
    digits = organisation_number.bare(text)
    found = tuple(unit.id for unit in units if fold(unit.name) == fold(text) or unit.organisation_number == digits)
    if not found:
        row.faults[Meaning.UNIT.value] = _no_unit(text, digits)
    return found


def _no_unit(text: str, digits: str) -> str:
    """What is wrong with a cell that names no unit of the user's."""
    try:
        if digits.isdecimal() and len(digits) < 11:
            organisation_number.read_number(digits)
    except ValueError as wrong:
        return f"{wrong} Velg avdelingen."
    return f"«{_LONG_NUMBER.sub('…', text[:60])}» er ikke blant avdelingene du har. Velg en av dem."
