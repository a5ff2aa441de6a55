"""The end of a list that was applied: its rows that were not brought in wait on, as a list of their own.

They were wrong, or somebody else was faster; nothing of a list is dropped silently. How a list is applied is in
`application`.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.sealed import Keyring
from models.employees.employee import Employee
from models.imports.application import AppliedAlready, key_of
from models.imports.dry_run import DryRun
from models.imports.effects import Effect
from models.imports.lists import Dumped, Import, keep
from models.imports.rows import Fate
from models.users.sessions import SignedIn

_AT_ONCE = 500


def refused(db: Session, id: int, dry_run: DryRun) -> set[int]:
    """The numbers of the rows that were not brought in, although they are not as the portal has them."""
    found = db.get_one(Import, id)
    of_fate = {fate: [row for row in dry_run.rows if row.fate is fate] for fate in Fate}
    numbers = {row.number for fate in (Fate.FAULTY, Fate.OVERTAKEN) for row in of_fate[fate]}
    if found.outcome.get(Fate.NEW.value, 0) < len(of_fate[Fate.NEW]):
        rows = {key_of(found, row): row.number for row in of_fate[Fate.NEW]}
        numbers |= {rows[key] for key in rows.keys() - _added(db, found.user_id, list(rows))}
    if found.outcome.get(Fate.CHANGED.value, 0) < len(of_fate[Fate.CHANGED]):
        of_list = select(Effect.employee_id).where(Effect.import_id == id, Effect.fate == Fate.CHANGED)
        changed = set(db.scalars(of_list))
        numbers |= {row.number for row in of_fate[Fate.CHANGED] if row.employee_id not in changed}
    return numbers


def _added(db: Session, user_id: int, keys: list[str]) -> set[str | None]:
    added: set[str | None] = set()
    for at in range(0, len(keys), _AT_ONCE):
        some = Employee.idempotency_key.in_(keys[at : at + _AT_ONCE])
        added |= set(db.scalars(select(Employee.idempotency_key).where(Employee.added_by_id == user_id, some)))
    return added


def rest_of(dry_run: DryRun, numbers: Collection[int]) -> DryRun:
    """A list of these rows alone, read as the whole was; who is not among them has not left by that."""
    above, below = dry_run.lines[: dry_run.first_line], dry_run.lines[dry_run.first_line :]
    return replace(
        dry_run,
        lines=[*above, *(line for line in below if line.number in numbers)],
        rows=[row for row in dry_run.rows if row.number in numbers],
        gone=[],
        left=[],
        complete=False,
    )


def without_same(rest: DryRun) -> DryRun:
    """The rest once it was looked over, without what others have brought in by now."""
    return rest_of(rest, {row.number for row in rest.rows if row.fate is not Fate.SAME})


def end(db: Session, keyring: Keyring, id: int, rest: Dumped | None, *, by: SignedIn, now: datetime) -> None:
    """Forget the rows of a list that is applied to its end, but for those of the rest. Raises AppliedAlready."""
    is_done = (Import.id == id) & Import.sealed.is_not(None) & (Import.done == Import.items)
    ended = update(Import).where(is_done).values(sealed=None, leavers=[], applied_at=now).returning(Import.customer_id)
    customer_id = db.scalar(ended, execution_options={"synchronize_session": False})
    if customer_id is None:
        raise AppliedAlready(f"import {id}")
    if rest and rest.size:
        rest_id = keep(db, keyring, rest, by=by, customer_id=customer_id, now=now)
        db.execute(update(Import).where(Import.id == id).values(rest_id=rest_id))
