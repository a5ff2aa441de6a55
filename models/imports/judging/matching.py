"""Whom a row of an imported list is about: what the portal knows already, and what the row is compared by.

What becomes of the row then is in `fates`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.checks.told import LastDay
from models.customers.units import UnitRow
from models.employees.details import Details
from models.imports.cells.headings import Meaning
from models.imports.reading import Read
from models.values.texts.folding import fold

SAME_PERSON = "same_person"
"""The cell of a row in which somebody says that it is about whom its number or address belongs to."""


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
    number_holders: Mapping[str, int] = field(default_factory=dict)
    """By employee number, who of the active has it, also where that is somebody whom the user does not see."""
    last_days: Mapping[tuple[int, str], LastDay] = field(default_factory=dict)
    """By employee and check, when that one last came, where the list says something of it."""
    other_numbers: set[int] = field(default_factory=set)
    """The employees for whom the list has another identity number than the portal, or the first one."""

    def take(self, colleague: Colleague) -> None:
        """Add somebody whom a row may be about."""
        self.by_id[colleague.id] = colleague
        if colleague.details.email:
            self.by_email.setdefault(colleague.details.email.casefold(), []).append(colleague)
        self.by_name.setdefault(name_key(colleague.details.given_name, colleague.details.family_name), []).append(
            colleague
        )


def match(one: Read, known: Known) -> Colleague | None:
    """Whom a row is about: by our own id, identity number, employee number, address, or name and birth date."""
    row = one.row
    if text := row.values.get(Meaning.ID):
        colleague = known.by_id.get(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        if colleague is None:
            row.faults[Meaning.ID.value] = "Ingen av dine ansatte har denne ID-en. Slett den hvis dette er en ny."
        elif one.number and (others := set(known.holders.get(one.number, ())) - {colleague.id}):
            row.faults[Meaning.NATIONAL_ID.value] = _held_by(others, known)
        return _surely(one, colleague, "Portal-ID-en")
    if one.number and (holders := known.holders.get(one.number)):
        found = [known.by_id[id] for id in holders if id in known.by_id]
        return _surely(
            one, _only(one, _narrowed(one, found), "Fødselsnummeret står på flere ansatte"), "Fødselsnummeret"
        )
    if colleague := known.by_id.get(known.number_holders.get(one.employee_number or "", 0)):
        return _surely(one, colleague, "Ansattnummeret")
    if one.email and (found := known.by_email.get(one.email.casefold(), [])):
        return _surely(one, _only(one, _narrowed(one, found), "E-postadressen står på flere ansatte"), "E-postadressen")
    if one.birth_date and one.given_name and one.family_name:
        namesakes = known.by_name.get(name_key(one.given_name, one.family_name), [])
        found = [colleague for colleague in namesakes if colleague.details.birth_date == one.birth_date]
        return _only(one, found, "Flere ansatte har dette navnet og denne fødselsdatoen")
    return None


def _surely(one: Read, colleague: Colleague | None, what: str) -> Colleague | None:
    """The same; where name and birth date are another's, it is a fault until somebody says that it is right."""
    if colleague and not one.row.same_person and _is_other(one, colleague):
        born = colleague.details.birth_date
        who = f"{colleague.name}, født {born:%d.%m.%Y}" if born else colleague.name
        one.row.faults[SAME_PERSON] = (
            f"{what} er registrert på {who}, og her står det et annet navn. Kryss av hvis raden likevel gjelder den "
            "samme personen, eller ta den ut."
        )
    return colleague


def _is_other(one: Read, colleague: Colleague) -> bool:
    """Whether name and birth date both speak of somebody else; who has no birth date to compare, by the whole name."""
    if not (one.given_name or one.family_name):
        return False
    ours = set(name_key(*_names(colleague)).replace("-", " ").split())
    theirs = set(name_key(one.given_name, one.family_name).replace("-", " ").split())
    born = colleague.details.birth_date
    if one.birth_date and born:
        return one.birth_date != born and ours != theirs
    return not ours & theirs


def _held_by(ids: Iterable[int], known: Known) -> str:
    names = ", ".join(sorted(known.by_id[id].name for id in ids if id in known.by_id))
    return f"Fødselsnummeret er registrert på en annen ansatt{': ' + names if names else ''}."


def _narrowed(one: Read, found: Sequence[Colleague]) -> Sequence[Colleague]:
    """Of several, those with the same name, and of these, the active ones."""
    if len(found) > 1 and one.given_name:
        name = name_key(one.given_name, one.family_name)
        found = [colleague for colleague in found if name_key(*_names(colleague)) == name] or found
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


def name_key(given_name: str, family_name: str) -> str:
    """What two spellings of a name share."""
    return f"{fold(given_name)} {fold(family_name)}"
