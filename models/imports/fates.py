"""What becomes of the rows of an imported list: whom each is about, and what it would change (section 5, number 9).

How a row is read is in `models.imports.rows`; what is in the database already comes as `Known`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.customers.units import UnitRow
from models.employees.details import Details, read_family_name, read_given_name
from models.employees.search_words import fold
from models.imports.headings import Meaning
from models.imports.rows import INACTIVE, Fate, Read, Row, names_of
from models.values import email_address
from models.values.national_id import birth_date_warning


@dataclass(frozen=True, slots=True)
class Colleague:
    """An employee as far as rows are compared with one."""

    id: int
    version: int
    details: Details
    active: bool

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.details.given_name} {self.details.family_name}"


@dataclass
class Known:
    """What is in the portal already, as far as it is about these rows."""

    units: Sequence[UnitRow]
    by_id: dict[int, Colleague] = field(default_factory=dict)
    holders: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """By identity number, the employees who have it."""
    by_email: dict[str, list[Colleague]] = field(default_factory=dict)
    by_name: dict[str, list[Colleague]] = field(default_factory=dict)
    other_numbers: set[int] = field(default_factory=set)
    """The employees for whom the list has another identity number than the portal, or the first one."""

    def take(self, colleague: Colleague) -> None:
        """Add somebody whom a row may be about."""
        self.by_id[colleague.id] = colleague
        if colleague.details.email:
            self.by_email.setdefault(colleague.details.email.casefold(), []).append(colleague)
        self.by_name.setdefault(_name_key(colleague.details.given_name, colleague.details.family_name), []).append(
            colleague
        )


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
    name = _name_key(one.given_name, one.family_name)
    if one.number:
        yield one.number
    if one.email:
        yield name, one.email.casefold()
    if one.birth_date:
        yield name, one.birth_date


def _decide(one: Read, colleague: Colleague | None, known: Known, today: date) -> None:
    row = one.row
    before = colleague.details if colleague else None
    details = details_of(one, before)
    missing = _missing(row, details, before)
    number_is_other = bool(one.number) and (colleague is None or colleague.id in known.other_numbers)
    if not row.faults and before and details:
        row.changes = [*before.names_of_changes(details), *(["national_id"] if number_is_other else [])]
    if before and not row.changes:
        missing.pop(Meaning.EMAIL.value, None)  # an old employee without one may stay so until something is changed
    row.faults |= missing
    if colleague:
        _compare_state(row, colleague)
    if one.number and details and (said := birth_date_warning(one.number, details.birth_date, today=today)):
        row.warnings.append(said)
    if colleague and {"given_name", "family_name"} & set(row.changes):
        row.warnings.append(f"I portalen er navnet {colleague.name}.")
    if not colleague and not row.faults:
        _warn_of_namesakes(one, known)
    row.fate = Fate.FAULTY if row.faults else Fate.NEW if not colleague else Fate.CHANGED if row.changes else Fate.SAME


def _compare_state(row: Row, colleague: Colleague) -> None:
    """Whoever stands in a list of employees and is deactivated has come back, unless the list says otherwise."""
    has_left = row.values.get(Meaning.STATUS, "").casefold() == INACTIVE.casefold()
    if has_left and colleague.active:
        row.faults[Meaning.STATUS.value] = (
            "Lista sier deaktivert. Deaktiver på den ansattes side, eller slett statusen."
        )
    elif not has_left and not colleague.active and not row.faults:
        row.changes.append(Meaning.STATUS.value)
        row.warnings.append(f"{colleague.name} er deaktivert i portalen, og blir aktivert igjen.")


def details_of(one: Read, before: Details | None) -> Details | None:
    """The six values after the import: an empty cell leaves what is there. None where there is no unit."""
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


def match(one: Read, known: Known) -> Colleague | None:
    """Whom a row is about: by our own id, then the identity number, the address, name and birth date."""
    row = one.row
    if text := row.values.get(Meaning.ID):
        colleague = known.by_id.get(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        if colleague is None:
            row.faults[Meaning.ID.value] = "Ingen av dine ansatte har denne ID-en. Slett den hvis dette er en ny."
        elif one.number and (others := set(known.holders.get(one.number, ())) - {colleague.id}):
            row.faults[Meaning.NATIONAL_ID.value] = _held_by(others, known)
        return colleague
    if one.number and (holders := known.holders.get(one.number)):
        found = [known.by_id[id] for id in holders if id in known.by_id]
        return _only(one, _narrowed(one, found), "Fødselsnummeret står på flere ansatte")
    if one.email and (found := known.by_email.get(one.email.casefold(), [])):
        return _only(one, _narrowed(one, found), "E-postadressen står på flere ansatte")
    if one.birth_date and one.given_name and one.family_name:
        namesakes = known.by_name.get(_name_key(one.given_name, one.family_name), [])
        found = [colleague for colleague in namesakes if colleague.details.birth_date == one.birth_date]
        return _only(one, found, "Flere ansatte har dette navnet og denne fødselsdatoen")
    return None


def _held_by(ids: Iterable[int], known: Known) -> str:
    names = ", ".join(sorted(known.by_id[id].name for id in ids if id in known.by_id))
    return f"Fødselsnummeret er registrert på en annen ansatt{': ' + names if names else ''}."


def _narrowed(one: Read, found: Sequence[Colleague]) -> Sequence[Colleague]:
    """Of several, those with the same name, and of these, the active ones."""
    if len(found) > 1 and one.given_name:
        name = _name_key(one.given_name, one.family_name)
        found = [colleague for colleague in found if _name_key(*_names(colleague)) == name] or found
    if len(found) > 1:
        found = [colleague for colleague in found if colleague.active] or found
    return found


def _names(colleague: Colleague) -> tuple[str, str]:
    return colleague.details.given_name, colleague.details.family_name


def _only(one: Read, found: Sequence[Colleague], what: str) -> Colleague | None:
    if len(found) > 1:
        names = ", ".join(f"{colleague.name} (Portal-ID {colleague.id})" for colleague in found[:3])
        one.row.faults[""] = f"{what}: {names}. Skriv hvem det er i en kolonne Portal-ID, som i eksporten."
    return found[0] if len(found) == 1 else None


def _warn_of_namesakes(one: Read, known: Known) -> None:
    namesakes = known.by_name.get(_name_key(one.given_name, one.family_name), [])
    if namesakes:
        one.row.warnings.append("Det finnes allerede en ansatt med dette navnet. Se etter at det ikke er den samme.")


def _name_key(given_name: str, family_name: str) -> str:
    return f"{fold(given_name)} {fold(family_name)}"
