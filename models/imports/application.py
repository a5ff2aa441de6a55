"""Applying an imported list in chunks, each a transaction of its own: who saves meanwhile waits for one of them.

What was seen is what is begun, or nothing is. Whoever is changed by somebody else after that is left as that one wanted
it, and counted. What was killed in between goes on where it was: a chunk and how far it came are written together.
What takes time has been done before: the rows are read, and it is known whom they are about. What comes after the last
chunk is in `rest`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.bookings.sign_ups.leaving import deactivate
from models.checks.keeping import touch
from models.checks.told import tell_days
from models.chores.chore import ChoreKind, ask
from models.core.sealed import Keyring
from models.customers.customer import hold_customer
from models.employees.batches import Added, Changed, add_prepared, change_prepared, prepare_added, prepare_changed
from models.employees.employee import Employee
from models.employees.national_ids import NationalId, register_many
from models.employees.own_numbers import holders_of_numbers
from models.imports.cells.headings import Meaning
from models.imports.effects import TOLD, keep_effects
from models.imports.judging.fates import details_of
from models.imports.judging.matching import Known
from models.imports.lists import Import
from models.imports.reading import Read
from models.imports.rows import Fate, Row
from models.users.sessions import SignedIn

_AT_ONCE, _LEAVERS_AT_ONCE, _ASKED_AT_ONCE = 100, 25, 500
_PLAIN = {"synchronize_session": False}
_UNTOUCHED = {Fate.SAME, Fate.FAULTY, Fate.OVERTAKEN}

T = TypeVar("T")


class Stale(Exception):
    """An employee whom a row is about was changed since the list was looked over: look again."""


class AppliedAlready(Exception):
    """The list was applied, changed or thrown away before, perhaps by the same button pressed twice."""


@dataclass(frozen=True, slots=True)
class Application:
    """Who applies which list, all that it adds and changes, and who of those that are gone is to be deactivated.

    Its items are those of the list whenever it is made anew from it, in the same order; None is one that cannot be.
    """

    id: int
    version: int
    customer_id: int
    added: Sequence[Added | None]
    changed: Sequence[Changed | None]
    numbers_by_key: Mapping[str, str]
    """The identity numbers of those who are added."""
    numbers: Mapping[int, str]
    """The identity numbers that are another now, by employee."""
    days_by_key: Mapping[str, Mapping[str, date]]
    """When those who are added last came to which check,"""
    days: Mapping[int, Mapping[str, date]]
    """and those who are changed, where another day counts now."""
    leavers: Sequence[int]
    units: Mapping[int, str]
    untouched: Mapping[str, int]
    """How many rows change nothing, by their fates."""
    by: SignedIn
    now: datetime

    @property
    def owner(self) -> tuple[int, int]:
        """Whose list it is, and which."""
        return self.customer_id, self.id

    @property
    def items(self) -> int:
        """How many things are to be done."""
        return len(self.added) + len(self.changed) + len(self.leavers)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of it, after so many items, which is done at one stroke."""

    at: int
    items: Sequence[Any]
    do: Callable[[Session, Keyring, Application, Sequence[Any]], Mapping[str, int]]


def prepare(
    found: Import, read: Sequence[Read], known: Known, leavers: Collection[int], *, by: SignedIn, now: datetime
) -> Application:
    """All that applying a list needs and that can be made before its transactions. A thing for `Visit.aside`."""
    new = [one for one in read if one.row.fate is Fate.NEW]
    changed = [one for one in read if one.row.fate is Fate.CHANGED]
    return Application(
        id=found.id,
        version=found.version,
        customer_id=found.customer_id,
        added=[_prepare_added(found, one, by) for one in new],
        changed=[_prepare_changed(found, one, known) for one in changed],
        numbers_by_key={key_of(found, one.row): one.number for one in new if one.number},
        numbers={
            one.row.employee_id: one.number
            for one in changed
            if one.row.employee_id and one.number and Meaning.NATIONAL_ID in one.row.changes
        },
        days_by_key={key_of(found, one.row): one.days_of() for one in new if one.last_days},
        days={
            one.row.employee_id: days
            for one in changed
            if one.row.employee_id and (days := one.days_of(one.row.changes))
        },
        leavers=sorted(leavers),
        units={unit.id: unit.name for unit in known.units},
        untouched=Counter(one.row.fate.value for one in read if one.row.fate in _UNTOUCHED),
        by=by,
        now=now,
    )


def _prepare_added(found: Import, one: Read, by: SignedIn) -> Added | None:
    details = details_of(one, None)
    return prepare_added(found.customer_id, key_of(found, one.row), details, by=by) if details else None


def _prepare_changed(found: Import, one: Read, known: Known) -> Changed | None:
    row = one.row
    colleague = known.by_id.get(row.employee_id) if row.employee_id else None
    before = colleague.details if colleague else None
    details = details_of(one, before)
    if not (details and before and row.employee_id and row.version):
        return None
    comes_back = Meaning.STATUS in row.changes
    return prepare_changed(
        found.customer_id, row.employee_id, row.version, before=before, details=details, comes_back=comes_back
    )


def key_of(found: Import, row: Row) -> str:
    """What keeps a row from being added twice, whatever happens."""
    return f"{found.key}-{row.number}"


def hand_over(db: Session, found: Import, leavers: Collection[int], *, by: SignedIn, now: datetime) -> None:
    """Take a long list as it was seen, to be looked over once more and applied as a chore. Raises AppliedAlready."""
    _take(db, found.id, found.version, applied_at=now, leavers=sorted(leavers))
    ask(db, ChoreKind.APPLICATION, found.customer_id, found.id, user_id=by.user_id)


def begin(db: Session, wanted: Application, sealed: str) -> None:
    """Take a list that is applied at once; `sealed` is as it was looked over, for whoever goes on with it.

    Raises AppliedAlready and Stale, after which nothing must be kept.
    """
    _take(db, wanted.id, wanted.version, **_settled(wanted, sealed))
    for some in _batches(wanted.changed, _ASKED_AT_ONCE):
        if len(_as_seen(db, some)) < sum(one is not None for one in some):
            raise Stale(f"import {wanted.id}")


def settle(db: Session, wanted: Application, sealed: str) -> None:
    """Note what is to be done of a list that was handed over; whoever does so first. Raises AppliedAlready."""
    is_open = (Import.id == wanted.id) & Import.sealed.is_not(None) & Import.decided_at.is_(None) & (Import.done == 0)
    settled = update(Import).where(is_open).values(_settled(wanted, sealed)).returning(Import.id)
    if db.scalar(settled, execution_options=_PLAIN) is None:
        raise AppliedAlready(f"import {wanted.id}")


def _settled(wanted: Application, sealed: str) -> dict[str, Any]:
    return {
        "applied_at": wanted.now,
        "decided_at": wanted.now,
        "sealed": sealed,
        "items": wanted.items,
        "leavers": list(wanted.leavers),
        "outcome": dict(wanted.untouched),
    }


def _take(db: Session, id: int, version: int, **values: object) -> None:
    """Let nobody else apply it."""
    waits = (Import.id == id, Import.version == version, Import.applied_at.is_(None))
    if db.scalar(update(Import).where(*waits).values(values).returning(Import.id)) is None:
        raise AppliedAlready(f"import {id}")


def chunks(wanted: Application, done: int = 0) -> Iterator[Chunk]:
    """What is left of it after so many items."""
    at = 0
    for items, do, at_once in (
        (wanted.added, _add, _AT_ONCE),
        (wanted.changed, _change, _AT_ONCE),
        (wanted.leavers, _take_out, _LEAVERS_AT_ONCE),
    ):
        left = max(0, done - at)
        for some in _batches(items[left:], at_once):
            yield Chunk(at + left, some, do)
            left += len(some)
        at += len(items)


def apply(db: Session, keyring: Keyring, wanted: Application, chunk: Chunk, now: datetime) -> None:
    """Do a chunk; raises AppliedAlready where it is not the next one, after which nothing must be kept."""
    done = chunk.at + len(chunk.items)
    is_next = (Import.id == wanted.id) & (Import.done == chunk.at) & Import.sealed.is_not(None)
    step = update(Import).where(is_next).values(done=done, applied_at=now).returning(Import.outcome)
    outcome = db.scalar(step, execution_options=_PLAIN)
    if outcome is None:
        raise AppliedAlready(f"import {wanted.id}")
    counted = Counter(outcome) + Counter(chunk.do(db, keyring, wanted, chunk.items))
    db.execute(update(Import).where(Import.id == wanted.id).values(outcome=dict(counted)))


def _add(db: Session, keyring: Keyring, wanted: Application, items: Sequence[Added | None]) -> Mapping[str, int]:
    taken = holders_of_numbers(db, (one.details.employee_number for one in items if one))
    added = [one for one in items if one and one.details.employee_number not in taken]
    if added:
        ids = add_prepared(db, added, wanted.units, by=wanted.by, now=wanted.now)
        touch(db, wanted.customer_id, ids.values())
        numbers = {ids[key]: wanted.numbers_by_key[key] for key in ids.keys() & wanted.numbers_by_key.keys()}
        register_many(db, keyring, wanted.customer_id, numbers, by=wanted.by, now=wanted.now)
        days = {ids[key]: wanted.days_by_key[key] for key in ids.keys() & wanted.days_by_key.keys()}
        tell_days(db, wanted.customer_id, days, by=wanted.by, now=wanted.now)
        effects = ({"employee_id": id, "version": 1, "numbered": id in numbers} for id in ids.values())
        keep_effects(db, wanted.owner, Fate.NEW, wanted.now, effects)
    return {Fate.NEW.value: len(added), Fate.FAULTY.value: len(items) - len(added)}


def _change(db: Session, keyring: Keyring, wanted: Application, items: Sequence[Changed | None]) -> Mapping[str, int]:
    hold_customer(db, wanted.customer_id, shared=True)  # before its employees, as whoever asks for a check does
    as_seen = _as_seen(db, items)
    holders = holders_of_numbers(db, (one.details.employee_number for one in items if one))
    changed = [
        one
        for one in items
        if one and one.id in as_seen and holders.get(one.details.employee_number or "", one.id) == one.id
    ]
    if changed:
        if not change_prepared(db, changed, wanted.units, by=wanted.by, now=wanted.now):
            raise AssertionError("what is locked was changed by another")
        touch(db, wanted.customer_id, (one.id for one in changed))
        numbers = {one.id: wanted.numbers[one.id] for one in changed if one.id in wanted.numbers}
        sealed = _sealed_numbers(db, numbers)
        numbered = register_many(db, keyring, wanted.customer_id, numbers, by=wanted.by, now=wanted.now)
        days = {one.id: wanted.days[one.id] for one in changed if one.id in wanted.days}
        told = tell_days(db, wanted.customer_id, days, by=wanted.by, now=wanted.now)
        effects = (
            {
                "employee_id": one.id,
                "version": as_seen[one.id].version + 1,
                "before": one.changed.get("before", {}) | ({TOLD: told[one.id]} if one.id in told else {}),
                "left_at": as_seen[one.id].deactivated_at if one.comes_back else None,
                "numbered": one.id in numbered,
                "sealed": sealed.get(one.id) if one.id in numbered else None,
            }
            for one in changed
        )
        keep_effects(db, wanted.owner, Fate.CHANGED, wanted.now, effects)
    return {Fate.CHANGED.value: len(changed), Fate.OVERTAKEN.value: len(items) - len(changed)}


def _as_seen(db: Session, items: Sequence[Changed | None]) -> dict[int, Any]:
    """Those whom nobody has changed since the list was looked over, as they are; nobody does so until the commit."""
    seen = {one.id: one.row["version"] for one in items if one}
    columns = (Employee.id, Employee.version, Employee.deactivated_at)
    now = select(*columns).where(Employee.id.in_(seen)).order_by(Employee.id).with_for_update()
    return {row.id: row for row in db.execute(now) if seen[row.id] == row.version}


def _sealed_numbers(db: Session, ids: Collection[int]) -> dict[int, str]:
    found = select(NationalId.employee_id, NationalId.sealed).where(NationalId.employee_id.in_(ids))
    return {id: sealed for id, sealed in db.execute(found)}  # noqa: C416  # a Row is no pair to dict


def _take_out(db: Session, _keyring: Keyring, wanted: Application, items: Sequence[int]) -> Mapping[str, int]:
    there = select(Employee).where(Employee.id.in_(items), Employee.deactivated_at.is_(None)).order_by(Employee.id)
    leavers = db.scalars(there).all()
    for employee in leavers:
        deactivate(db, employee, None, by=wanted.by, now=wanted.now)
    db.flush()
    effects = [{"employee_id": one.id, "version": one.version} for one in leavers if one.deactivated_at == wanted.now]
    keep_effects(db, wanted.owner, Fate.GONE, wanted.now, effects)
    return {Fate.GONE.value: len(effects)}


def _batches(many: Sequence[T], at_once: int) -> Iterator[Sequence[T]]:
    for at in range(0, len(many), at_once):
        yield many[at : at + at_once]
