"""Applying a list: what was seen is what is begun, once; a long one is a chore, and its page says how far it is."""

from collections.abc import Collection

from starlette.responses import Response

from models.chores.chore import AT_ONCE, ChoreKind
from models.customers.units import UnitRow
from models.imports.application import (
    Application,
    AppliedAlready,
    Stale,
    apply,
    begin,
    chunks,
    hand_over,
    prepare,
)
from models.imports.dry_run import DryRun
from models.imports.lists import Dumped, Import, change
from models.imports.rest import end, refused, rest_of, without_same
from routes.imports.page import found_import, go_on_with, import_page, look_over, opened, units_of
from routes.imports.sheet import MOST_GONE, Sheet
from routes.web.answers import go
from routes.web.fields import is_id
from routes.web.visit import Visit


def create(visit: Visit, id: int) -> Response:
    """Add, change and deactivate as the page said; if that is not so any more, show what it would be now."""
    found, units = found_import(visit, id), units_of(visit)
    if found.is_under_way:
        go_on_with(visit, found, ChoreKind.APPLICATION)
        return go(visit, visit.url("import", id=id))
    if found.applied_at:
        return go(visit, visit.url("import", id=id))
    ticked = _ticked(visit)
    if found.items + len(ticked) > AT_ONCE:
        return _hand_over(visit, found, ticked)
    dry_run = opened(visit, found)
    if not dry_run.is_ready:
        return go(visit, visit.url("import", id=id))
    seen = _promises(dry_run)
    read, known = look_over(visit, dry_run, units)
    if not _is_as_seen(visit, found) or _promises(dry_run) != seen:
        return _look_again(visit, found, dry_run, units)
    leavers = ticked & {gone.id for gone in (*dry_run.left[:MOST_GONE], *dry_run.gone[:MOST_GONE])}
    wanted = prepare(found, read, known, leavers, by=visit.user, now=visit.now)
    sealed = visit.portal.keyring.seal(dry_run.dumps(), place=found.place)
    try:
        visit.write_much(lambda db: begin(db, wanted, sealed))
    except AppliedAlready:
        return go(visit, visit.url("import", id=id))
    except Stale:
        look_over(visit, dry_run, units)
        return _look_again(visit, found, dry_run, units)
    return _apply(visit, wanted, dry_run, units)


def _hand_over(visit: Visit, found: Import, ticked: Collection[int]) -> Response:
    """A long list is a chore; it is looked over by whoever does that, not here."""
    at = visit.url("import", id=found.id)
    if not _is_as_seen(visit, found):
        return go(visit, at, say="Lista er endret i et annet vindu. Se over på nytt.", tone="wait")
    try:
        hand_over(visit.db, found, ticked, by=visit.user, now=visit.now)
    except AppliedAlready:
        visit.undo()
    return go(visit, at)


def _apply(visit: Visit, wanted: Application, dry_run: DryRun, units: list[UnitRow]) -> Response:
    keyring, clock = visit.portal.keyring, visit.portal.clock
    at = visit.url("import", id=wanted.id)
    try:
        visit.write_in_turn(lambda chunk, db: apply(db, keyring, wanted, chunk, clock.now()), chunks(wanted))
        rest = _rest(visit, wanted.id, dry_run, units)
        visit.write_much(lambda db: end(db, keyring, wanted.id, rest, by=visit.user, now=visit.now))
    except AppliedAlready:  # it took so long that somebody has asked for it as a chore
        return go(visit, at)
    return go(visit, at, say="Lista er importert.")


def _rest(visit: Visit, id: int, dry_run: DryRun, units: list[UnitRow]) -> Dumped | None:
    numbers = visit.look(lambda db: refused(db, id, dry_run))
    if not numbers:
        return None
    rest = rest_of(dry_run, numbers)
    look_over(visit, rest, units)
    return Dumped.of(without_same(rest))


def _is_as_seen(visit: Visit, found: Import) -> bool:
    return visit.form.get("version") == str(found.version)


def _promises(dry_run: DryRun) -> list[object]:
    """What the page said that would be done."""
    return [(row.number, row.promise) for row in dry_run.rows]


def _look_again(visit: Visit, found: Import, dry_run: DryRun, units: list[UnitRow]) -> Response:
    change(visit.db, visit.portal.keyring, found, dry_run)
    visit.keep()
    found = found_import(visit, found.id)
    return import_page(visit, Sheet(visit, found, dry_run, units, stale=True), status=409)


def _ticked(visit: Visit) -> set[int]:
    """Who was ticked as having left; not more than were asked about."""
    ticked = [str(value) for value in visit.form.getlist("leaver")][: 2 * MOST_GONE]
    return {int(text) for text in ticked if is_id(text)}
