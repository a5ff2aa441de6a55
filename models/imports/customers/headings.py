"""The columns of a list of customers: what each may be called, how its template looks, and where they are in a table.

What a cell says is read in `reading`.
"""

from enum import StrEnum

from models.imports.cells.vocabulary import SEARCHED, Vocabulary
from models.values.tables import MAX_ROWS, Line, Table, Unreadable


class Column(StrEnum):
    """What a column holds; what is not one of these is left aside."""

    CUSTOMER = "customer"
    NUMBER = "number"
    UNIT = "unit"
    UNIT_NUMBER = "unit_number"
    MANAGER = "manager"
    AGREEMENT = "agreement"
    UNTIL = "agreement_until"
    FULL_NAME = "full_name"
    EMAIL = "email"
    USERNAME = "username"
    RIGHTS = "rights"


NAMES: dict[Column, str] = {
    Column.CUSTOMER: "Kunde",
    Column.NUMBER: "Organisasjonsnummer",
    Column.UNIT: "Avdeling",
    Column.UNIT_NUMBER: "Avdelingens organisasjonsnummer",
    Column.MANAGER: "Kundeansvarlig",
    Column.AGREEMENT: "Avtale",
    Column.UNTIL: "Avtale til",
    Column.FULL_NAME: "Bruker",
    Column.EMAIL: "E-post",
    Column.USERNAME: "Brukernavn",
    Column.RIGHTS: "Rettigheter",
}
"""What the portal calls them, in its template as well."""
TEMPLATE = (
    ("Eksempel AS", "315908302", "", "", "Ada Berg <ada@bht.example>", "BHT", "31.12.2027", "Kari Nord",
     "kari@kunden.example", "",
     "administrator, bestilling, ansatte, fakturaer, rapporter"),
    ("", "315908302", "Verkstedet", "", "", "", "", "", "", "", ""),
    ("", "315908302", "Drift > Lageret", "", "", "", "", "Ola Vik", "ola@kunden.example", "ola.vik",
     "bestilling, ansatte"),
)  # fmt: skip
"""Rows that show how a list is written: a company with its administrator, a unit, a unit below another with a user."""

# As CRMs and accounting systems call them, the surest first.
_WORDS = Vocabulary(
    {
        Column.CUSTOMER: "kunde, kundenavn, kundens navn, firma, firmanavn, bedrift, bedriftsnavn, selskap, "
        "selskapsnavn, virksomhet, foretak, foretaksnavn, customer, customer name, company, company name, "
        "account name, navn",
        Column.NUMBER: "organisasjonsnummer, organisasjonsnr, org nr, orgnr, org nummer, orgnummer, foretaksnummer, "
        "kundens organisasjonsnummer, bedriftens organisasjonsnummer, organization number, organisation number, "
        "company number, org no, vat number",
        Column.UNIT: "avdeling, avd, avdelingsnavn, enhet, enhetsnavn, underenhet, arbeidssted, bedrift/avdeling, "
        "unit, department, workplace, branch",
        Column.UNIT_NUMBER: "avdelingens organisasjonsnummer, avdelingens org nr, avdelingens orgnr, orgnr avdeling, "
        "org nr avdeling, organisasjonsnummer avdeling, avdelingsnummer, underenhetens organisasjonsnummer, "
        "underenhet orgnr, orgnr underenhet, bedriftsnummer, unit number, unit organization number, department number",
        Column.MANAGER: "kundeansvarlig, kundeansvarlig e-post, kundeansvarlige, kundekontakt, ansvarlig, "
        "kontakt hos bht, kundebehandler, rådgiver, account manager, key account manager, kam, owner, account owner",
        Column.AGREEMENT: "avtale, avtaletype, avtalenavn, kontrakt, kontraktstype, agreement, contract, contract type",
        Column.UNTIL: "avtale til, avtalen gjelder til, avtale til og med, avtaleslutt, avtale utløper, kontrakt til, "
        "gyldig til, utløpsdato, agreement until, agreement end, contract end, contract end date, valid until",
        Column.FULL_NAME: "bruker, brukerens navn, navn på bruker, fullt navn, kontaktperson, kontakt, person, "
        "user, user full name, full name, contact, contact name, contact person",
        Column.EMAIL: "e-post, e-postadresse, brukerens e-post, e-post bruker, kontaktpersonens e-post, mail, "
        "mailadresse, email, email address, e-mail, user email, contact email",
        Column.USERNAME: "brukernavn, brukernamn, innlogging, innloggingsnavn, login, username, user name, user id, "
        "brukerid, bruker-id",
        Column.RIGHTS: "rettigheter, rettighet, tilgang, tilganger, roller, rolle, rights, permissions, "
        "access, role, roles",
    }
)


def is_list(table: Table) -> bool:
    """Whether a table has the headings of a list of customers."""
    return _found(table) is not None


def lines_of(table: Table, at_most: int = MAX_ROWS) -> tuple[list[Line], tuple[Column | None, ...], list[str]]:
    """The lines below the headings, what their columns mean, and the headings that mean nothing; raises Unreadable."""
    table.check_letters()
    found = _found(table)
    if found is None:
        raise Unreadable(
            f"Lista mangler kolonnen {NAMES[Column.NUMBER]}. En av de første linjene må ha navnene på kolonnene: "
            f"{', '.join(NAMES.values())}."
        )
    at, columns = found
    lines, headings = table.lines[at + 1 :], table.lines[at].cells
    if not lines:
        raise Unreadable("Det står ingen kunder i lista.")
    if len(lines) > at_most:
        raise Unreadable(f"Lista har flere enn {at_most} rader. Del den, eller bruk kommandoen import-customers.")
    unknown = [name.strip() for name, column in zip(headings, columns, strict=True) if column is None and name.strip()]
    return lines, columns, unknown


def _found(table: Table) -> tuple[int, tuple[Column | None, ...]] | None:
    found = _WORDS.find([line.cells for line in table.lines[:SEARCHED]])
    return found if found and Column.NUMBER in found[1] else None
