"""An entry of the log in words: what it is about, what was done, and what was there before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from models.core.scope import Right
from models.log.search import Entry
from models.reports.report import Kind as Report
from routes.web.words import RIGHTS, amount
from routes.web.words.labels import label

KINDS = {
    "order": "Bestilling",
    "booking": "Booking",
    "sign_up": "Påmelding",
    "invitation": "Invitasjon",
    "employee": "Ansatt",
    "invoice": "Faktura",
    "report": "Rapport",
    "plan": "Plan",
    "notice": "Oppslag",
    "unit": "Avdeling",
    "check": "Kontroll",
    "import": "Import",
    "customer": "Kunde",
    "user": "Bruker",
    "viewing": "Innsyn",
    "calendar_feed": "Kalenderlenke",
}
_ACTIONS = {
    "account manager": "Ny kundeansvarlig",
    "added": "Lagt til",
    "agreement": "Avtale og kontaktperson endret",
    "attendance": "Oppmøte ført",
    "cancelled": "Avlyst",
    "changed": "Endret",
    "confirmed": "Bekreftet",
    "created": "Meldt på",
    "credited": "Kreditert",
    "customer added": "Kunde lagt til",
    "deactivated": "Deaktivert",
    "declined": "Takket nei",
    "disclosed": "Alt om den ansatte hentet",
    "ended": "Avsluttet",
    "erased": "Slettet",
    "expired": "Gått ut",
    "files": "Filer lagt ved",
    "invited": "Invitert til portalen",
    "made": "Laget",
    "message": "Melding skrevet",
    "moved": "Flyttet",
    "names shown": "Navn vist for bedriftshelsetjenesten",
    "national_id_changed": "Fødselsnummer endret",
    "national_id_removed": "Fødselsnummer fjernet",
    "national_id_seen": "Fødselsnummer vist, skjult",
    "national_id_set": "Fødselsnummer registrert",
    "no answer": "Melding trenger ikke svar",
    "offered": "Fikk tilbud om time",
    "order cancelled": "Avbestilt",
    "paid": "Betaling registrert",
    "password": "Passord byttet",
    "placed": "Bestilt",
    "plan replaced": "Plan byttet ut",
    "progress": "Status endret",
    "published": "Publisert",
    "reactivated": "Aktivert igjen",
    "recovery code used": "Gjenopprettingskode brukt",
    "recovery codes renewed": "Nye gjenopprettingskoder laget",
    "reference": "Referanse endret",
    "removed": "Tatt bort",
    "reports hidden": "Rapporter skjult for kunden",
    "reports shown": "Rapporter vist for kunden",
    "resend": "Sendt på nytt",
    "rights": "Rettigheter endret",
    "second factor added": "Totrinnsbekreftelse slått på",
    "second factor not required": "Totrinnsbekreftelse ikke krevd lenger",
    "second factor removed": "Totrinnsbekreftelse slått av",
    "second factor required": "Totrinnsbekreftelse krevd",
    "sent": "Sendt",
    "sent to collection": "Sendt til inkasso",
    "sign-on changed": "Innlogging med jobbkonto endret",
    "sign-on removed": "Innlogging med jobbkonto tatt bort",
    "sign-on set up": "Innlogging med jobbkonto satt opp",
    "taken back from collection": "Trukket tilbake fra inkasso",
    "taken over": "Overtatt",
    "time changed": "Tid endret",
    "time removed": "Tid tatt bort",
    "times added": "Tider lagt til",
    "times moved": "Tider flyttet",
    "undone": "Angret",
    "user added": "Bruker lagt til",
    "user changed": "Bruker endret",
    "user deactivated": "Bruker deaktivert",
    "user reactivated": "Bruker aktivert igjen",
    "user removed": "Tilgang tatt bort",
    "viewed": "Side vist for bedriftshelsetjenesten",
    "viewing begun": "Innsyn begynt",
    "viewing ended": "Innsyn avsluttet",
    "waiting": "Satt på venteliste",
    "withdrawn": "Trukket tilbake",
    "work account linked": "Jobbkonto knyttet til brukeren",
    "work account unlinked": "Jobbkonto løst fra brukeren",
}
_FIELDS = {
    "agreement": "avtale",
    "agreement_until": "avtale til og med",
    "contact_name": "kontaktperson",
    "contact_email": "kontaktpersonens e-post",
    "contact_phone": "kontaktpersonens telefon",
    "asked_by": "på vegne av",
    "full_name": "navn",
    "given_name": "fornavn",
    "family_name": "etternavn",
    "email": "e-post",
    "mobile": "mobil",
    "birth_date": "fødselsdag",
    "employee_number": "ansattnummer",
    "job_title": "stilling",
    "groups": "gruppe",
    "unit": "avdeling",
    "unit_id": "avdeling",
    "rights": "rettigheter",
    "reference": "referanse",
    "reason": "grunn",
    "page": "side",
    "state": "tilstand",
    "status": "status",
    "kind": "slag",
    "year": "år",
    "title": "tittel",
    "files": "antall filer",
    "to": "til",
    "freed": "timer frigitt",
    "issuer": "utsteder",
    "client_id": "portalens navn der",
    "domains": "e-postdomener",
    "must_verify": "krever bekreftet e-post",
    "is_on": "slått på",
    "is_only_way": "passord slått av",
    "handed_over": "timer gitt videre",
    "employee": "ansatt",
    "name": "navn",
    "group": "gruppe",
    "months": "måneder mellom",
    "order_number": "bestilling",
    "slot": "time",
    "slots": "timer",
    "previous_slot": "forrige time",
}
_FOR_PROGRAMS = {"sign_up", "standing", "revision"}
"""What an entry names besides, which another of its values says to people."""
_NOTHING = "ingenting"


@dataclass(frozen=True, slots=True)
class Value:
    """One value that was changed."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page and the file say it."""

    number: int
    at: datetime
    actor: str
    thing: str
    action: str
    values: tuple[Value, ...]
    also: str
    """What else it says: names of fields, a page, a reason."""


def line_of(entry: Entry) -> Line:
    """An entry in words; what has none yet is said as it is stored."""
    kind, _, key = entry.about.partition(":")
    before, after = (dict(entry.changed.get(side) or {}) for side in ("before", "after"))
    values = tuple(Value(_field(name), _said(before.get(name)), _said(after.get(name))) for name in {**before, **after})
    return Line(
        entry.number,
        entry.at,
        entry.actor,
        f"{KINDS.get(kind, kind)} {key}",
        _ACTIONS.get(entry.action, entry.action),
        values,
        "; ".join(_also(entry.changed)) if not values else "",
    )


def _also(changed: Mapping[str, Any]) -> list[str]:
    if fields := changed.get("fields"):
        return [", ".join(map(_field, fields))]
    if "amount" in changed:
        return [f"beløp: {amount(Decimal(str(changed['amount'])))} {changed.get('currency', '')}".rstrip()]
    return [
        f"{_field(name)}: {_said(_word(name, value))}"
        for name, value in changed.items()
        if name not in _FOR_PROGRAMS and value not in (None, "", [], {})
    ]


def _word(name: str, value: Any) -> Any:
    """The word for a value of ours; an older entry has the word."""
    return label(Report(value)) if name == "kind" and value in set(Report) else value


def _field(name: str) -> str:
    return _FIELDS.get(name, name.replace("_", " "))


def _said(value: Any) -> str:
    """A value as it is stored in an entry; rights by the words for them."""
    if value in (None, "", [], {}):
        return _NOTHING
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(RIGHTS[Right(each)] if each in set(Right) else str(each) for each in value)
    return str(value)
