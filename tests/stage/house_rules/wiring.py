"""Where a page leads, and what it refers to: lines of the map, fields that they read, ids that are there.

What else holds of every page is in `pages`; the same of templates, before they are drawn, in
`tests.stage.templates.wiring`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bs4 import Tag
from starlette.routing import compile_path

from routes import MAP
from routes.contract.reading import parts
from routes.web.lines import Line
from tests.stage.shared import in_turn, shared
from tests.stage.templates.attributes import (
    ASKS,
    AWAY,
    HEARD,
    LEADING,
    REFERRING,
    SELECTED,
    SELECTING,
    field_ids,
    names_read,
)
from tests.stage.templates.wiring import of_the_portal

STATIC = Path(__file__).parents[3] / "static"

_CONTROLS = {"input", "select", "textarea", "button"}
_NUMBERED = re.compile(r"-\d+")
_PATHS = [(line.method, compile_path(line.path)[0], line) for line in MAP]


def all_is_wired(tags: Sequence[Tag], *, document: bool) -> None:
    """Whatever a page or a fragment names is there; from a fragment, an id may be one of the page around it."""
    sent: dict[object, list[tuple[str, Tag]]] = {}
    forms: list[Tag] = []
    for tag in tags:
        for name in tag.attrs:
            if _kind(name) == "leads":
                _leads(tag, name, str(tag[name]))
        if tag.name == "form":
            forms.append(tag)
        elif tag.name in _CONTROLS and tag.get("name") and "disabled" not in tag.attrs:
            sent.setdefault(tag.get("form") or id(tag.find_parent("form")), []).append((str(tag["name"]), tag))
    for form in forms:
        _is_read(form, [*sent.get(id(form), []), *sent.get(form.get("id"), [])])
        _asks_for_a_part(form)
    ids_are_there(tags, document=document)


def ids_are_there(tags: Iterable[Tag], *, document: bool) -> None:
    """Each id that an element names is one of the page; of a fragment, one that the page around it may have."""
    named = [(kind, str(value), tag) for tag in tags for name, value in _texts(tag) if (kind := _kind(name))]
    ids = {str(tag["id"]) for tag in tags if "id" in tag.attrs} if named else set()
    for kind, value, tag in named:
        missing = [id for id in _named(kind, value) if id not in ids]
        assert not missing or (not document and all(map(is_drawn, missing))), f"{_said(tag)} names no id: {missing}"


def _texts(tag: Tag) -> Iterator[tuple[str, str]]:
    """Attributes as they were written; one of several words is a list."""
    for name, value in tag.attrs.items():
        yield name, value if isinstance(value, str) else " ".join(value)


def begins_with(html: str, id: str) -> bool:
    """Whether the first element of an answer, behind its title, is the one that it replaces."""
    return f' id="{id}"' in re.sub(r"^\s*<title>.*?</title>", "", html, count=1, flags=re.DOTALL).partition(">")[0]


@cache
def _kind(attribute: str) -> str:
    """What an attribute does."""
    plain = attribute.partition(":")[0]
    kinds = (("leads", LEADING), ("refers", REFERRING), ("selects", SELECTING), ("hears", {"hx-trigger"}))
    return next((kind for kind, names in kinds if plain in names), "")


def _named(kind: str, value: str) -> Sequence[str]:
    """The ids that an attribute names."""
    if kind == "leads":
        return [value[1:]] if value.startswith("#") else []
    return value.split() if kind == "refers" else (SELECTED if kind == "selects" else HEARD).findall(value)


@cache
def line_of(method: str, path: str) -> Line | None:
    """The line of the map that answers there."""
    return next((line for its, pattern, line in _PATHS if its == method and pattern.match(path)), None)


def _line(method: str, url: str) -> Line | None:
    """The same, asked once for all rows."""
    return line_of(method, re.sub(r"\d+", "1", urlsplit(url).path))


def _leads(tag: Tag, name: str, url: str) -> None:
    """An address is one of the map, asked for with its method, and what stands in its query is read there."""
    if AWAY.match(url):
        return
    method = ASKS.get(name) or _method(tag)
    wrong = _wrong(method, url)
    assert not wrong, f"{_said(tag)}: {wrong} ({name})"
    if tag.name not in {"form", "a"} and name in {"hx-get", "hx-post"} and (line := _line(method, url)):
        _takes_along(tag, line)


@cache
def _wrong(method: str, url: str) -> str:
    """What is wrong with an address; nothing where it leads somewhere."""
    path, query = urlsplit(url).path, urlsplit(url).query
    if path.startswith("/static/"):
        name = re.sub(r"\.[0-9a-f]{8}(?=\.\w+$)", "", path.removeprefix("/static/"))  # what is in it, for caches
        return "" if (STATIC / name).is_file() else f"static/ has no {name}"
    line = _line(method, url)
    if line is None:
        return f"the map has no {method} {path}"
    unread = {key for key, _ in parse_qsl(query, keep_blank_values=True)} - _read(line)
    return f"{line.method} {line.path} reads no {sorted(unread)}" if unread else ""


def _method(tag: Tag) -> str:
    """How a form is sent, or a button sends it; one whose form is on the page around the fragment belongs to a POST."""
    form = tag if tag.name == "form" else tag.find_parent("form") or _page(tag).find(id=str(tag.get("form")))
    return str(tag.get("formmethod") or (form.get("method", "get") if isinstance(form, Tag) else "post")).upper()


def _page(tag: Tag) -> Tag:
    """All of what a tag is part of."""
    return tag if tag.parent is None else _page(tag.parent)


def _takes_along(tag: Tag, line: Line) -> None:
    """A control that asks for itself sends its own value, and those of what it includes; a button's is its form's."""
    names = {str(tag["name"])} if tag.get("name") and tag.name != "button" else set[str]()
    if tag.get("hx-include"):
        names |= {str(one["name"]) for one in _page(tag).select(str(tag["hx-include"])) if one.get("name")}
    unread = {_NUMBERED.sub("", name) for name in names} - _read(line)
    assert not unread, f"{_said(tag)}: {line.method} {line.path} reads no {sorted(unread)}"


def _is_read(form: Tag, sent: Iterable[tuple[str, Tag]]) -> None:
    """What a form sends is read where it is sent, or where one of its buttons sends it."""
    own = _line(_method(form), str(form.get("action", "")))
    to = {id(own): own}
    for _, tag in sent:
        if tag.get("formaction"):
            other = _line(_method(tag), str(tag["formaction"]))
            to[id(other)] = other
    read = frozenset[str]().union(*(_read(line) for line in to.values() if line))
    unread = {name for name, _ in sent if _NUMBERED.sub("", name) not in read}
    assert not unread, f"{_said(form)}: {own.method if own else ''} {own.path if own else ''} reads no {sorted(unread)}"


def _asks_for_a_part(form: Tag) -> None:
    """What a form lets htmx replace is a part of the line that it is sent to."""
    line = _line(_method(form), str(form.get("action", "")))
    target = str(form.get("hx-target", ""))
    if line and target.startswith("#"):
        part = _NUMBERED.sub("", target[1:])  # a row's has its number, too
        given = {one.removesuffix("-{id}") for one in _known()["parts"][line.name]}
        assert part in {"main"} | given, f"{_said(form)}: {line.method} {line.path} gives no part {part}"


def is_drawn(id: str) -> bool:
    """Whether some template draws an element with this id."""
    return id in _ids() or bool(_ids_with_numbers().fullmatch(id))


def _read(line: Line) -> frozenset[str]:
    return _names()[line.name]


@cache
def _names() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(names) for name, names in _known()["read"].items()}


@cache
def _ids() -> frozenset[str]:
    return frozenset(_known()["ids"])


@cache
def _ids_with_numbers() -> re.Pattern[str]:
    return re.compile("|".join(_known()["patterns"]))


@cache
def _known() -> dict[str, Any]:
    """What is found out about lines and templates once in a run, and read by its other processes."""
    file = shared() / "wiring.json"
    with in_turn("wiring"):
        if not file.exists():
            templates = of_the_portal()
            told = {
                "read": {line.name: sorted(names_read(line)) for line in MAP},
                "parts": {line.name: [*parts(line)] for line in MAP},
                "ids": sorted(templates.ids | field_ids()),
                "patterns": sorted(templates.patterns),
            }
            file.write_text(json.dumps(told), encoding="utf-8")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _said(tag: Tag) -> str:
    return f"<{tag.name} {' '.join(f'{name}={value!r}' for name, value in tag.attrs.items())}>"
