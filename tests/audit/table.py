"""The figures of an audit as `docs/reach.md` has them: a row for each room of the portal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from routes.web.lines import Line
from tests.audit.browsing import Seen
from tests.audit.lighthouse import CATEGORIES
from tests.audit.nu import Checked

FILE = Path(__file__).parents[2] / "docs" / "reach.md"
_FROM, _TO = "<!-- measured -->\n", "<!-- /measured -->\n"
_NOT = "–"
"""What was not measured."""


@dataclass
class Room:
    """The sums of a room."""

    states: int = 0
    found: int = 0
    answers: int = 0
    errors: int = 0
    html: int = 0
    first: int = 0
    heaviest: str = ""


def rooms(lines: list[Line], seen: Mapping[str, Seen], checked: Mapping[str, Checked] | None) -> dict[str, Room]:
    """By its name, what was found in a room; where the checker was not there, no answer was checked."""
    found: dict[str, Room] = {}
    places = [(line.handler.__module__.split(".")[1], line.name, line.path) for line in lines]
    for name, line, path in [*places, ("others", "others", "")]:
        room = found.setdefault(name, Room())
        place, answers = seen.get(line, Seen()), (checked or {}).get(line, Checked())
        room.states += place.states
        room.found += len(place.found)
        room.answers += answers.answers
        room.errors += len(answers.errors)
        if place.html > room.html:
            room.html, room.first, room.heaviest = place.html, place.first, path
    return {name: room for name, room in sorted(found.items()) if room.states or room.answers}


def drawn(found: Mapping[str, Room], scores: Mapping[str, list[int]], tools: str) -> str:
    """The tables, and what they were measured with."""
    return "\n".join([tools, "", *_of_rooms(found), *(["", *_of_pages(scores)] if scores else [])]) + "\n"


def _of_rooms(found: Mapping[str, Room]) -> Iterator[str]:
    yield "| room | states | axe-core | answers | Nu | heaviest page | HTML | with style |"
    yield "| --- | --: | --: | --: | --: | --- | --: | --: |"
    for name, room in found.items():
        yield _row(name, room, f"`{room.heaviest}`" if room.heaviest else _NOT)
    most = max(found.values(), key=lambda room: room.first)
    whole = Room(html=most.html, first=most.first)
    for room in found.values():
        whole.states += room.states
        whole.found += room.found
        whole.answers += room.answers
        whole.errors += room.errors
    yield _row("**all**", whole, f"`{most.heaviest}`")


def _row(name: str, room: Room, heaviest: str) -> str:
    nu = room.errors if room.answers else _NOT
    return (
        f"| {name} | {room.states} | {room.found} | {room.answers or _NOT} | {nu} | {heaviest} "
        f"| {room.html or _NOT} | {room.first or _NOT} |"
    )


def _of_pages(scores: Mapping[str, list[int]]) -> Iterator[str]:
    yield f"| page on a telephone | {' | '.join(CATEGORIES)} |"
    yield "| --- | --: | --: | --: |"
    for page, told in scores.items():
        yield f"| `{page}` | {' | '.join(map(str, told))} |"


def write(tables: str) -> None:
    """Put the tables into the document, in place of those that stand there."""
    before, _, rest = FILE.read_text(encoding="utf-8").partition(_FROM)
    FILE.write_text(f"{before}{_FROM}\n{tables}\n{_TO}{rest.partition(_TO)[2]}", encoding="utf-8")
