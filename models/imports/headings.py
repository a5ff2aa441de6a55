"""What the columns of an imported list mean: known by their headings, guessed by what stands in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.employees.details import read_email, read_mobile
from models.values.tables import Table

_SEARCHED = 10
"""Rows at the top among which the headings are: above them, lists often have a title."""
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
}
"""What the portal calls them, in its own export as well."""

# As payroll and personnel systems call them, the surest first: of two columns with one meaning the first is taken.
_VARIANTS = {
    Meaning.ID: "portal-id, kundeportal-id",
    Meaning.GIVEN_NAME: "fornavn, fornamn, for- og mellomnavn, first name, given name, firstname",
    Meaning.FAMILY_NAME: "etternavn, etternamn, last name, surname, family name, lastname",
    Meaning.FULL_NAME: "navn, namn, fullt navn, ansattnavn, ansatt, navn på ansatt, fornavn etternavn, "
    "fornavn og etternavn, medarbeider, name, full name",
    Meaning.FAMILY_FIRST: "etternavn fornavn, etternavn og fornavn",
    Meaning.EMAIL: "e-post, e-postadresse, jobb-e-post, e-post jobb, e-post arbeid, e-post (jobb), mail, mailadresse, "
    "email address, email, e-mail, privat e-post, e-post privat",
    Meaning.MOBILE: "mobilnummer, mobil, mobilnr, mobiltelefon, mobil tlf, mobile, mobil privat, mobil jobb, telefon, "
    "telefonnummer, telefonnr, tlf, tlf nr, tlf mobil, phone",
    Meaning.BIRTH_DATE: "fødselsdato, fødselsdag, født, fødd, f dato, fdato, fødselsdato (dd.mm.åååå), date of birth, "
    "birth date, birthday, foedselsdato, fodselsdato",
    Meaning.NATIONAL_ID: "fødselsnummer, fødselsnr, fødselsnummer 11 siffer, personnummer, personnr, fnr, f nr, "
    "fødsels- og personnummer, fødselsnummer/d-nummer, d-nummer, foedselsnummer, fodselsnummer, national id",
    Meaning.UNIT: "arbeidsgiver, bedrift/avdeling, avdeling, avdelingsnavn, enhet, underenhet, bedrift, arbeidssted, "
    "selskap, firma, virksomhet, org nr, orgnr, organisasjonsnummer, org nummer, department, unit",
    Meaning.STATUS: "status",
}


def _bare(heading: str) -> str:
    """A heading without what is beside its letters: `E-post:` is `epost`."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


_KNOWN = {
    _bare(variant): (meaning, rank)
    for meaning, variants in _VARIANTS.items()
    for rank, variant in enumerate(variants.split(","))
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which row has the headings (None: there is none), and what each column means (None: nothing we know)."""

    heading: int | None
    meanings: tuple[Meaning | None, ...]

    @property
    def are_enough(self) -> bool:
        """Whether they say who somebody is."""
        there = set(self.meanings)
        whole = {Meaning.FULL_NAME, Meaning.FAMILY_FIRST, Meaning.ID}
        return not whole.isdisjoint(there) or {Meaning.GIVEN_NAME, Meaning.FAMILY_NAME} <= there


def recognise(rows: Sequence[Sequence[str]]) -> Columns | None:
    """The columns by their headings; None where the first rows have none that would do."""
    best = max(
        (Columns(at, _by_heading(row)) for at, row in enumerate(rows[:_SEARCHED])),
        key=lambda columns: sum(meaning is not None for meaning in columns.meanings),
        default=None,
    )
    return best if best and best.are_enough and sum(m is not None for m in best.meanings) > 1 else None


def is_list(table: Table) -> bool:
    """Whether a table has headings by which it is a list of employees."""
    return recognise([line.cells for line in table.lines[:_SEARCHED]]) is not None


def _by_heading(row: Sequence[str]) -> tuple[Meaning | None, ...]:
    known = [_KNOWN.get(_bare(re.sub(r"\([^()]*\)", "", heading))) or _KNOWN.get(_bare(heading)) for heading in row]
    surest = {
        meaning: min(rank for m, rank in filter(None, known) if m is meaning) for meaning, _ in filter(None, known)
    }
    taken: set[Meaning] = set()
    found: list[Meaning | None] = []
    for one in known:
        is_it = one is not None and surest[one[0]] == one[1] and one[0] not in taken
        found.append(one[0] if one and is_it else None)
        taken |= {one[0]} if one and is_it else set()
    if {Meaning.GIVEN_NAME, Meaning.FAMILY_NAME} <= taken:  # a column with both beside them says nothing more
        found = [None if meaning in {Meaning.FULL_NAME, Meaning.FAMILY_FIRST} else meaning for meaning in found]
    return tuple(found)


def guess(rows: Sequence[Sequence[str]], unit_names: frozenset[str]) -> Columns:
    """The columns by what stands in them, for somebody to look over; the first row may be one with unknown headings."""
    width = max(map(len, rows), default=0)
    columns = [[row[at].strip() for row in rows[:_GUESSED_FROM] if at < len(row)] for at in range(width)]
    found: list[Meaning | None] = []
    for cells in columns:
        filled = [cell for cell in cells if cell]
        meaning = next((m for m, fits in _FITS if filled and _most(fits, filled)), None)
        if meaning is None and filled and _most(lambda cell: cell.casefold() in unit_names, filled):
            meaning = Meaning.UNIT
        if meaning is None and filled and _most(lambda cell: bool(re.fullmatch(r"[^\W\d_][^\d@]*", cell)), filled):
            meaning = next((m for m in (Meaning.GIVEN_NAME, Meaning.FAMILY_NAME) if m not in found), None)
        found.append(None if meaning in found else meaning)
    if Meaning.GIVEN_NAME in found and Meaning.FAMILY_NAME not in found:
        found[found.index(Meaning.GIVEN_NAME)] = Meaning.FULL_NAME
    told = "".join(rows[0]) if rows else ""  # headings have neither addresses nor numbers
    return Columns(0 if len(rows) > 1 and not re.search(r"[@\d]", told) else None, tuple(found))


def _most(fits: object, cells: Sequence[str]) -> bool:
    assert callable(fits)
    return sum(bool(fits(cell)) for cell in cells) >= max(1, 0.6 * len(cells))


def _is_email(cell: str) -> bool:
    try:
        return bool(read_email(cell))
    except ValueError:
        return False


def _is_mobile(cell: str) -> bool:
    try:
        return bool(read_mobile(cell))
    except ValueError:
        return False


_FITS = (
    (Meaning.EMAIL, _is_email),
    (Meaning.BIRTH_DATE, re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d\d-\d\d.*").fullmatch),
    (Meaning.NATIONAL_ID, re.compile(r"\d{6}[ .-]?\d{5}").fullmatch),
    (Meaning.MOBILE, _is_mobile),
)
