"""Whether a place keeps what the published contract says of its line. Whatever it does not, is said with the line.

The contract is written in `files`; what holds for every page, whatever its line, is in `tests.stage.house_rules`.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx2
from bs4 import Tag

from routes.contract import description, reading
from routes.contract.description import as_json
from routes.web.lines import Line
from tests.stage.contract import files
from tests.stage.house_rules import pages, wiring
from tests.stage.page import Page

HTMX = {"hx-request": "true", "hx-request-type": "partial"}
_TOKENS = re.compile(r'name="(?:csrf_token|idempotency_key)" value="[^"]+"')
_MAIN = re.compile(r'<main id="main"[^>]*>.{0,2000}?<div id="flash">', re.DOTALL)
_ANOTHER_EACH_TIME = {"new_factor"}
"""Places with a new secret each time that they are opened."""
Told = dict[str, Any]


@cache
def published() -> dict[str, Told]:
    """The lines of `docs/contract.json` by their names."""
    lines = json.loads(files.JSON.read_text(encoding="utf-8"))["lines"]
    return {line["name"]: line for line in lines}


def faults(person: Page, line: Line, url: str) -> list[str]:
    """What the handler, and what it answers to somebody who may enter, have otherwise than it was published."""
    told = published()[line.name]
    found = [*_in_source(line, told), *_in_page(person.send("GET", url), told), *_in_parts(person, url, told)]
    return [f"{line.method} {line.path}: {fault}" for fault in found]


def _in_source(line: Line, told: Told) -> Iterator[str]:
    """What the handler reads and gives now."""
    now = json.loads(json.dumps(as_json([line])))["lines"][0]
    for name in ("who", "parts", "statuses"):
        if now[name] != told[name]:
            yield f"{name} were {told[name]}, and are {now[name]}"
    was, is_now = ({field["name"]: field for field in one["fields"]} for one in (told, now))
    for name in dict.fromkeys((*was, *is_now)):
        if was.get(name) != is_now.get(name):
            yield f"the field {name} was {was.get(name)}, and is {is_now.get(name)}"


def _in_page(answer: httpx2.Response, told: Told) -> Iterator[str]:
    if answer.status_code not in told["statuses"]:
        yield f"it answers {answer.status_code}, and not one of {told['statuses']}"
    if "html" in answer.headers.get("content-type", ""):
        yield from _in_house(answer.text, document=True)


def _in_parts(person: Page, url: str, told: Told) -> Iterator[str]:
    """Each part comes alone, as the element of its id; with any other target title and main come, and say so."""
    asked = {
        id: person.send("GET", url, None, HTMX | {"hx-target": f"div#{id}"})
        for id in (*told["parts"], "main", "nothing")
    }
    if "html" not in asked["main"].headers.get("content-type", ""):
        return
    for id in told["parts"]:
        yield from _in_house(asked[id].text, document=False)
        if not wiring.begins_with(asked[id].text, id):
            first = pages.parsed(asked[id].text).find(True)
            yield f"the part {id} comes as {first.get('id') if isinstance(first, Tag) else None}"
        yield from _in_header(asked[id], f"the part {id}", None)
    yield from _in_house(asked["main"].text, document=False)
    if not _MAIN.search(asked["main"].text):
        yield "main comes without #main, or without #flash in it"
    for id in ("main", "nothing"):
        yield from _in_header(asked[id], f"what is asked for #{id}", "#main")
    shown = {_TOKENS.sub("", asked[id].text) for id in ("main", "nothing")}
    if len(shown) > 1 and told["name"] not in _ANOTHER_EACH_TIME:
        yield "what is asked for an id that is no part's is not main"


def _in_house(html: str, *, document: bool) -> Iterator[str]:
    """What a page or a fragment has otherwise than the house wants it, as a fault of its line."""
    try:
        pages.keep(html, document=document)
    except AssertionError as told:
        yield str(told)


def _in_header(answer: httpx2.Response, what: str, expected: str | None) -> Iterator[str]:
    came = answer.headers.get("hx-retarget")
    if came != expected:
        yield f"{what} comes with the header HX-Retarget: {came}, and not {expected}"


def forget() -> None:
    """Read the handlers anew, after one has become another."""
    for remembers in (description.described, reading.fields, reading.parts):
        remembers.cache_clear()
