"""Applying an imported list: all of it in one transaction, or nothing.

Everything that takes time has been done before: the rows are read, and it is known whom they are about.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.bookings.sign_ups.leaving import deactivate
from models.core.database import give_way
from models.core.sealed import Keyring
from models.employees.batches import Added, Changed, add_prepared, change_prepared, prepare_added, prepare_changed
from models.employees.employee import Employee
from models.employees.national_ids import register_many
from models.imports.fates import details_of
from models.imports.headings import Meaning
from models.imports.lists import Import
from models.imports.matching import Known
from models.imports.rows import Fate, Read, Row
from models.users.sessions import SignedIn

_AT_ONCE = 500

T = TypeVar("T")


class Stale(Exception):
    """An employee whom a row is about was changed since the list was looked over: look again."""


class AppliedAlready(Exception):
    """The list was applied or changed before, perhaps by the same button pressed twice."""


@dataclass(frozen=True, slots=True)
class Application:
    """Who applies which list, all that it adds and changes, and who of those that are gone is to be deactivated."""

    id: int
    version: int
    customer_id: int
    added: Sequence[Added]
    changed: Sequence[Changed]
    numbers_by_key: Mapping[str, str]
    """The identity numbers of those who are added."""
    numbers: Mapping[int, str]
    """The identity numbers that are another now, by employee."""
    leavers: Collection[int]
    units: Mapping[int, str]
    counts: Mapping[str, int]
    by: SignedIn
    now: datetime


def prepare(
    found: Import, read: Sequence[Read], known: Known, leavers: Collection[int], *, by: SignedIn, now: datetime
) -> Application:
    """All that applying a list needs and that can be made before its transaction. A thing for `Visit.aside`."""
    new = [one for one in read if one.row.fate is Fate.NEW]
    changed = [one for one in read if one.row.fate is Fate.CHANGED]
    return Application(
        id=found.id,
        version=found.version,
        customer_id=found.customer_id,
        added=[
            prepare_added(found.customer_id, _key(found, one.row), details, by=by)
            for one in new
            if (details := details_of(one, None))
        ],
        changed=[made for one in changed if (made := _prepare_changed(found, one, known))],
        numbers_by_key={_key(found, one.row): one.number for one in new if one.number},
        numbers={
            one.row.employee_id: one.number
            for one in changed
            if one.row.employee_id and one.number and Meaning.NATIONAL_ID in one.row.changes
        },
        leavers=leavers,
        units={unit.id: unit.name for unit in known.units},
        counts=Counter(one.row.fate.value for one in read),
        by=by,
        now=now,
    )


def _prepare_changed(found: Import, one: Read, known: Known) -> Changed | None:
    row = one.row
    before = known.by_id[row.employee_id].details if row.employee_id else None
    details = details_of(one, before)
    if not (details and before and row.employee_id and row.version):
        return None
    comes_back = Meaning.STATUS in row.changes
    return prepare_changed(
        found.customer_id, row.employee_id, row.version, before=before, details=details, comes_back=comes_back
    )


def _key(found: Import, row: Row) -> str:
    """What keeps a row from being added twice, whatever happens."""
    return f"{found.key}-{row.number}"


def apply(db: Session, keyring: Keyring, wanted: Application) -> None:
    """Add, change and deactivate; raises AppliedAlready and Stale, after which nothing must be kept.

    Gives way between steps, so on SQLite it is a thing for a thread (`Visit.write_much`).
    """
    _take(db, wanted)
    numbers = dict(wanted.numbers)
    for added in _batches(wanted.added):
        ids = add_prepared(db, added, wanted.units, by=wanted.by, now=wanted.now)
        numbers |= {ids[key]: wanted.numbers_by_key[key] for key in ids.keys() & wanted.numbers_by_key.keys()}
        give_way()
    for changed in _batches(wanted.changed):
        if not change_prepared(db, changed, wanted.units, by=wanted.by, now=wanted.now):
            raise Stale(f"import {wanted.id}")
        give_way()
    for of_whom in _batches(sorted(numbers)):
        some = {id: numbers[id] for id in of_whom}
        register_many(db, keyring, wanted.customer_id, some, by=wanted.by, now=wanted.now)
        give_way()
    outcome = {**wanted.counts, Fate.GONE.value: _deactivate(db, wanted)}
    db.execute(update(Import).where(Import.id == wanted.id).values(outcome=outcome))


def _take(db: Session, wanted: Application) -> None:
    """Take the list, so that nobody else applies it."""
    taken = db.scalar(
        update(Import)
        .where(Import.id == wanted.id, Import.version == wanted.version, Import.applied_at.is_(None))
        .values(applied_at=wanted.now, sealed=None)
        .returning(Import.id)
    )
    if taken is None:
        raise AppliedAlready(f"import {wanted.id}")


def _deactivate(db: Session, wanted: Application) -> int:
    done = 0
    for ids in _batches(sorted(wanted.leavers)):
        for employee in _employees(db, ids).values():
            if employee.is_active:
                deactivate(db, employee, None, by=wanted.by, now=wanted.now)
                done += 1
        give_way()
    return done


def _employees(db: Session, ids: Collection[int]) -> dict[int, Employee]:
    return {employee.id: employee for employee in db.scalars(select(Employee).where(Employee.id.in_(ids)))}


def _batches(many: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(many), _AT_ONCE):
        yield many[at : at + _AT_ONCE]
