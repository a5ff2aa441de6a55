"""What the portal holds of an employee, as the sections of a PDF: each a heading and a table in words.

Which rows those are is decided in `models.log.disclosure`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from models.bookings.sign_ups.sign_up import State
from models.core.base import Value
from models.log.disclosure.reading import File, Record
from models.log.search import Entry
from routes.log.words import KINDS, Line, line_of
from routes.web.words import date as day
from routes.web.words import moment
from routes.web.words.labels import label
from routes.web.words.messages import title

Section = Mapping[str, Any]
Cells = Callable[[Record], list[str]]

_LABELS = {
    "id": "Nummer",
    "given_name": "Fornavn",
    "family_name": "Etternavn",
    "email": "E-post",
    "mobile": "Mobil",
    "birth_date": "Fødselsdag",
    "gender": "Kjønn",
    "language": "Språk",
    "unit": "Bedrift/avdeling",
    "employee_number": "Ansattnummer",
    "job_title": "Stilling",
    "groups": "Grupper",
    "told": "Kontroller sist",
    "deactivated_at": "Deaktivert",
    "added_by": "Lagt til av",
    "number": "Fødselsnummer",
    "registered_at": "Registrert",
}
_NOTHING = "Ingenting er lagret."


def sections_of(found: File) -> list[Section]:
    """All of it, in the order in which people ask."""
    bookings = {row["id"]: row for row in found["bookings"]}
    slots = {row["id"]: row for row in found["slots"]}

    def sign_up(row: Record) -> list[str]:
        booking, slot = bookings[row["booking_id"]], slots.get(row["slot_id"])
        when = _period(slot) if slot else _text(row["day"])
        return [booking["title"], when, booking["place"], label(State(row["state"])), _by(row, "signed_up")]

    def invitation(row: Record) -> list[str]:
        return [bookings[row["booking_id"]]["title"], _by(row, "invited"), _text(row["ended_at"])]

    return [
        _facts("Opplysninger", found["employee"] + found["national_id"]),
        _table("Timer", ["Hva", "Når", "Hvor", "Tilstand", "Påmeldt"], found["sign_ups"], sign_up),
        _table("Kontroller", ["Hva", "Sist", "Forfaller", "Har time"], found["checks"], _check),
        _table("Kontroller som bedriften har oppgitt", ["Hva", "Sist"], found["told_days"], _told),
        _table("Invitasjoner", ["Til", "Invitert", "Avsluttet"], found["invitations"], invitation),
        _table("Brev og meldinger", ["Hva", "Om", "Til", "Når", "Sier"], found["messages"], _message),
        _table("Lister som venter", ["Sendt inn", "Sier"], found["imports"], _list),
        _table("Importer som kan angres", ["Når", "Hva", "Det som sto der før"], found["import_effects"], _effect),
        _table("Endringer og oppslag", ["Når", "Hvem", "Hva", "Handling", "Sier"], found["log"], _entry),
        _table("Innsyn", ["Fra", "Til", "Hvem", "Hvorfor"], found["viewings"], _viewing),
    ]


def _facts(heading: str, records: list[Record]) -> Section:
    said = [[_LABELS[name], _text(value)] for record in records for name, value in record.items() if value is not None]
    return {"heading": heading, "pairs": said}


def _table(heading: str, heads: list[str], records: list[Record], cells: Cells) -> Section:
    return {"heading": heading, "heads": heads, "rows": [cells(row) for row in records], "none": _NOTHING}


def _check(row: Record) -> list[str]:
    return [row["name"], _text(row["last_on"]), _text(row["due_on"]), _text(row["booked_on"])]


def _told(row: Record) -> list[str]:
    return [row["name"], _text(row["last_on"])]


def _message(row: Record) -> list[str]:
    to = row["to"] or {"crm": "Bedriftshelsetjenestens system"}.get(row["channel"], "")
    sent = f"sendt {moment(row['delivered_at'])}" if row["delivered_at"] else "ikke sendt"
    kind, _, number = row["about"].partition(":")
    when = f"{moment(row['created_at'])}, {sent}"
    return [title(row["kind"]), f"{KINDS.get(kind, kind)} {number}", to, when, _values(row["payload"])]


def _list(row: Record) -> list[str]:
    said = [_values(values) for values in row["rows"]] + (["Har sluttet."] if row["has_left"] else [])
    return [f"{moment(row['made_at'])} av {row['user']}", "; ".join(said)]


def _effect(row: Record) -> list[str]:
    before = {_LABELS.get(name, name): value for name, value in row["before"].items()} | {"Deaktivert": row["left_at"]}
    return [moment(row["at"]), label(row["fate"]), _values(before)]


def _entry(row: Record) -> list[str]:
    line: Line = line_of(Entry(row["id"], row["at"], row["actor"], row["about"], row["action"], row["changed"]))
    changes = [f"{value.name}: {value.before} → {value.after}" for value in line.values]
    return [
        moment(line.at),
        line.actor,
        line.thing,
        line.action,
        "; ".join([*changes, *([line.also] * bool(line.also))]),
    ]


def _viewing(row: Record) -> list[str]:
    return [moment(row["began_at"]), moment(row["until"]), row["user"] or "", row["reason"]]


def _by(row: Record, what: str) -> str:
    who = row[f"{what}_by"]
    return moment(row[f"{what}_at"]) + (f" av {who}" if who else "")


def _period(slot: Record) -> str:
    return f"{moment(slot['starts_at'])}–{moment(slot['ends_at'])}"


def _values(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {_text(value)}" for name, value in values.items() if value not in (None, "", [], {}))


def _text(value: Any) -> str:
    if isinstance(value, Value):
        return label(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, Mapping):
        return _values(value)
    return "" if value is None else str(value)
