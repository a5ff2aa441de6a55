"""Undoing a list that was applied: once, by whoever applied it or administers the whole company.

A long one is a chore; what was stopped in between becomes one.
"""

from starlette.responses import Response

from models.chores.chore import ChoreKind
from models.imports.reversal import Reversal, UndoneAlready, begin, chunks, undo
from routes.imports.page import found_import, go_on_with, units_of
from routes.web.answers import go
from routes.web.visit import Visit


def create(visit: Visit, id: int) -> Response:
    """Let everybody be as before whom nobody has changed since."""
    found, at = found_import(visit, id), visit.url("import", id=id)
    until, is_begun = found.undone_until, found.undone_at is not None
    if until is None or not (is_begun or visit.now < until):
        return go(visit, at)
    units = {unit.id: unit.name for unit in units_of(visit)}
    wanted = Reversal(id, found.customer_id, units, visit.user, visit.now)
    keyring, clock = visit.portal.keyring, visit.portal.clock
    if is_begun:
        go_on_with(visit, found, ChoreKind.REVERSAL)
        return go(visit, at)
    try:
        if visit.write_much(lambda db: begin(db, wanted)):
            return go(visit, at)
        left = visit.look(lambda db: chunks(db, id))
        visit.write_in_turn(lambda ids, db: undo(db, keyring, wanted, ids, clock.now()), left)
    except UndoneAlready:  # another window does it
        return go(visit, at)
    return go(visit, at, say="Importen er angret.") if left else go(visit, at)
