"""What each row of an imported list says: its cells, read; what cannot be read is a fault of its cell.

How a value is read is in `models.employees`, which column it stood in, in `models.imports.cells`; what becomes of a
row is decided in `models.imports.judging.fates`.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.customers.units import UnitRow
from models.employees.details import no_birth_after, read_family_name, read_given_name
from models.employees.work import read_employee_number, read_groups, read_job_title
from models.imports.cells.checks import LastOn, read_last_day
from models.imports.cells.days import birth_year, last_year, read_day
from models.imports.cells.headings import Meaning
from models.imports.cells.states import has_left
from models.imports.cells.states import key_of as state_key
from models.imports.cells.units import fault_of, find
from models.imports.cells.units import key_of as unit_key
from models.imports.rows import Row, names_of
from models.values import email_address, phone
from models.values.dates import parse_date
from models.values.national_id import NationalIdRefused, is_valid, mask_in, read_field
from models.values.tables import FIRST_DAY
from models.values.texts.invisible import is_shortened, whole

_NUMBER_OF_SOMETHING = re.compile("[0-9]{3}")
_OLDEST = 100


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
    employee_number: str | None = None
    job_title: str | None = None
    groups: tuple[str, ...] = ()
    last_days: Mapping[LastOn, date] = field(default_factory=dict)
    """When the employee last came to which check."""

    def days_of(self, columns: Collection[str] | None = None) -> dict[str, date]:
        """By the name of each check its day, of all columns, or of some."""
        return {each.name: day for each, day in self.last_days.items() if columns is None or each.value in columns}


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
    checks: Sequence[LastOn] = ()
    """The columns that can say when somebody last came to a check."""


def read_row(row: Row, reading: Reading) -> Read:
    """Read the values of a row; what cannot be read is a fault of its cell."""
    row.faults, row.warnings, row.changes, row.understood = {}, [], [], {}
    given, family = names_of(row.values)

    def value(meaning: Meaning | LastOn, read: Callable[[str], Any], text: str | None = None) -> Any:
        said = row.values.get(meaning.value, "") if text is None else text
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
        given_name=value(Meaning.GIVEN_NAME, _name(read_given_name), given) or "",
        family_name=value(Meaning.FAMILY_NAME, _name(read_family_name), family) or "",
        email=value(Meaning.EMAIL, email_address.read),
        mobile=value(Meaning.MOBILE, phone.read),
        birth_date=value(Meaning.BIRTH_DATE, lambda text: _birth_date(row, text, reading)),
        unit_ids=_units(row, reading),
        number=_number(row, today=reading.today, synthetic=reading.synthetic),
        has_left=_has_left(row, reading, value),
        employee_number=value(Meaning.EMPLOYEE_NUMBER, lambda text: read_employee_number(whole(text))),
        job_title=value(Meaning.JOB_TITLE, read_job_title),
        groups=value(Meaning.GROUPS, read_groups) or (),
        last_days={check: day for check in reading.checks if (day := value(check, _last_day_of(row, check, reading)))},
    )
    _note_understood(found, reading)
    return found


def _name(read: Callable[[str], str]) -> Callable[[str], str]:
    def read_in_list(text: str) -> str:
        if _NUMBER_OF_SOMETHING.search(text):
            raise ValueError("Her står det et nummer sammen med navnet. Skriv bare navnet.")
        return read(text)

    return read_in_list


def _birth_date(row: Row, text: str, reading: Reading) -> date | None:
    order = reading.orders.get(Meaning.BIRTH_DATE, "dmy")
    if Meaning.BIRTH_DATE in row.typed:
        return no_birth_after(parse_date(text), reading.today)
    if order == "none":
        row.understood[Meaning.BIRTH_DATE.value] = "tas ikke med"
        return None
    day = no_birth_after(read_day(text, order, birth_year(reading.today), reading.first_day), reading.today)
    if reading.today.year - day.year > _OLDEST:
        raise ValueError(f"Etter denne datoen er den ansatte over {_OLDEST} år. Se etter at årstallet er riktig.")
    return day


def _last_day_of(row: Row, check: LastOn, reading: Reading) -> Callable[[str], date | None]:
    """Reads when the employee last came to a check."""
    order = None if check.value in row.typed else reading.orders.get(check.value, "dmy")

    def read(text: str) -> date | None:
        day = None if order == "none" else read_last_day(text, order, today=reading.today, first_day=reading.first_day)
        row.understood[check.value] = f"{day:%d.%m.%Y}" if day else "tas ikke med"
        return day

    return read


def _has_left(row: Row, reading: Reading, value: Callable[..., Any]) -> bool:
    """Whether a state, or a last day that is over, says that somebody has left."""

    def of_state(text: str) -> bool:
        answer = has_left(text, reading.headings.get(Meaning.STATUS, ""), reading.answers, reading.today)
        if answer is None:
            raise ValueError("Skriv Aktiv eller Sluttet, eller la feltet stå tomt.")
        return answer

    def of_last_day(text: str) -> bool:
        word = has_left(text, reading.headings.get(Meaning.END_DATE, ""), reading.answers, reading.today)
        if word is not None:
            return word
        last = _last_day(row, text, reading)
        if last and last < reading.today and state is False:
            raise ValueError("Sluttdatoen er passert, men status sier at den ansatte arbeider her. Rett en av dem.")
        return bool(last and last < reading.today)

    state = value(Meaning.STATUS, of_state)
    if Meaning.STATUS not in row.values and reading.answers.get(state_key("")) == "left":
        state = True
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
        row.understood[Meaning.END_DATE.value] = "tas ikke med"
        return None
    if re.fullmatch("(?:19|20)[0-9]{2}", text) and int(text) != reading.today.year:
        return date(int(text), 12, 31)  # which day of a year it was is not needed to know whether it is over
    day = read_day(text, order, last_year(reading.today), reading.first_day)
    if reading.today.year - day.year > _OLDEST:  # some programs write the first day they know where there is none
        raise ValueError(f"Sluttdatoen er for over {_OLDEST} år siden. Rett den, eller la feltet stå tomt.")
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
        Meaning.EMPLOYEE_NUMBER: found.employee_number,
        Meaning.GROUPS: ", ".join(found.groups),
        Meaning.STATUS: "har sluttet" if found.has_left else None,
        Meaning.END_DATE: row.understood.get(Meaning.END_DATE) or ("har sluttet" if found.has_left else None),
    }
    for check in reading.checks:
        if row.understood.get(check.value) == row.values.get(check.value):
            row.understood.pop(check.value, None)
    row.understood |= {
        meaning.value: text
        for meaning, text in read.items()
        if text and meaning in row.values and text != row.values[meaning]
    }


def _number(row: Row, *, today: date, synthetic: bool) -> str | None:
    text = whole(row.values.get(Meaning.NATIONAL_ID, ""))
    if is_shortened(text):
        row.faults[Meaning.NATIONAL_ID.value] = (
            "Regnearket har forkortet fødselsnummeret, og sifre er blitt borte. Skriv hele, eller la feltet stå tomt."
        )
        return None
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
    answer = reading.answers.get(unit_key(text), "")
    found = find(text, units) or tuple(unit.id for unit in units if str(unit.id) == answer)
    if not found:
        row.faults[Meaning.UNIT.value] = fault_of(text)
    return found
