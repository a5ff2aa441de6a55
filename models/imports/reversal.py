"""Undoing an import: whoever is as the list has made one becomes as one was before, in chunks, each a transaction.

Whoever was changed, booked or erased since is left, with the reason. What is done leaves the list of effects in the
same transaction, so that what was stopped in between goes on where it was, and nothing is undone twice.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.bookings.sign_ups.invitations import Invitation
from models.bookings.sign_ups.leaving import deactivate, reactivate
from models.bookings.sign_ups.sign_up import SignUp
from models.checks.keeping import touch
from models.checks.told import tell_days
from models.chores.chore import AT_ONCE, ChoreKind, ask
from models.core.audit import Change, record
from models.core.scope import whole_customer
from models.core.sealed import Keyring
from models.customers.customer import hold_customer
from models.employees.batches import change_prepared, prepare_changed
from models.employees.details import DETAILS, Details
from models.employees.employee import Employee, NumberTaken, change_employees, employee_by_id
from models.employees.erasing import erase_employees
from models.employees.national_ids import NationalId, register_many, remove_many
from models.employees.own_numbers import holders_of_numbers
from models.imports.effects import Effect, Obstacle, as_before, told_before
from models.imports.lists import Import
from models.imports.rows import Fate
from models.users.sessions import SignedIn

_AT_ONCE, _ONE_BY_ONE, _NAMED = 50, 25, 200
LOST = "lost"
"""Of those who are back: how many times somebody else has by now."""
_REASON = "Importen er angret"

Left = dict[int, Obstacle]
"""By employee, why one is left as the list has made one."""


class UndoneAlready(Exception):
    """It was undone before, perhaps by the same button pressed twice, or cannot be any more."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """Who undoes which import, and the units in which that one may change employees."""

    id: int
    customer_id: int
    units: Mapping[int, str]
    by: SignedIn
    now: datetime


@dataclass(frozen=True, slots=True)
class _Person:
    """An employee as one is now; nobody changes one until the commit."""

    version: int
    details: Details
    registered_at: datetime | None
    """When the identity number was."""


def begin(db: Session, wanted: Reversal) -> bool:
    """Take it, so that nobody else undoes it; True where it is long, and so asked for as a chore.

    Raises UndoneAlready.
    """
    taken = db.scalar(
        update(Import)
        .where(Import.id == wanted.id, Import.undone_at.is_(None), Import.sealed.is_(None))
        .values(undone_at=wanted.now, undone_by=wanted.by.label)
        .returning(Import.id)
    )
    if taken is None:
        raise UndoneAlready(f"import {wanted.id}")
    about, owner = f"import:{wanted.id}", wanted.customer_id
    record(db, Change(customer_id=owner, actor=wanted.by.label, about=about, action="undone", at=wanted.now))
    is_long = _has_more_than(db, wanted.id, AT_ONCE)
    if is_long:
        ask(db, ChoreKind.REVERSAL, owner, wanted.id, user_id=wanted.by.user_id)
    return is_long


def chunks(db: Session, id: int) -> list[list[int]]:
    """What is left to be undone, the last first: some of one kind each."""
    left = select(Effect.id, Effect.fate).where(Effect.import_id == id, Effect.obstacle.is_(None))
    found: list[list[int]] = []
    for fate, effects in groupby(db.execute(left.order_by(Effect.id.desc())).all(), key=lambda row: row.fate):
        ids, at_once = [row.id for row in effects], _ONE_BY_ONE if fate is Fate.GONE else _AT_ONCE
        found += [ids[at : at + at_once] for at in range(0, len(ids), at_once)]
    return found


def _has_more_than(db: Session, id: int, many: int) -> bool:
    left = select(Effect.id).where(Effect.import_id == id, Effect.obstacle.is_(None))
    return db.scalar(left.order_by(Effect.id).offset(many).limit(1)) is not None


def count_left(db: Session, id: int) -> int:
    """How many are neither undone nor left for a reason."""
    return db.scalar(select(func.count(Effect.id)).where(Effect.import_id == id, Effect.obstacle.is_(None))) or 0


def left_of(db: Session, id: int) -> tuple[list[tuple[int, str, Obstacle]], int]:
    """Whom undoing has left, by id and name, and why; and how many more there are, or whom the user does not see."""
    of_import = (Effect.import_id == id, Effect.obstacle.is_not(None))
    named = (
        select(Employee.id, Employee.given_name, Employee.family_name, Effect.obstacle)
        .join(Effect, Effect.employee_id == Employee.id)
        .where(*of_import)
        .order_by(Employee.sort_key, Employee.id)
        .limit(_NAMED)
    )
    rows = [(id, f"{given} {family}", why) for id, given, family, why in db.execute(named) if why]
    return rows, (db.scalar(select(func.count(Effect.id)).where(*of_import)) or 0) - len(rows)


def undo(db: Session, keyring: Keyring, wanted: Reversal, ids: Sequence[int], now: datetime) -> None:
    """Undo a chunk; those of it that are undone already are no more in it. Raises UndoneAlready."""
    of_import = update(Import).where(Import.id == wanted.id, Import.undone_at.is_not(None))
    undone = db.scalar(
        of_import.values(undone_at=now).returning(Import.undone), execution_options={"synchronize_session": False}
    )
    if undone is None:
        raise UndoneAlready(f"import {wanted.id}")
    hold_customer(db, wanted.customer_id, shared=True)  # before its employees, as whoever asks for a check does
    pending = select(Effect).where(Effect.id.in_(ids), Effect.obstacle.is_(None)).order_by(Effect.id.desc())
    effects = db.scalars(pending).all()
    counted = Counter(undone)
    for fate, several in groupby(effects, key=lambda effect: effect.fate):
        of_fate = list(several)
        left, lost = _DO[fate](db, keyring, wanted, of_fate)
        counted += Counter({fate.value: len(of_fate) - len(left), LOST: lost})
        _note(db, of_fate, left)
    db.execute(update(Import).where(Import.id == wanted.id).values(undone=dict(counted)))


def _note(db: Session, effects: Sequence[Effect], left: Left) -> None:
    for effect in effects:
        if effect.employee_id in left:
            effect.obstacle = left[effect.employee_id]
    db.flush()
    done = [effect.id for effect in effects if effect.employee_id not in left]
    db.execute(delete(Effect).where(Effect.id.in_(done)), execution_options={"synchronize_session": False})


def _people(db: Session, effects: Sequence[Effect]) -> dict[int, _Person]:
    """Those of the employees whom the user sees, locked."""
    ids = [effect.employee_id for effect in effects]
    columns = (Employee.id, Employee.version, *(getattr(Employee, name) for name in DETAILS))
    rows = db.execute(select(*columns).where(Employee.id.in_(ids)).order_by(Employee.id).with_for_update()).all()
    at = select(NationalId.employee_id, NationalId.registered_at).where(NationalId.employee_id.in_(ids))
    registered = {id: moment for id, moment in db.execute(at)}  # noqa: C416  # a Row is no pair to dict
    return {id: _Person(version, Details(*values), registered.get(id)) for id, version, *values in rows}


def _changed_since(effects: Sequence[Effect], people: Mapping[int, _Person]) -> Iterator[int]:
    """Those who are another than the list has made them, or not to be seen."""
    for effect in effects:
        person = people.get(effect.employee_id)
        is_same = person is not None and person.version == effect.version
        if effect.numbered:
            is_same = is_same and person is not None and person.registered_at == effect.at
        elif effect.fate is Fate.NEW:
            is_same = is_same and person is not None and person.registered_at is None
        if not is_same:
            yield effect.employee_id


def _booked_since(db: Session, effects: Collection[Effect]) -> set[int]:
    """Those who were signed up, or invited, since."""
    since = {effect.employee_id: effect.at for effect in effects}
    found: set[int] = set()
    with whole_customer(db):  # also where the booking is another unit's
        for table, at in ((SignUp, SignUp.signed_up_at), (Invitation, Invitation.invited_at)):
            rows = db.execute(select(table.employee_id, at).where(table.employee_id.in_(since)))
            found |= {id for id, moment in rows if moment >= since[id]}
    return found


def _take_out(db: Session, _keyring: Keyring, wanted: Reversal, effects: Sequence[Effect]) -> tuple[Left, int]:
    """Whoever was added is erased, as if one had never been: one is nobody who has left."""
    left: Left = dict.fromkeys(_booked_since(db, effects), Obstacle.BOOKED)
    left |= dict.fromkeys(_changed_since(effects, _people(db, effects)), Obstacle.CHANGED)
    gone = {one.employee_id: wanted.customer_id for one in effects if one.employee_id not in left}
    if gone:
        erase_employees(db, gone, wanted.now, by=wanted.by, reason=_REASON)
    return left, 0


def _change_back(db: Session, keyring: Keyring, wanted: Reversal, effects: Sequence[Effect]) -> tuple[Left, int]:
    people = _people(db, effects)
    left: Left = dict.fromkeys(_changed_since(effects, people), Obstacle.CHANGED)
    came_back = [one for one in effects if one.left_at]
    left |= dict.fromkeys(_booked_since(db, came_back) - left.keys(), Obstacle.BOOKED)
    same = [one for one in effects if one.employee_id not in left]
    before = {one.employee_id: as_before(people[one.employee_id].details, one.before) for one in same}
    left |= {id: Obstacle.OUTSIDE for id, details in before.items() if details.unit_id not in wanted.units}
    todo = {one.employee_id: one for one in effects if one.employee_id not in left}
    for one in [todo.pop(one.employee_id) for one in came_back if one.employee_id in todo]:
        _leave_again(db, wanted, one, before[one.employee_id])
    while free := _whose_number_is_free(db, {id: before[id].employee_number for id in todo}):
        _give_back(db, wanted, {id: (people[id], before[id]) for id in free if before[id] != people[id].details})
        for id in free:
            del todo[id]
    left |= dict.fromkeys(todo, Obstacle.NUMBER)
    _days_back(db, wanted, [one for one in effects if one.employee_id not in left])
    _numbers_back(db, keyring, wanted, [one for one in effects if one.numbered and one.employee_id not in left])
    return left, 0


def _whose_number_is_free(db: Session, numbers: Mapping[int, str | None]) -> list[int]:
    """Of an exchange of employee numbers, one becomes free when the other one is given back."""
    holders = holders_of_numbers(db, numbers.values())
    return [id for id, number in numbers.items() if holders.get(number or "", id) == id]


def _give_back(db: Session, wanted: Reversal, several: Mapping[int, tuple[_Person, Details]]) -> None:
    changed = [
        prepare_changed(
            *(wanted.customer_id, id, person.version), before=person.details, details=before, comes_back=False
        )
        for id, (person, before) in several.items()
    ]
    if changed and not change_prepared(db, changed, wanted.units, by=wanted.by, now=wanted.now):
        raise AssertionError("what is locked was changed by another")
    touch(db, wanted.customer_id, several)


def _leave_again(db: Session, wanted: Reversal, effect: Effect, before: Details) -> None:
    """Out of the lists, since when one had left: from then on the time counts after which one is erased."""
    employee = db.get_one(Employee, effect.employee_id, populate_existing=True)
    deactivate(db, employee, None, by=wanted.by, now=wanted.now)
    employee.deactivated_at = effect.left_at
    change_employees(db, [(employee, before)], by=wanted.by, now=wanted.now)


def _days_back(db: Session, wanted: Reversal, effects: Sequence[Effect]) -> None:
    days = {one.employee_id: told for one in effects if (told := told_before(one.before))}
    tell_days(db, wanted.customer_id, days, by=wanted.by, now=wanted.now)
    touch(db, wanted.customer_id, days)


def _numbers_back(db: Session, keyring: Keyring, wanted: Reversal, effects: Sequence[Effect]) -> None:
    owner, by, now = wanted.customer_id, wanted.by, wanted.now
    remove_many(db, owner, [one.employee_id for one in effects if one.sealed is None], by=by, now=now)
    numbers = {one.employee_id: keyring.open(one.sealed, place=one.place) for one in effects if one.sealed}
    register_many(db, keyring, owner, numbers, by=by, now=now)


def _bring_back(db: Session, _keyring: Keyring, wanted: Reversal, effects: Sequence[Effect]) -> tuple[Left, int]:
    left: Left = dict.fromkeys(_changed_since(effects, _people(db, effects)), Obstacle.CHANGED)
    lost = 0
    for one in effects:
        employee = employee_by_id(db, one.employee_id) if one.employee_id not in left else None
        if employee:
            try:
                lost += sum(not freed.is_back for freed in reactivate(db, employee, by=wanted.by, now=wanted.now))
            except NumberTaken:
                left[one.employee_id] = Obstacle.NUMBER
    return left, lost


_DO = {Fate.NEW: _take_out, Fate.CHANGED: _change_back, Fate.GONE: _bring_back}
