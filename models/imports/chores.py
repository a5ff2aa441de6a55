"""Applying and undoing long lists as chores: what is left to be done of one, with its sender's rights of now.

What is done in a piece is in `application` and in `reversal`.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from models.chores.asker import asker_of
from models.chores.chore import Chore
from models.chores.clerk import Work
from models.core.clock import Clock, today_in_oslo
from models.core.database import Database
from models.core.scope import Right
from models.core.sealed import Keyring
from models.customers.units import units_in_scope
from models.imports import application, reversal
from models.imports.application import Application, Chunk
from models.imports.dry_run import read_all
from models.imports.known import known_to
from models.imports.lists import Import
from models.imports.reversal import Reversal


def apply_list(keyring: Keyring, database: Database, clock: Clock, chore: Chore, *, synthetic: bool) -> Work | None:
    """What is left of a list; its rows are what they were to be when it was begun."""
    now = clock.now()
    by = asker_of(database, chore, now)
    if by is None or by.scope is None:
        return None
    with database.session(by.scope, read_only=True) as db:
        found = db.get(Import, chore.about)
        if found is None or not found.is_under_way:
            return None
        dry_run, units = found.open(keyring), units_in_scope(db, by.scope, Right.EMPLOYEES)
        decided = {row.number: row.changes for row in dry_run.rows}
        read = read_all(dry_run, units, today=today_in_oslo(now), synthetic=synthetic)
        known = known_to(db, keyring, chore.customer_id, read=read, units=units, dry_run=dry_run)
        for row in dry_run.rows:
            row.changes = decided[row.number]
        wanted = application.prepare(found, read, known, set(found.leavers), by=by, now=now)
        left = application.chunks(wanted, found.done)
    return Work(by.scope, (partial(_apply, keyring, clock, wanted, chunk) for chunk in left))


def _apply(keyring: Keyring, clock: Clock, wanted: Application, chunk: Chunk, db: Session) -> None:
    application.apply(db, keyring, wanted, chunk, clock.now())


def undo_list(keyring: Keyring, database: Database, clock: Clock, chore: Chore) -> Work | None:
    """What is left of an import that is being undone."""
    now = clock.now()
    by = asker_of(database, chore, now)
    if by is None or by.scope is None:
        return None
    with database.session(by.scope, read_only=True) as db:
        found = db.get(Import, chore.about)
        if found is None or found.undone_at is None:
            return None
        units = {unit.id: unit.name for unit in units_in_scope(db, by.scope, Right.EMPLOYEES)}
        left = reversal.chunks(db, found.id)
    wanted = Reversal(found.id, chore.customer_id, units, by, now)
    return Work(by.scope, (partial(_undo, keyring, clock, wanted, ids) for ids in left))


def _undo(keyring: Keyring, clock: Clock, wanted: Reversal, ids: Sequence[int], db: Session) -> None:
    reversal.undo(db, keyring, wanted, ids, clock.now())
