"""What the columns of an imported list mean: known by their headings, guessed by what stands in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.imports.cells.checks import LastOn, columns_of, named_in, variants_of
from models.imports.cells.days import is_date
from models.imports.cells.states import is_leaving, is_state, is_yes_or_no
from models.imports.cells.vocabulary import SEARCHED, Vocabulary
from models.values import email_address, phone
from models.values.tables import Table
from models.values.texts.invisible import cell

_GUESSED_FROM = 50


class Meaning(StrEnum):
    """What a column holds; what is not one of these is left aside, and named."""

    ID = "id"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    FULL_NAME = "full_name"
    FAMILY_FIRST = "family_first"
    EMAIL = "email"
    MOBILE = "mobile"
    BIRTH_DATE = "birth_date"
    NATIONAL_ID = "national_id"
    UNIT = "unit"
    STATUS = "status"
    END_DATE = "end_date"
    EMPLOYEE_NUMBER = "employee_number"
    JOB_TITLE = "job_title"
    GROUPS = "groups"


NAMES: dict[Meaning, str] = {
    Meaning.ID: "Portal-ID",
    Meaning.GIVEN_NAME: "Fornavn",
    Meaning.FAMILY_NAME: "Etternavn",
    Meaning.FULL_NAME: "Navn",
    Meaning.FAMILY_FIRST: "Navn, etternavnet først",
    Meaning.EMAIL: "E-post",
    Meaning.MOBILE: "Mobilnummer",
    Meaning.BIRTH_DATE: "Fødselsdato",
    Meaning.NATIONAL_ID: "Fødselsnummer",
    Meaning.UNIT: "Arbeidsgiver",
    Meaning.STATUS: "Status",
    Meaning.END_DATE: "Sluttdato",
    Meaning.EMPLOYEE_NUMBER: "Ansattnummer",
    Meaning.JOB_TITLE: "Stilling",
    Meaning.GROUPS: "Gruppe",
}
"""What the portal calls them, in its own export as well."""
Column = Meaning | LastOn

# As payroll and personnel systems call them, the surest first: of two columns with one meaning the first is taken.
_VARIANTS: Mapping[Column, str] = {
    Meaning.ID: "portal-id, kundeportal-id",
    Meaning.GIVEN_NAME: "fornavn, fornamn, for- og mellomnavn, fornavn og mellomnavn, first name, given name, "
    "firstname, first names, forename",
    Meaning.FAMILY_NAME: "etternavn, etternamn, last name, surname, family name, lastname, slektsnavn",
    Meaning.FULL_NAME: "navn, namn, fullt navn, ansattnavn, ansatt, ansattes navn, navn på ansatt, fornavn etternavn, "
    "fornavn og etternavn, medarbeider, name, full name, employee, employee name, arbeidstaker",
    Meaning.FAMILY_FIRST: "etternavn fornavn, etternavn og fornavn, navn (etternavn fornavn), navn etternavn først, "
    "last name first name, surname first name, name (last first), name (last name first name)",
    Meaning.EMAIL: "e-post, e-postadresse, e-postadr, jobb-e-post, e-post jobb, e-post arbeid, e-post (jobb), "
    "arbeids-e-post, firma-e-post, mail, mailadresse, mailadr, email address, email, e-mail, e-mail address, "
    "e-mailadresse, emailadresse, business email, work email, work e-mail, company email, office email, "
    "primary email, e-post adresse, epostadr jobb, jobbmail, privat e-post, e-post privat, private email",
    Meaning.MOBILE: "mobilnummer, mobil, mobilnr, mobiltelefon, mobiltlf, mobil tlf, mobiltelefonnummer, mobil nr, "
    "mobile, mobile phone, mobile number, cell phone, cellphone, mob, mobtlf, mobil privat, mobil jobb, telefon mobil, "
    "telefon, telefonnummer, telefonnr, telefon nr, tlf, tlf nr, tlfnr, tlf mobil, phone, phone number, telephone",
    Meaning.BIRTH_DATE: "fødselsdato, fødselsdag, fødd dato, født, fødd, født dato, f dato, fdato, fødselsdt, "
    "date of birth, dob, birth date, birthdate, birthday, foedselsdato, fodselsdato, fødelsdato",
    Meaning.NATIONAL_ID: "fødselsnummer, fødselsnr, fødselsnummer 11 siffer, personnummer, personnr, pers nr, fnr, "
    "f nr, fødsels- og personnummer, fødsels og personnr, fødselsnummer/d-nummer, fødselsnr/d-nr, d-nummer, "
    "foedselsnummer, fodselsnummer, national id, national identity number, ssn, social security number",
    Meaning.UNIT: "arbeidsgiver, bedrift/avdeling, avdeling, avd, avdelingsnavn, avd navn, enhet, enhetsnavn, "
    "organisasjonsenhet, underenhet, bedrift, arbeidssted, arbeidsstad, selskap, firma, virksomhet, org nr, orgnr, "
    "organisasjonsnummer, organisasjonsnr, org nummer, orgnummer, department, unit, workplace, cost center, company",
    Meaning.STATUS: "status, ansattstatus, ansatt status, ansettelsesstatus, arbeidsstatus, stillingsstatus, "
    "status arbeidsforhold, status ansatt, employment status, employee status, aktiv, er aktiv, active, is active, "
    "inaktiv, inactive, tilstand, er ansatt, aktiv/inaktiv, aktiv ansatt, ansettelsesforhold status",
    Meaning.END_DATE: "sluttdato, slutt dato, sluttet dato, dato sluttet, sluttet, fratredelsesdato, fratredelse, "
    "fratrådt, fratrådt dato, fratredelsesdag, avgangsdato, opphørsdato, ansatt til, ansatt til dato, til dato, "
    "siste arbeidsdag, siste dag, sluttdato ansettelse, ansettelse slutt, arbeidsforhold sluttdato, sluttdato "
    "arbeidsforhold, sluttår, ansatt t.o.m., ansatt tom, til og med, fratredelsedato, fratredd dato, siste arb dag, "
    "slutt, avgang, end date, termination date, terminated, leaving date, last day, last working day, exit date, "
    "left date, leave date, employment end, employment end date, contract end date, deaktivert, deaktivert dato, "
    "inaktiv fra, inaktiv dato, avsluttet",
    Meaning.EMPLOYEE_NUMBER: "ansattnummer, ansattnr, ans nr, ansatt id, ansattes nummer, tilsettnummer, tilsettnr, "
    "medarbeidernummer, medarbeidernr, medarbeider id, arbeidstakernummer, arbeidstakernr, lønnsnummer, lønnsnr, "
    "lønnstakernummer, ressursnummer, ressursnr, employee number, employee no, employee nr, employee id, "
    "employee code, emp no, emp id, emp nr, staff number, staff id, payroll number, payroll id, personnel number, "
    "worker id, anställningsnummer, anställningsnr, medarbejdernummer",
    Meaning.JOB_TITLE: "stilling, stillingstittel, stillingsbetegnelse, stillingsnavn, stillingsbenevnelse, "
    "jobbtittel, arbeidstittel, yrkestittel, yrke, tittel, funksjon, job title, position, position title, "
    "occupation, job, title, role, rolle, befattning",
    Meaning.GROUPS: "gruppe, grupper, risikogruppe, risikogrupper, eksponeringsgruppe, eksponering, eksponeringer, "
    "eksponert for, helsekontrollgruppe, helsekontroll gruppe, kontrollgruppe, hms-gruppe, bht-gruppe, "
    "arbeidsmiljøfaktor, arbeidsmiljøfaktorer, group, groups, risk group, risk groups, exposure, exposures, "
    "exposure group, health surveillance group",
}


_VOCABULARY = Vocabulary(_VARIANTS)


def name_of(column: str, checks: Sequence[str]) -> str:
    """What the portal calls a column of a list, by its value; `checks` are those that the list can have columns of."""
    found = column_of(column, checks)
    return found.heading if isinstance(found, LastOn) else NAMES[found] if found else ""


def column_of(value: str, checks: Sequence[str]) -> Column | None:
    """The column with a value; None where there is none such."""
    if value in set(Meaning):
        return Meaning(value)
    return next((column for column in columns_of(checks) if column.value == value), None)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which row has the headings (None: there is none), and what each column means (None: nothing we know)."""

    heading: int | None
    meanings: tuple[Column | None, ...]

    @property
    def are_enough(self) -> bool:
        """Whether they say who somebody is."""
        there = set(self.meanings)
        whole = {Meaning.FULL_NAME, Meaning.FAMILY_FIRST, Meaning.ID}
        return not whole.isdisjoint(there) or {Meaning.GIVEN_NAME, Meaning.FAMILY_NAME} <= there


def recognise(rows: Sequence[Sequence[str]], checks: Sequence[str] = ()) -> Columns | None:
    """The columns by their headings; None where the first rows have none that would do."""
    words: list[tuple[Column, str]] = [*variants_of(checks).items(), *_VARIANTS.items()]
    vocabulary = Vocabulary(dict(words)) if checks else _VOCABULARY
    found = vocabulary.find(rows)
    best = Columns(found[0], _without_doubles(found[1])) if found else None
    return best if best and best.are_enough and sum(m is not None for m in best.meanings) > 1 else None


def is_list(table: Table) -> bool:
    """Whether a table has headings by which it is a list of employees."""
    return recognise([line.cells for line in table.lines[:SEARCHED]]) is not None


def _without_doubles(found: tuple[Column | None, ...]) -> tuple[Column | None, ...]:
    """A column with both names beside a column for each says nothing more."""
    if {Meaning.GIVEN_NAME, Meaning.FAMILY_NAME} <= set(found):
        return tuple(None if meaning in {Meaning.FULL_NAME, Meaning.FAMILY_FIRST} else meaning for meaning in found)
    return found


def guess(rows: Sequence[Sequence[str]], unit_names: frozenset[str], checks: Sequence[str] = ()) -> Columns:
    """The columns by what stands in them, for somebody to look over; the first row may be one with unknown headings."""
    told = "".join(rows[0]) if rows else ""  # headings have neither addresses nor numbers
    heading = 0 if len(rows) > 1 and not re.search(r"[@\d]", told) else None
    width = max(map(len, rows), default=0)
    return guess_more(Columns(heading, (None,) * width), rows, unit_names, checks, names=True)


def guess_more(
    known: Columns,
    rows: Sequence[Sequence[str]],
    unit_names: frozenset[str],
    checks: Sequence[str] = (),
    *,
    names: bool = False,
) -> Columns:
    """The columns with what those may mean that are not known by their headings, going by what stands in them."""
    first = 0 if known.heading is None else known.heading + 1
    headings = rows[known.heading] if known.heading is not None else []
    width = max([len(known.meanings), *map(len, rows[first : first + _GUESSED_FROM])])
    found: list[Column | None] = [*known.meanings, *[None] * (width - len(known.meanings))]
    for at in range(width):
        heading = headings[at].casefold() if at < len(headings) else ""
        filled = [text for row in rows[first : first + _GUESSED_FROM] if at < len(row) and (text := cell(row[at]))]
        if found[at] is None and filled and not _OF_OTHERS.search(heading):
            named = named_in(heading, checks)
            meaning: Column | None = named if named and _most(is_date, filled) else None
            meaning = meaning or _by_content(filled, heading, unit_names)
            if meaning is None and names and _most(_NAME.fullmatch, filled):
                meaning = next((m for m in (Meaning.GIVEN_NAME, Meaning.FAMILY_NAME) if m not in found), None)
            found[at] = None if meaning in found else meaning
    if names and Meaning.GIVEN_NAME in found and Meaning.FAMILY_NAME not in found:
        found[found.index(Meaning.GIVEN_NAME)] = Meaning.FULL_NAME
    return Columns(known.heading, tuple(found))


def _by_content(filled: Sequence[str], heading: str, unit_names: frozenset[str]) -> Meaning | None:
    if _most(is_date, filled):  # a column of dates with a heading may be of any day: when somebody began, say
        of_birth, of_end = _OF_BIRTH.search(heading), _OF_END.search(heading)
        return Meaning.END_DATE if of_end else Meaning.BIRTH_DATE if of_birth or not heading else None
    if _most(lambda text: text.casefold() in unit_names, filled):
        return Meaning.UNIT
    if _most(is_state, filled) and any(map(is_leaving, filled)):
        return Meaning.STATUS
    if _OF_STATE.search(heading) and _most(is_yes_or_no, filled):
        return Meaning.STATUS
    return next((meaning for meaning, fits in _FITS if _most(fits, filled)), None)


_OF_OTHERS = re.compile("leder|sjef|pårørende|kontakt|manager|next of kin|supervisor|emergency|verneombud|teamleder")
"""In the heading of a column about somebody else than the employee."""
_OF_BIRTH = re.compile("f[øo]e?d|birth|dob")
_OF_END = re.compile(
    "slutt|fratr|avgang|opphør|terminat|leav|left|end|siste|t\\.?o\\.?m|\\btil\\b|aktiv|oppsagt|sagt opp|utløp|expir|"
    "exit|resign"
)
_OF_STATE = re.compile("aktiv|ansatt|tilsatt|slutt|fratr|active|employed|left")
_NAME = re.compile(r"[^\W\d_][^\d@]*")


def _most(fits: Callable[[str], object], cells: Sequence[str]) -> bool:
    return sum(bool(fits(text)) for text in cells) >= max(1, 0.6 * len(cells))


def _can_be(read: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return bool(read(text))
        except ValueError:
            return False

    return fits


_FITS: tuple[tuple[Meaning, Callable[[str], object]], ...] = (
    (Meaning.EMAIL, _can_be(email_address.read)),
    (Meaning.NATIONAL_ID, re.compile(r"\d{6}[ .-]?\d{5}").fullmatch),
    (Meaning.MOBILE, _can_be(phone.read)),
)
