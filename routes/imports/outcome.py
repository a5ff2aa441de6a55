"""What an applied list has done, and what undoing it has: the page of a list that does not wait any more.

A list that waits is drawn in `page`; undoing is in `reversals`.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from models.chores.chore import ChoreKind, Stand, stand_of
from models.imports.lists import Import, import_by_id
from models.imports.reversal import LOST, count_left, left_of
from models.imports.rows import Fate
from models.imports.steps import steps_at
from routes.web.answers import page
from routes.web.visit import Visit

_DONE = {
    Fate.NEW: "lagt til",
    Fate.CHANGED: "endret",
    Fate.GONE: "deaktivert",
    Fate.SAME: "uendret",
    Fate.FAULTY: "ikke importert",
    Fate.OVERTAKEN: "endret av noen andre imens, og ikke importert",
}
_STEPS = {"under way": 3, "outcome": 4}
_UNDONE = {
    Fate.NEW: "slettet igjen",
    Fate.CHANGED: "som før importen",
    Fate.GONE: "aktive igjen",
}


def applied_page(visit: Visit, found: Import) -> Response:
    """How far it has come, what it did, or what is undone of it."""
    state, shown = _state(visit, found)
    at, steps = visit.url("import", id=found.id), steps_at(_STEPS[state]) if state in _STEPS else []
    return page(visit, "imports/show.html", part="import", at=at, state=state, steps=steps, found=found, **shown)


def _state(visit: Visit, found: Import) -> tuple[str, dict[str, Any]]:
    if found.is_under_way:
        return "under way", _pace(visit, found, ChoreKind.APPLICATION)
    to_undo = count_left(visit.db, found.id)
    if found.undone_at and to_undo:
        return "being undone", {"to_undo": to_undo, **_pace(visit, found, ChoreKind.REVERSAL)}
    if found.undone_at:
        left, unnamed = left_of(visit.db, found.id)
        lost = found.undone.get(LOST, 0)
        return "undone", {"done": _in_words(_UNDONE, found.undone), "lost": lost, "left": left, "unnamed": unnamed}
    until = found.undone_until
    can_be_undone = to_undo and until is not None and visit.now < until
    done = done_in_words(found.outcome)
    return "outcome", {"done": done, "until": until if can_be_undone else None, "rest_id": _rest(visit, found)}


def _rest(visit: Visit, found: Import) -> int | None:
    """The list of the rows that were not brought in, as long as it waits for whoever looks."""
    rest = import_by_id(visit.db, found.rest_id, by=visit.user, now=visit.now) if found.rest_id else None
    return rest.id if rest and rest.applied_at is None else None


def _pace(visit: Visit, found: Import, kind: ChoreKind) -> dict[str, bool]:
    """Whether it goes on by itself, and whether it has to wait for that."""
    if not found.has_stopped(visit.now):
        return {"stopped": False, "waits": False}
    stand = stand_of(visit.db, kind, found.id, visit.now)
    return {"stopped": stand not in {Stand.IN_HAND, Stand.WAITS}, "waits": stand is Stand.WAITS}


def done_in_words(outcome: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was done to how many."""
    return _in_words(_DONE, outcome)


def _in_words(words: Mapping[Fate, str], counted: Mapping[str, int]) -> list[tuple[str, int]]:
    became = {Fate(name): number for name, number in counted.items() if name != LOST}  # old outcomes have words
    return [(word, became[fate]) for fate, word in words.items() if became.get(fate)]
