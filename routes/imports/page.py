"""What the handlers of an import share: finding one's list, looking it over, and answering with its page.

What that page shows is in `sheet`.
"""

from typing import Any

from starlette.responses import Response

from models.core.lanes import Lane
from models.core.scope import Right
from models.customers.units import UnitRow, units_in_scope
from models.imports.fates import Known, judge
from models.imports.lists import DryRun, Import, import_by_id, known_to, read_all
from models.imports.rows import Read
from routes.imports.sheet import Sheet
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.visit import Visit


def found_import(visit: Visit, id: int) -> Import:
    """The user's own list; another one's, and one that is too old, is not there."""
    found = import_by_id(visit.db, id, by=visit.user, now=visit.now)
    if found is None:
        raise not_found()
    return found


def opened(visit: Visit, found: Import) -> DryRun:
    """The list that is kept; a large one takes its time, so it is opened aside."""
    return visit.aside(found.open, visit.portal.keyring, lane=Lane.LISTS)


def units_of(visit: Visit) -> list[UnitRow]:
    """The units in which the user may change employees."""
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.EMPLOYEES)


def look_over(visit: Visit, dry_run: DryRun, units: list[UnitRow]) -> tuple[list[Read], Known]:
    """Read all rows, find whom they are about, and decide what becomes of them; others go on meanwhile."""
    customer_id, keyring = visit.customer_id, visit.portal.keyring
    synthetic = visit.portal.settings.demo
    read = visit.aside(lambda: read_all(dry_run, units, today=visit.today, synthetic=synthetic), lane=Lane.LISTS)
    known = visit.look(lambda db: known_to(db, keyring, customer_id, read=read, units=units, dry_run=dry_run))
    visit.aside(lambda: judge(read, known, today=visit.today), lane=Lane.LISTS)
    return read, known


def import_page(visit: Visit, sheet: Sheet, *, status: int = 200, **context: Any) -> Response:
    """The page of a list that waits: its columns are chosen, or its rows looked over."""
    state = "columns" if sheet.dry_run.unread else "sheet"
    at = visit.url("import", id=sheet.found.id)
    return page(visit, "imports/show.html", part="import", status=status, at=at, state=state, sheet=sheet, **context)
