"""Applying an imported list: all of it in one transaction, or nothing.

Everything that takes time has been done before: the rows are read, and it is known whom they are about.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.database import give_way
from models.deactivations import deactivate, reactivate
from models.details import Details
from models.employees import Employee, add_employees, change_employees
from models.import_columns import Meaning
from models.import_rows import Fate, Read, details_of
from models.imports import Import
from models.national_ids import register_many
from models.sealed import Keyring
from models.users import SignedIn

_AT_ONCE = 500

T = TypeVar("T")


class Stale(Exception):
    """An employee whom a row is about was changed since the list was looked over: look again."""


class AppliedAlready(Exception):
    """The list was applied or changed before, perhaps by the same button pressed twice."""


@dataclass(frozen=True, slots=True)
class Application:
    """Who applies which rows of which list, and who of those that are gone is to be deactivated."""

    id: int
    version: int
    read: Sequence[Read]
    leavers: Collection[int]
    by: SignedIn
    now: datetime


def apply(db: Session, keyring: Keyring, wanted: Application) -> None:
    """Add, change and deactivate; raises AppliedAlready and Stale, after which nothing must be kept.

    Gives way between steps, so on SQLite it is a thing for a thread (`Visit.write_much`).
    """
    customer_id = _take(db, wanted)
    done: Counter[str] = Counter(one.row.fate.value for one in wanted.read)
    numbers: dict[int, str] = {}
    for batch in _batches([one for one in wanted.read if one.row.fate is Fate.NEW]):
        many = [_new(one) for one in batch]
        for one, employee in zip(batch, add_employees(db, many, by=wanted.by, now=wanted.now), strict=True):
            if one.number:
                numbers[employee.id] = one.number
        give_way()
    for batch in _batches([one for one in wanted.read if one.row.fate is Fate.CHANGED]):
        numbers |= _change(db, batch, wanted)
        give_way()
    for ids in _batches(list(numbers)):
        register_many(db, keyring, customer_id, {id: numbers[id] for id in ids}, by=wanted.by, now=wanted.now)
        give_way()
    done[Fate.GONE] = _deactivate(db, wanted)
    db.execute(update(Import).where(Import.id == wanted.id).values(receipt=dict(done)))


def _take(db: Session, wanted: Application) -> int:
    """Take the list, so that nobody else applies it; whose it is."""
    taken = db.scalar(
        update(Import)
        .where(Import.id == wanted.id, Import.version == wanted.version, Import.applied_at.is_(None))
        .values(applied_at=wanted.now, sealed=None)
        .returning(Import.customer_id)
    )
    if taken is None:
        raise AppliedAlready(f"import {wanted.id}")
    return int(taken)


def _new(one: Read) -> Details:
    details = details_of(one, None)
    assert details is not None
    return details


def _change(db: Session, batch: Sequence[Read], wanted: Application) -> dict[int, str]:
    """Change the employees of these rows; returns the identity numbers that are another now."""
    employees = _employees(db, [one.row.employee_id or 0 for one in batch])
    many: list[tuple[Employee, Details]] = []
    numbers: dict[int, str] = {}
    for one in batch:
        employee = employees.get(one.row.employee_id or 0)
        if employee is None or employee.version != one.row.version:
            raise Stale(f"row {one.row.number}")
        details = details_of(one, employee.details)
        assert details is not None
        if Meaning.STATUS in one.row.changes:
            reactivate(db, employee, by=wanted.by, now=wanted.now)
        many.append((employee, details))
        if one.number and Meaning.NATIONAL_ID in one.row.changes:
            numbers[employee.id] = one.number
    try:
        change_employees(db, many, by=wanted.by, now=wanted.now)
    except StaleDataError:
        raise Stale("changed at the same moment") from None
    return numbers


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
