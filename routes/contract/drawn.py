"""What the templates of a line draw: the ids of rows, and what comes beside a part as `hx-partial`.

Which templates and parts a line has is read in `reading`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from models.core.partials import PARTIALS
from routes.contract.asking import PARTIAL
from routes.contract.reading import files, templates
from routes.web.lines import Line

SAID = ("#flash", "#status")
"""What comes with a part that was changed, where something is said of it."""

_PRESSED = ("sign_up", "cancel_sign_up", "move_sign_up", "accept_sign_up")
_NEVER = {
    "whoever asks has done nothing wrong": (
        ("booking", "desk_sign_ups", "desk_booking", "desk_edit_slot"), "slots", "#status",
    ),
    "nor is asked why": (("booking", "desk_sign_ups"), "slots", "#why"),
    "a customer need not say why": ((*_PRESSED, "booking_address"), "slots", "#why"),
    "a change is answered with the times": ((*_PRESSED, *(f"desk_{name}" for name in _PRESSED)), "people", "#slots"),
    "whose address was refused is told beside it": (("booking_address",), "slots", "#status"),
    "what stands around it comes with the card": (("edit_employee", "deactivation"), "employee", "#around"),
}  # fmt: skip
"""What a template brings that several lines share, and these do not; and why."""

_INCLUDED = re.compile(r'{% include "([^"]+)"')
_CALLED = re.compile(r"\bui\.(\w+)\(|\b(\w+)\(")
_INSIDE = re.compile(r"{% with part_only=false %}.*?{% endwith %}", re.DOTALL)
_ROW = re.compile(r'<(?:tr|li|div) (?:{{.*?}}|[^>])*?\bid="([a-z]+(?:-[a-z]+)*-{{[^"]+)"')
_OF_ITS_OWN = re.compile(r"{% if part_only and \w+ is defined %}.*?{% endif %}", re.DOTALL)
"""What a part brings where it was changed itself, and not where another part includes it."""
_ID = re.compile(r'<(?:tr|li|div) [^>]*\bid="([^"]+)"')
_NAMED = re.compile(r"{{\s*[\w.]*?(\w+)(?:\.isoformat\(\))?\s*}}")
_LIKE = {"id": r"(?:[a-z_]+-)*\d+"}
_MACRO = re.compile(r"{%-? macro (\w+)\(.*?{%-? endmacro", re.DOTALL)


def rows(line: Line) -> tuple[str, ...]:
    """The ids of rows on the pages and parts of a line: `order-{number}`; the surrounds of fields not counted."""
    found = {row for file in {*templates(line), *files(line).values()} for row in _ROW.findall(_text(file))}
    return tuple(sorted(_without_names(row) for row in found if not row.startswith("field-")))


def beside(line: Line) -> Mapping[str, tuple[str, ...]]:
    """By part, what may come with it; what is said of a change not counted. `#field-{name}` is of a field."""
    found = {part: PARTIAL.findall(_text(file, alone=True)) for part, file in files(line).items()}
    told = {part: {*map(_without_names, targets)} - _never(line, part) for part, targets in found.items()}
    return {part: tuple(sorted(targets)) for part, targets in told.items() if targets}


def _never(line: Line, part: str) -> set[str]:
    return {target for names, of, target in _NEVER.values() if line.name in names and of == part}


def ids(html: str) -> set[str]:
    """The ids in an answer that rows may have, and what `hx-partial` is for."""
    return {*PARTIAL.findall(html), *_ID.findall(html)}


def brought(names: Iterable[str], ids: Iterable[str]) -> set[str]:
    """Which rows and `hx-partial` are there, by ids; names as they are told, such as `order-{number}`."""
    there = {*ids}
    return {name for name in names if any(_fits(name).fullmatch(id) for id in there)}


@cache
def _fits(name: str) -> re.Pattern[str]:
    """What an id is like that is told so: most names are numbers."""
    return re.compile(re.sub(r"\\{(\w+)\\}", lambda found: _LIKE.get(found[1], r"[\w-]+"), re.escape(name)))


def _without_names(id: str) -> str:
    """An id as it is told: what a template puts in stands in braces."""
    return _NAMED.sub(r"{\1}", id)


@cache
def _text(file: str, *, alone: bool = False) -> str:
    """A template with all that it includes and the macros that it calls; `alone`, as it comes as a part."""
    text = (PARTIALS / file).read_text(encoding="utf-8")
    text = _INSIDE.sub("", text) if alone else text
    return _with_macros(text) + "".join(_inside(included, alone=alone) for included in _INCLUDED.findall(text))


def _inside(file: str, *, alone: bool) -> str:
    """A template as another one includes it."""
    return _OF_ITS_OWN.sub("", _text(file, alone=alone))


def _with_macros(text: str) -> str:
    called = {name for both in _CALLED.findall(text) for name in both} & _macros().keys()
    return text + "".join(_macro(name) for name in sorted(called))


@cache
def _macro(name: str) -> str:
    return _with_macros(_macros()[name])


@cache
def _macros() -> Mapping[str, str]:
    """The bodies of the macros that all templates share."""
    text = (PARTIALS / "_macros.html").read_text(encoding="utf-8")
    return {found[1]: found[0].partition("%}")[2] for found in _MACRO.finditer(text)}
