"""What becomes of the rows of an imported list, and what each would change (section 5, number 9).

How a row is read is in `models.imports.reading`, whom it is about, in `matching`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from models.checks.told import NOT_KNOWN
from models.employees.details import Details, read_family_name, read_given_name
from models.employees.own_numbers import sentence_of
from models.imports.cells.checks import before_birth
from models.imports.cells.headings import Meaning
from models.imports.judging.matching import SAME_PERSON, Colleague, Known, match, name_key
from models.imports.reading import Read
from models.imports.rows import Fate, Row, names_of
from models.values import email_address
from models.values.national_id import birth_date_warning


def judge(read: Sequence[Read], known: Known, *, today: date) -> None:
    """Give each row its fate, with what is to be said of it; rows that have faults already keep them."""
    matched = {one.row.number: match(one, known) for one in read}
    twice = Counter(colleague.id for colleague in matched.values() if colleague)
    first_of = {colleague.id: number for number, colleague in reversed(matched.items()) if colleague}
    first_with: dict[object, int] = {}
    for one in read:
        row, colleague = one.row, matched[one.row.number]
        row.employee_id, row.version = (colleague.id, colleague.version) if colleague else (None, None)
        if colleague and twice[colleague.id] > 1 and first_of[colleague.id] != row.number:
            row.faults[""] = f"Den samme ansatte står også på rad {first_of[colleague.id]}. Slett den ene raden."
        for key in _same_person(one):
            other = first_with.setdefault(key, row.number)
            if other != row.number and not row.faults:
                row.faults[""] = f"Rad {other} er den samme personen. Slett den ene raden."
        _decide(one, colleague, known, today)


def _same_person(one: Read) -> Iterable[object]:
    """What two rows cannot share unless they are about the same person."""
    name = name_key(one.given_name, one.family_name)
    if one.number:
        yield one.number
    if one.email:
        yield name, one.email.casefold()
    if one.birth_date:
        yield name, one.birth_date
    if one.employee_number:
        yield Meaning.EMPLOYEE_NUMBER, one.employee_number


def _decide(one: Read, colleague: Colleague | None, known: Known, today: date) -> None:
    row = one.row
    if one.has_left:
        _leave(row, colleague)
        return
    before = colleague.details if colleague else None
    details = details_of(one, before)
    missing = _missing(row, details, before)
    number_is_other = bool(one.number) and (colleague is None or colleague.id in known.other_numbers)
    row.faults |= _taken(details, colleague, known)
    other_days = _other_days(one, details, colleague, known)
    if not row.faults and before and details:
        row.changes = [*before.names_of_changes(details), *(["national_id"] if number_is_other else []), *other_days]
    if before and not row.changes:
        missing.pop(Meaning.EMAIL.value, None)  # an old employee without one may stay so until something is changed
    row.faults |= missing
    if colleague and not colleague.active and not row.faults:
        row.changes.append(Meaning.STATUS.value)
        row.warnings.append(f"{colleague.name} er deaktivert i portalen, og blir aktivert igjen.")
    if one.number and details and (said := birth_date_warning(one.number, details.birth_date, today=today)):
        row.warnings.append(said)
    if colleague and {"given_name", "family_name"} & set(row.changes):
        row.warnings.append(f"I portalen er navnet {colleague.name}.")
    if not colleague and not row.faults:
        _warn_of_namesakes(one, known)
    row.fate = Fate.FAULTY if row.faults else Fate.NEW if not colleague else Fate.CHANGED if row.changes else Fate.SAME


def _other_days(one: Read, details: Details | None, colleague: Colleague | None, known: Known) -> list[str]:
    """The columns of checks from which another day counts than before, with what is to be said of the others."""
    found = []
    for column, day in one.last_days.items():
        last = known.last_days.get((colleague.id, column.name), NOT_KNOWN) if colleague else NOT_KNOWN
        if wrong := before_birth(day, details.birth_date if details else one.birth_date):
            one.row.faults[column.value] = wrong
        elif last.is_changed_by(day):
            found.append(column.value)
        elif last.counts and day < last.counts:
            one.row.warnings.append(f"{column.name}: portalen har en senere dato, {last.counts:%d.%m.%Y}. Den gjelder.")
    return found


def _taken(details: Details | None, colleague: Colleague | None, known: Known) -> dict[str, str]:
    """That another active employee has the employee number, who may be one whom the user does not see."""
    number = details.employee_number if details else None
    holder = known.number_holders.get(number or "")
    if not number or holder is None or (colleague and holder == colleague.id):
        return {}
    seen = known.by_id.get(holder)
    return {Meaning.EMPLOYEE_NUMBER.value: sentence_of(number, seen.name if seen else "")}


def _leave(row: Row, colleague: Colleague | None) -> None:
    """Of somebody who has left nothing is brought in; who is active in the portal is asked about above the rows."""
    who_and_whether = {"", Meaning.ID, SAME_PERSON, Meaning.STATUS, Meaning.END_DATE}
    row.faults = {name: fault for name, fault in row.faults.items() if name in who_and_whether}
    if not colleague and not row.faults:
        row.warnings.append("Har sluttet, og er ikke i portalen. Blir ikke lagt til.")
    elif colleague and colleague.active:
        row.warnings.append("Har sluttet. Kryss av øverst hvis den ansatte skal deaktiveres.")
    row.fate = Fate.FAULTY if row.faults else Fate.SAME if colleague and not colleague.active else Fate.GONE


def details_of(one: Read, before: Details | None) -> Details | None:
    """The values after the import: an empty cell leaves what is there. None where there is no unit."""
    if before and (before.unit_id in one.unit_ids or not one.row.values.get(Meaning.UNIT)):
        unit_id: int | None = before.unit_id
    else:
        unit_id = one.unit_ids[0] if len(one.unit_ids) == 1 else None
    if unit_id is None:
        return None
    return Details(
        given_name=one.given_name or (before.given_name if before else ""),
        family_name=one.family_name or (before.family_name if before else ""),
        email=_unless_case(one.email, before.email if before else None),
        mobile=one.mobile or (before.mobile if before else None),
        birth_date=one.birth_date or (before.birth_date if before else None),
        unit_id=unit_id,
        employee_number=one.employee_number or (before.employee_number if before else None),
        job_title=one.job_title or (before.job_title if before else None),
        groups=one.groups or (before.groups if before else ()),
    )


def _unless_case(email: str | None, before: str | None) -> str | None:
    """The address of the list, unless it differs only in capital letters from that in the portal."""
    return before if before and (email is None or email.casefold() == before.casefold()) else email


def _missing(row: Row, details: Details | None, before: Details | None) -> dict[str, str]:
    """What must be there and is not, in the words of the form."""
    found: dict[str, str] = {}
    if details is None and Meaning.UNIT.value not in row.faults:
        several = "Flere avdelinger heter det samme. Velg hvilken det er, eller skriv organisasjonsnummeret i lista."
        found[Meaning.UNIT.value] = several if row.values.get(Meaning.UNIT) else "Velg bedrift/avdeling."
    checks = (
        (Meaning.GIVEN_NAME, details.given_name if details else names_of(row.values)[0], read_given_name),
        (Meaning.FAMILY_NAME, details.family_name if details else names_of(row.values)[1], read_family_name),
        (Meaning.EMAIL, (details.email if details else row.values.get(Meaning.EMAIL)) or "", email_address.read),
    )
    for meaning, value, read in checks:
        if not value and meaning.value not in row.faults and not (before and details is None):
            try:
                read("")
            except ValueError as wrong:
                found[meaning.value] = str(wrong)
    return found


def _warn_of_namesakes(one: Read, known: Known) -> None:
    namesakes = known.by_name.get(name_key(one.given_name, one.family_name), [])
    if namesakes:
        one.row.warnings.append("Det finnes allerede en ansatt med dette navnet. Se etter at det ikke er den samme.")
