"""The contract as developers read it: of each line its fields with kinds, limits and choices, its parts and statuses.

What is read is in `reading`; examples of answers are in `rehearsal`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from wtforms import BooleanField, Field, PasswordField, StringField
from wtforms.validators import Length

from routes.contract import reading
from routes.contract.drawn import SAID, beside, rows
from routes.web.fields import Number
from routes.web.forms import PortalForm
from routes.web.lines import Line

VERSION = 1
"""Raised with each change that a program may notice; `docs/contract-changes.md` says what changed."""

_KINDS: tuple[tuple[type[Field], str], ...] = (
    (BooleanField, "tick"),
    (PasswordField, "password"),
    (StringField, "text"),
)
"""Of fields that are not our own; ours say it themselves."""
KINDS = {
    "date": "`dd.mm.åååå` or ISO, `2026-10-13`",
    "time of day": "`08:30` or `0830`",
    "identity number": "eleven digits; it never comes back but as a mask, `010190 *****`",
    "ids": "the id of a row, sent as often as there are rows",
    "file": "a file, in a form of `multipart/form-data`; where several are taken, one after the other",
    "tick": "sent when it is ticked, whatever its value",
    "choice": "one of its values, or one of those that the page offers",
    "whole number": "digits alone",
    "password": "never drawn again",
    "text": "trimmed; identity numbers in it are masked, control characters dropped",
    "key": "made by the page; a form sent twice under it is done once, and other content under it is refused with 409",
    "value": "what the page has put there, such as a key",
}
"""What is typed into a field of each kind."""

ANYWHERE = {
    303: "nobody is signed in where `who` asks for it: to `/login?next=…` and back",
    304: "`If-None-Match` names what is still so",
    400: "a foreign `Host`, or a body that is no form",
    401: "nobody is signed in, and htmx asks: `HX-Redirect` has the way to the sign-in",
    403: "a POST without the `csrf_token` of the session, from another site, or while staff look as a customer does",
    404: "an unknown address, a row that one may not see, a right that one does not have",
    405: "a method that the address does not take; `Allow` names those that it does",
    409: "the page is of another customer than the one that its user is at by now; what was typed is kept",
    413: "a body of more than a megabyte; of ten where a list is sent, of 21 where a report is",
    429: "more of what costs others than one may do in an hour, or more files on their way than one may send at once",
    500: "a fault of the portal",
    503: "the database is away, or the portal is stopping",
}
"""What every place can answer besides its own statuses, and when."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A field that a line takes."""

    name: str
    kind: str
    label: str = ""
    required: bool = False
    longest: int | None = None
    """Signs that it takes."""
    lowest: int | None = None
    highest: int | None = None
    values: tuple[tuple[str, str], ...] = ()
    """What may be chosen, each with its word, where that is the same for everybody."""


_BESIDE_A_FORM = {
    "idempotency_key": Taken("idempotency_key", "key"),
    "file": Taken("file", "file"),
    "files": Taken("files", "file", "Legg ved filer"),
    "waiting": Taken("waiting", "ids", "Disse er lagt ved"),
    "sensitive": Taken("sensitive", "choice", values=(("remove", "Fjern"), ("send", "Send likevel"))),
}
"""What several forms take that no field of theirs says: what comes as a file, and what the guard on texts asks."""


@dataclass(frozen=True, slots=True)
class Described:
    """A line of the map, in words and numbers."""

    name: str
    method: str
    path: str
    who: str
    fields: tuple[Taken, ...]
    parts: tuple[str, ...]
    statuses: tuple[int, ...]
    beside: Mapping[str, tuple[str, ...]]
    """By part, what may come with it as `hx-partial`: `#field-{name}` is of a field that is called so."""
    says: tuple[str, ...]
    """What comes with a part besides, once a change was made."""
    rows: tuple[str, ...]
    """Ids of rows on its page and in its parts: `order-{number}`."""

    def fits(self, words: str) -> bool:
        """Whether all the words stand in its address, name, fields or parts."""
        own = " ".join(
            [self.method, self.path, self.name, self.who, *(f.name for f in self.fields), *self.parts, *self.rows]
        )
        return all(word in own.casefold() for word in words.casefold().split())


@cache
def described(line: Line) -> Described:
    """What is told of a line."""
    return Described(
        line.name,
        line.method,
        line.path,
        reading.who(line),
        tuple(_taken(name, form) for name, form in reading.fields(line).items()),
        tuple(reading.parts(line)),
        tuple(reading.statuses(line)),
        beside(line),
        SAID if reading.says(line) else (),
        rows(line),
    )


EVERYWHERE = Described(
    "anywhere", "GET, POST", "/…", "everybody", (Taken("csrf_token", "value", required=True),), ("main",), (*ANYWHERE,),
    {"main": ("#status", "#tabs")}, (), (),
)  # fmt: skip
"""What holds for every line; the token is for a POST."""


def as_json(lines: Sequence[Line]) -> dict[str, Any]:
    """The whole, as `schema.json` beside this file says."""
    anywhere = {str(status): when for status, when in ANYWHERE.items()}
    return {"version": VERSION, "kinds": KINDS, "anywhere": anywhere, "lines": [_line(line) for line in lines]}


def _taken(name: str, form: type[PortalForm] | None) -> Taken:
    field = next((field for field in form() if field.name == name), None) if form else None
    if field is None:
        return _BESIDE_A_FORM.get(name, Taken(name, "value"))
    kind = getattr(field, "kind", "") or next((kind for of, kind in _KINDS if isinstance(field, of)), "ids")
    choices = getattr(field, "choices", None) or ()
    return Taken(
        name,
        kind,
        field.label.text.removesuffix(":"),
        bool(getattr(field.flags, "required", False)),
        _longest(field),
        field.low if isinstance(field, Number) else None,
        field.high if isinstance(field, Number) else None,
        tuple((str(choice.value), choice.label or choice.value) for choice in choices),
    )


def _longest(field: Field) -> int | None:
    """How many signs a field takes, where a rule of it says so."""
    held: Sequence[object] = field.validators
    return next((one.max for one in held if isinstance(one, Length)), None)


def _line(line: Line) -> dict[str, Any]:
    told = asdict(described(line))
    return told | {"fields": [_said(one) for one in told["fields"]]}


def _said(field: dict[str, Any]) -> dict[str, Any]:
    """Without what is not said of a field."""
    return {name: value for name, value in field.items() if value not in (None, (), "", False)}
