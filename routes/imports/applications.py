"""Applying a list: what was seen is what is done, in one transaction, and once."""

from starlette.responses import Response

from models.core.lanes import Lane
from models.customers.units import UnitRow
from models.imports.application import AppliedAlready, Stale, apply, prepare
from models.imports.dry_run import DryRun
from models.imports.lists import Import, change
from routes.imports.page import found_import, import_page, look_over, opened, units_of
from routes.imports.sheet import MOST_GONE, Sheet
from routes.web.answers import go
from routes.web.visit import Visit


def create(visit: Visit, id: int) -> Response:
    """Add, change and deactivate as the page said; if that is not so any more, show what it would be now."""
    found, units = found_import(visit, id), units_of(visit)
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
    try:
        visit.write_much(lambda db: apply(db, visit.portal.keyring, wanted))
    except AppliedAlready:
        return go(visit, visit.url("import", id=id))
    except Stale:
        look_over(visit, dry_run, units)
        return _look_again(visit, found, dry_run, units)
    return go(visit, visit.url("import", id=id), say="Lista er importert.")


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
