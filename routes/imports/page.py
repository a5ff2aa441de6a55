"""What the handlers of an import share: finding one's list, looking it over, and answering with its page.

What that page shows is in `sheet`.
"""

from typing import Any

from starlette.responses import Response

from models.chores.chore import ChoreKind, ask_on
from models.core.lanes import Lane
from models.core.scope import Right
from models.customers.units import UnitRow, units_in_scope
from models.imports.dry_run import DryRun, read_all
from models.imports.judging.fates import judge
from models.imports.judging.known import known_to
from models.imports.judging.matching import Known
from models.imports.lists import Import, change, import_by_id
from models.imports.reading import Read
from routes.imports.sheet import Sheet
from routes.web.answers import go, page
from routes.web.errors import not_found
from routes.web.visit import Visit


def found_import(visit: Visit, id: int) -> Import:
    """The user's own list; another one's, and one that is too old, is not there."""
    found = import_by_id(visit.db, id, by=visit.user, now=visit.now)
    if found is None:
        raise not_found()
    return found


def go_on_with(visit: Visit, found: Import, kind: ChoreKind) -> None:
    """Have the rest done of what has stopped, as a chore."""
    if found.has_stopped(visit.now):
        ask_on(visit.db, kind, found.customer_id, found.id, user_id=visit.user.user_id, now=visit.now)


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


def go_on(visit: Visit, found: Import, dry_run: DryRun, units: list[UnitRow]) -> Response:
    """Keep the list as it is read now, and go to what comes next: a question, or its rows."""
    if dry_run.is_ready:
        look_over(visit, dry_run, units)
    at = visit.url("import", id=found.id)
    if change(visit.db, visit.portal.keyring, found, dry_run):
        return go(visit, at)
    return go(visit, at, say="Lista er endret i et annet vindu. Se over på nytt.", tone="wait")


COLUMNS, QUESTIONS = "kolonner", "svar"
"""The steps before the rows, as they stand in a URL that leads back to them."""


def import_page(visit: Visit, sheet: Sheet, *, status: int = 200, step: str = "", **context: Any) -> Response:
    """The page of a list that waits: its columns are chosen, questions answered, or its rows looked over."""
    dry_run = sheet.dry_run
    if (step == QUESTIONS and dry_run.questions) or dry_run.open_questions:
        state = "questions"
    else:
        state = "columns" if step == COLUMNS or not dry_run.is_read else "sheet"
    at = visit.url("import", id=sheet.found.id)
    return page(
        visit,
        "imports/show.html",
        part="import",
        status=status,
        at=at,
        state=state,
        sheet=sheet,
        steps=sheet.steps,
        **context,
    )
