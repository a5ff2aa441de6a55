"""Keeping the rows of who is due true: written anew right before the commit of whatever they follow from.

That is who is employed where and in which groups, who sits or has come to a booking of the check, or with its name in
the title, what the customer has told of it, and the checks themselves. What is written past the session's objects says
so by `touch`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, event, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, Session, SessionTransaction, object_session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import ATTENDED, COMING, SignUp
from models.bookings.slots import Slot
from models.checks.check import Check
from models.checks.due import NEVER, DueCheck
from models.checks.told import told_days
from models.chores.chore import ChoreKind, ask
from models.core.clock import today_in_oslo
from models.core.scope import on_behalf_of, whole_customer
from models.core.walls import insert_rows
from models.customers.customer import hold_customer
from models.customers.units import Unit, norwegian
from models.employees.employee import Employee
from models.values.dates import months_after

MOST = 2000
"""So many employees are written in the transaction of what their rows follow from; if it is more, it is a chore."""
_TOUCHED = "whose checks may be due another day"
_AT_ONCE = 500
_WATCHED: dict[type[Any], tuple[str, ...]] = {
    Employee: ("unit_id", "groups", "deactivated_at"),
    SignUp: ("state", "slot_id", "employee_id"),
    Slot: ("starts_at",),
    Booking: ("title", "check_name", "names_hidden"),
    Unit: ("path",),
}
"""By the kind of row, the values from which it follows who is due."""

Dates = tuple[date | None, date | None]
"""When somebody last came to a check, and the last day for which there is a time."""


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    unit_id: int
    path: str
    groups: tuple[str, ...]


@dataclass(slots=True)
class _Touched:
    """By customer, what was written since the last commit."""

    people: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    bookings: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    trees: set[int] = field(default_factory=set)


def touch(db: Session, customer_id: int, employee_ids: Iterable[int]) -> None:
    """Say that employees were written past the session's objects."""
    _touched(db).people[customer_id].update(employee_ids)


def keep_all(db: Session, customer_id: int) -> None:
    """Write the rows of all of a customer's employees anew, or, of many, ask for it; the customer is held by who calls.

    Whoever is written before that chore comes to one, is written by what is asked for now: no order of the two matters.
    """
    with whole_customer(db):
        here = select(Employee.id).where(Employee.customer_id == customer_id).order_by(Employee.sort_key, Employee.id)
        employee_ids = db.scalars(here.limit(MOST + 1)).all()
        if len(employee_ids) <= MOST:
            keep(db, customer_id, employee_ids)
        elif _is_asked(db, customer_id):
            ask(db, ChoreKind.CHECKS, customer_id, customer_id)


def _is_asked(db: Session, customer_id: int) -> bool:
    """Whether anything is asked for, or was."""
    there = (select(table.id).where(table.customer_id == customer_id).limit(1) for table in (Check, DueCheck))
    return any(db.scalar(one) is not None for one in there)


def keep(db: Session, customer_id: int, employee_ids: Sequence[int]) -> None:
    """Write the rows of some of a customer's employees anew; the customer is held by who calls."""
    checks = db.execute(
        select(Check.name, Unit.path, Check.group, Check.months)
        .join(Unit, Unit.id == Check.unit_id)
        .where(Check.customer_id == customer_id)
        .order_by(Check.id)
    ).all()
    is_asked = bool(checks) or db.scalar(select(DueCheck.id).where(DueCheck.customer_id == customer_id).limit(1))
    for at in range(0, len(employee_ids) if is_asked else 0, _AT_ONCE):
        ids = employee_ids[at : at + _AT_ONCE]
        wanted: dict[tuple[int, str], tuple[_Person, int]] = {}
        for person in _people(db, ids):
            for name, path, group, months in checks:
                if person.path.startswith(path) and (not group or group in person.groups):
                    before = wanted.get((person.id, name))
                    wanted[person.id, name] = (person, min(months, before[1]) if before else months)
        dates = _dates(db, ids, {name for name, *_ in checks}) if wanted else {}
        rows = [
            _row(customer_id, person, name, months, dates.get((person.id, name), (None, None)))
            for (_, name), (person, months) in wanted.items()
        ]
        _replace(db, ids, rows)


def _people(db: Session, ids: Collection[int]) -> list[_Person]:
    found = (
        select(Employee.id, Employee.unit_id, Unit.path, Employee.groups)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Employee.id.in_(ids), Employee.deactivated_at.is_(None))
        .order_by(Employee.sort_key, Employee.id)
    )
    return [_Person(*row) for row in db.execute(found)]


def _dates(db: Session, ids: Collection[int], names: Collection[str]) -> Mapping[tuple[int, str], Dates]:
    """By employee and check, what is known of it. Where names are hidden, that somebody came is nobody's business.

    Of the day when somebody came, and the one that the customer has told, the later one counts.
    """
    keys = {name: norwegian(name) for name in names}
    times = (
        select(SignUp.employee_id, SignUp.state, Booking.check_name, Booking.title, Slot.starts_at)
        .join(Booking, Booking.id == SignUp.booking_id)
        .join(Slot, Slot.id == SignUp.slot_id)
        .where(SignUp.employee_id.in_(ids), SignUp.state.in_((ATTENDED, *COMING)), Booking.names_hidden.is_(False))
        .order_by(Slot.starts_at, SignUp.id)
    )
    found: dict[tuple[int, str], Dates] = {}
    for employee_id, state, check, title, starts_at in db.execute(times):
        day, said = today_in_oslo(starts_at), norwegian(title)
        for name in (name for name, key in keys.items() if (key == norwegian(check) if check else key in said)):
            last, booked = found.get((employee_id, name), (None, None))
            found[employee_id, name] = (day, booked) if state == ATTENDED else (last, day)
    for employee_id, told in told_days(db, ids).items():
        for said, day in told.items():
            for name in (name for name, key in keys.items() if key == norwegian(said)):
                last, booked = found.get((employee_id, name), (None, None))
                found[employee_id, name] = (max(last or day, day), booked)
    return found


def _row(customer_id: int, person: _Person, name: str, months: int, dates: Dates) -> dict[str, Any]:
    last_on, booked_on = dates
    return {
        "customer_id": customer_id,
        "unit_id": person.unit_id,
        "employee_id": person.id,
        "name": name,
        "last_on": last_on,
        "due_on": months_after(last_on, months) if last_on else NEVER,
        "booked_on": booked_on,
    }


_VALUES = ("unit_id", "last_on", "due_on", "booked_on")


def _replace(db: Session, ids: Collection[int], rows: list[dict[str, Any]]) -> None:
    """Let the employees have these rows; one that is the same stays, and one that is another keeps its number."""
    there = select(DueCheck.id, DueCheck.employee_id, DueCheck.name, *(getattr(DueCheck, name) for name in _VALUES))
    before = {
        (employee_id, name): (id, tuple(values))
        for id, employee_id, name, *values in db.execute(there.where(DueCheck.employee_id.in_(ids)))
    }
    changed: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    for row in rows:
        id, values = before.pop((row["employee_id"], row["name"]), (None, ()))
        if id is None:
            new.append(row)
        elif values != tuple(row[name] for name in _VALUES):
            changed.append({"id": id, **row})
    gone = [*(id for id, _ in before.values()), *(row["id"] for row in changed)]
    if gone:
        db.execute(delete(DueCheck).where(DueCheck.id.in_(gone)), execution_options={"synchronize_session": False})
    insert_rows(db, DueCheck, changed)
    insert_rows(db, DueCheck, new)


# What is touched is noted as it is written, and seen to once: right before the commit, and before the log is tied,
# since whoever has tied to it asks for no lock any more.


def _touched(session: Session) -> _Touched:
    found: _Touched = session.info.setdefault(_TOUCHED, _Touched())
    return found


def _note(_mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
    session, kind = object_session(row), type(row)
    if session is None or not any(inspect(row).attrs[name].history.has_changes() for name in _WATCHED[kind]):
        return
    touched = _touched(session)
    if kind is Unit:
        touched.trees.add(row.customer_id)
    elif kind in (Booking, Slot):
        touched.bookings[row.customer_id].add(row.id if kind is Booking else row.booking_id)
    else:
        touched.people[row.customer_id].add(row.id if kind is Employee else row.employee_id)


for _kind in _WATCHED:
    event.listen(_kind, "after_update", _note)
    if _kind in (Employee, SignUp):  # on what else is new, nobody sits yet
        event.listen(_kind, "after_insert", _note)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_TOUCHED, None)


@event.listens_for(Session, "before_commit", insert=True)
def _see_to_it(session: Session) -> None:
    if not session.in_nested_transaction():
        keep_touched(session)


def keep_touched(session: Session) -> None:
    """Write anew what follows from what was written so far; whoever shows it in the same visit asks for it first."""
    session.flush()
    touched: _Touched | None = session.info.pop(_TOUCHED, None)
    if touched is None:
        return
    for customer_id in sorted(touched.people.keys() | touched.bookings.keys() | touched.trees):
        with on_behalf_of(session, customer_id):
            if not hold_customer(session, customer_id, shared=customer_id not in touched.trees):
                continue  # it was added and taken back, as where a list is only looked over
            if customer_id in touched.trees:
                keep_all(session, customer_id)
            else:
                on_them = select(SignUp.employee_id).where(SignUp.booking_id.in_(touched.bookings[customer_id]))
                seated = set(session.scalars(on_them)) if touched.bookings[customer_id] else set()
                keep(session, customer_id, sorted((touched.people[customer_id] | seated) - {None}))
