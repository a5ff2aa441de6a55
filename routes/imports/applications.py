"""Applying a list: what was seen is what is begun, once; a long one is a chore, and its page says how far it is."""

from starlette.responses import Response

from models.chores.chore import ChoreKind
from models.core.lanes import Lane
from models.customers.units import UnitRow
from models.imports.application import Application, AppliedAlready, Stale, apply, begin, chunks, prepare
from models.imports.dry_run import DryRun
from models.imports.lists import Import, change
from routes.imports.page import found_import, go_on_with, import_page, look_over, opened, units_of
from routes.imports.sheet import MOST_GONE, Sheet
from routes.web.answers import go
from routes.web.visit import Visit


def create(visit: Visit, id: int) -> Response:
    """Add, change and deactivate as the page said; if that is not so any more, show what it would be now."""
    found, units = found_import(visit, id), units_of(visit)
    if found.is_under_way:
        go_on_with(visit, found, ChoreKind.APPLICATION)
        return go(visit, visit.url("import", id=id))
    if found.applied_at:
        return go(visit, visit.url("import", id=id))
    dry_run = opened(visit, found)
    if not dry_run.is_ready:
        return go(visit, visit.url("import", id=id))
    seen = _promise(dry_run)
    read, known = look_over(visit, dry_run, units)
    if visit.form.get("version") != str(found.version) or _promise(dry_run) != seen:
        return _look_again(visit, found, dry_run, units)
    leavers = _leavers(visit, dry_run)
    wanted = visit.aside(lambda: prepare(found, read, known, leavers, by=visit.user, now=visit.now), lane=Lane.LISTS)
    sealed = visit.aside(lambda: visit.portal.keyring.seal(dry_run.dumps(), place=found.place), lane=Lane.LISTS)
    try:
        visit.write_much(lambda db: begin(db, wanted, sealed))
    except AppliedAlready:
        return go(visit, visit.url("import", id=id))
    except Stale:
        look_over(visit, dry_run, units)
        return _look_again(visit, found, dry_run, units)
    return go(visit, visit.url("import", id=id)) if wanted.is_long else _apply(visit, wanted)


def _apply(visit: Visit, wanted: Application) -> Response:
    keyring, clock = visit.portal.keyring, visit.portal.clock
    at = visit.url("import", id=wanted.id)
    try:
        visit.write_in_turn(lambda chunk, db: apply(db, keyring, wanted, chunk, clock.now()), chunks(wanted))
    except AppliedAlready:  # it took so long that somebody has asked for it as a chore
        return go(visit, at)
    return go(visit, at, say="Lista er importert.")


def _promise(dry_run: DryRun) -> list[object]:
    """What the page said that would be done."""
    return [(row.number, row.fate, row.employee_id, row.changes) for row in dry_run.rows]


def _look_again(visit: Visit, found: Import, dry_run: DryRun, units: list[UnitRow]) -> Response:
    change(visit.db, visit.portal.keyring, found, dry_run)
    visit.keep()
    found = found_import(visit, found.id)
    return import_page(visit, Sheet(visit, found, dry_run, units, stale=True), status=409)


def _leavers(visit: Visit, dry_run: DryRun) -> set[int]:
    """Who was ticked, of those that were asked about."""
    ticked = {str(value) for value in visit.form.getlist("leaver")}
    asked = [*dry_run.left[:MOST_GONE], *dry_run.gone[:MOST_GONE]]
    return {gone.id for gone in asked if str(gone.id) in ticked}
