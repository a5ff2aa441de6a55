"""Applying and undoing long lists as chores: what is left to be done of one, with its sender's rights of now.

What is done in a piece is in `application`, `rest` and `reversal`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from models.chores.asker import asker_of
from models.chores.chore import Chore
from models.chores.clerk import Work
from models.core.clock import Clock, today_in_oslo
from models.core.database import Database
from models.core.scope import Right, Scope
from models.core.sealed import Keyring
from models.customers.units import units_in_scope
from models.imports import application, reversal
from models.imports.application import Application, Chunk
from models.imports.dry_run import DryRun, read_all
from models.imports.judging.fates import judge
from models.imports.judging.known import known_to
from models.imports.judging.matching import Known
from models.imports.lists import Dumped, Import, sealed_anew
from models.imports.reading import Read
from models.imports.rest import end, refused, rest_of, without_same
from models.imports.reversal import Reversal
from models.imports.rows import Fate
from models.users.sessions import SignedIn

Piece = Callable[[Session], object]


def apply_list(keyring: Keyring, database: Database, clock: Clock, chore: Chore, *, synthetic: bool) -> Work | None:
    """What is left of a list: to look it over once more, where nobody has, to do it, and to keep what is refused."""
    now = clock.now()
    by = asker_of(database, chore, now)
    if by is None or by.scope is None:
        return None
    with database.session(by.scope, read_only=True) as db:
        found = db.get(Import, chore.about)
    if found is None or not found.is_under_way:
        return None
    with_lists = _Lists(keyring, database, clock, by, by.scope, synthetic)
    return Work(by.scope, with_lists.pieces_of(found))


@dataclass(frozen=True, slots=True)
class _Lists:
    """Whatever it takes to look lists over, and for whom."""

    keyring: Keyring
    database: Database
    clock: Clock
    by: SignedIn
    scope: Scope
    synthetic: bool

    def pieces_of(self, found: Import) -> Iterator[Piece]:
        """What is left of one; what takes time is done between the pieces, while nobody waits for it."""
        dry_run = found.open(self.keyring)
        if found.is_looked_over:
            decided = {row.number: row.changes for row in dry_run.rows}
            read, known = self._read(dry_run)
            for row in dry_run.rows:
                row.changes = decided[row.number]
            wanted = self._prepared(found, read, known, found.leavers)
        else:
            asked_about = {gone.id for gone in (*dry_run.gone, *dry_run.left)}
            read, known = self._look_over_again(dry_run)
            leavers = asked_about & {gone.id for gone in (*dry_run.gone, *dry_run.left)} & set(found.leavers)
            wanted = self._prepared(found, read, known, leavers)
            sealed = sealed_anew(self.keyring, found, dry_run)
            yield lambda db: application.settle(db, wanted, sealed)
        for chunk in application.chunks(wanted, found.done):
            yield partial(_apply, self.keyring, self.clock, wanted, chunk)
        rest = self._rest(found.id, dry_run)
        yield lambda db: end(db, self.keyring, found.id, rest, by=self.by, now=self.clock.now())

    def _read(self, dry_run: DryRun) -> tuple[list[Read], Known]:
        with self.database.session(self.scope, read_only=True) as db:
            units = units_in_scope(db, self.scope, Right.EMPLOYEES)
            read = read_all(dry_run, units, today=today_in_oslo(self.clock.now()), synthetic=self.synthetic)
            customer_id = self.scope.customer_id
            return read, known_to(db, self.keyring, customer_id, read=read, units=units, dry_run=dry_run)

    def _look_over_again(self, dry_run: DryRun) -> tuple[list[Read], Known]:
        """Rows of which something else would become by now than was seen are overtaken."""
        seen = {row.number: row.promise for row in dry_run.rows}
        read, known = self._read(dry_run)
        judge(read, known, today=today_in_oslo(self.clock.now()))
        for row in dry_run.rows:
            if row.promise != seen[row.number]:
                row.fate = Fate.OVERTAKEN
        return read, known

    def _prepared(self, found: Import, read: list[Read], known: Known, leavers: Collection[int]) -> Application:
        return application.prepare(found, read, known, leavers, by=self.by, now=self.clock.now())

    def _rest(self, id: int, dry_run: DryRun) -> Dumped | None:
        with self.database.session(self.scope, read_only=True) as db:
            numbers = refused(db, id, dry_run)
        if not numbers:
            return None
        rest = rest_of(dry_run, numbers)
        read, known = self._read(rest)
        judge(read, known, today=today_in_oslo(self.clock.now()))
        return Dumped.of(without_same(rest))


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
