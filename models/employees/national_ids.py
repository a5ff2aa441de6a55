"""The register of identity numbers: which employee has which, sealed, and the log of who set, saw or removed it.

How a number is read, checked and masked as text is in `models.values.national_id`. A number is opened for its mask in
the employee's form, for another key, by the postman for the CRM, and where an import that exchanged it is undone;
whether two are equal is found without opening.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ForeignKeyConstraint, Index, Select, String, Text, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Change, record, record_all
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.core.sealed import Keyring, Sealed
from models.core.walls import insert_rows, select_rows
from models.customers.units import Unit
from models.employees.employee import Employee
from models.outbox.message import Channel, Message, Outgoing, place_of, post, row_of
from models.users.sessions import SignedIn
from models.values.national_id import mask

_AT_ONCE = 2000
"""How many values one statement is given."""

T = TypeVar("T")


class NationalId(CustomerOwned, Sealed, Base):
    """The number of one employee, sealed; several employees of a customer may have the same (decision 0013)."""

    __tablename__ = "national_ids"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "employee_id"], ["employees.customer_id", "employees.id"]),
        Index(None, "customer_id", "blind_index"),
    )

    employee_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)
    blind_index: Mapped[str] = mapped_column(String(64))
    """What its equals are found by; made with the key that has sealed it."""
    registered_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def place(self) -> str:
        """What the seal is bound to: it opens for this employee of this customer only."""
        return place_of_number(self.customer_id, self.employee_id)

    def reseal(self, keyring: Keyring) -> None:
        """Seal it with the newest key, and make its index with that, too."""
        number = keyring.open(self.sealed, place=self.place)
        self.sealed = keyring.seal(number, place=self.place)
        self.blind_index = _indexes(keyring, self.customer_id, number)[0]


def has_number(db: Session, employee_id: int) -> bool:
    """Whether a number is registered for an employee in the scope; opens nothing."""
    return bool(_registered(db, [employee_id]))


def mask_of(db: Session, keyring: Keyring, employee_id: int, *, by: SignedIn, now: datetime) -> str:
    """The number's mask, for the edit form and nowhere else (AD3, AR4); empty where none is registered (AR5).

    That the user had it shown is written into the log of changes, so the session must be one that may write:
    a room calls it through `Visit.on_record`. Raises sqlalchemy's NoResultFound for an employee outside the scope.
    """
    customer_id = _customer_of(db, employee_id)
    found = db.get(NationalId, employee_id)
    if found is None:
        return ""
    record(db, _change(customer_id, employee_id, "national_id_seen", by, now))
    return mask(keyring.open(found.sealed, place=found.place))


def register(db: Session, keyring: Keyring, employee_id: int, number: str, *, by: SignedIn, now: datetime) -> bool:
    """Register or replace an employee's number, of 11 digits as `national_id.parse` gives them (AR6, AR12).

    It is logged, and the CRM is told. The number that is registered already changes nothing; returns whether
    another one is registered now. Raises sqlalchemy's NoResultFound for an employee outside the scope.
    """
    customer_id = _customer_of(db, employee_id)
    found = db.get(NationalId, employee_id)
    if found and found.blind_index in _indexes(keyring, customer_id, number):
        return False
    values = _sealed(keyring, customer_id, employee_id, number) | {"registered_at": now}
    if found:
        for name, value in values.items():
            setattr(found, name, value)
    else:
        db.add(NationalId(customer_id=customer_id, employee_id=employee_id, **values))
    action = "national_id_changed" if found else "national_id_set"
    record(db, _change(customer_id, employee_id, action, by, now))
    post(db, _event(customer_id, employee_id, now, registered=True)).seal(keyring, number)
    return True


def remove(db: Session, employee_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Remove an employee's number, which only somebody's explicit wish does (AR7); returns whether there was one.

    Raises sqlalchemy's NoResultFound for an employee outside the scope.
    """
    return bool(remove_many(db, _customer_of(db, employee_id), [employee_id], by=by, now=now))


def remove_many(
    db: Session, customer_id: int, employee_ids: Collection[int], *, by: SignedIn, now: datetime
) -> list[int]:
    """The same of many, whom the caller has found in the scope and locked; returns those who had one."""
    gone = delete(NationalId).where(NationalId.employee_id.in_(employee_ids)).returning(NationalId.employee_id)
    removed = sorted(db.scalars(gone))
    record_all(db, [_change(customer_id, id, "national_id_removed", by, now) for id in removed])
    insert_rows(db, Message, [row_of(_event(customer_id, id, now, registered=False)) for id in removed])
    return removed


@dataclass(frozen=True, slots=True)
class Holder:
    """An employee in the scope who has a number."""

    employee_id: int
    name: str
    unit_name: str
    active: bool


_HOLDERS: Select[*tuple[Any, ...]] = (
    select(
        NationalId.blind_index,
        Employee.id,
        Employee.given_name,
        Employee.family_name,
        Unit.name,
        Employee.deactivated_at,
    )
    .join(Employee, Employee.id == NationalId.employee_id)
    .join(Unit, Unit.id == Employee.unit_id)
    .where(NationalId.blind_index.in_(bindparam("indexes", expanding=True)))
    .order_by(Employee.id)
)


def holders_of(db: Session, keyring: Keyring, customer_id: int, numbers: Collection[str]) -> dict[str, list[Holder]]:
    """Who in the scope has each of the numbers, by number; a number that nobody has is left out.

    For a warning, and for finding the employee whom a row of an import is about: one statement for each 1000
    numbers or so, and nothing is opened. Employees outside the user's units stay unknown (X1).
    """
    by_index = {index: number for number in numbers for index in _indexes(keyring, customer_id, number)}
    found: dict[str, list[Holder]] = {}
    for indexes in _batches(by_index):
        for index, id, given, family, unit_name, deactivated_at in select_rows(db, _HOLDERS, {"indexes": indexes}):
            holder = Holder(id, f"{given} {family}", unit_name, deactivated_at is None)
            found.setdefault(by_index[index], []).append(holder)
    return found


def others_with(
    db: Session, keyring: Keyring, customer_id: int, number: str, *, than: int | None = None
) -> list[Holder]:
    """Who else in the scope has the number: a reason to warn, not to refuse (decision 0013).

    `than` is the employee whom the number was typed for; None for one who is not stored yet.
    """
    holders = holders_of(db, keyring, customer_id, [number]).get(number, [])
    return [holder for holder in holders if holder.employee_id != than]


_REGISTERED = (
    select(NationalId.employee_id, NationalId.blind_index)
    .join(Employee, Employee.id == NationalId.employee_id)
    .where(NationalId.employee_id.in_(bindparam("ids", expanding=True)))
)


def with_number(db: Session, employee_ids: Collection[int]) -> set[int]:
    """Those of the employees, in the scope, for whom a number is registered; opens nothing."""
    return set(_registered(db, employee_ids))


def changes_among(db: Session, keyring: Keyring, customer_id: int, numbers: Mapping[int, str]) -> set[int]:
    """The employees for whom the given number, by their ids, is another than the registered one, or the first.

    For the dry run of an import: one statement for each 2000 employees, and nothing is opened.
    """
    registered = _registered(db, numbers)
    return {id for id, number in numbers.items() if registered.get(id) not in _indexes(keyring, customer_id, number)}


def register_many(
    db: Session, keyring: Keyring, customer_id: int, numbers: Mapping[int, str], *, by: SignedIn, now: datetime
) -> set[int]:
    """Register or replace many numbers, by the ids of employees; returns the employees whose number is another now.

    As `register` for each of them, in a few statements. The caller has found the employees in the scope, and has
    written or locked their rows in this transaction; what the CRM must be told of them before is posted before.
    """
    changed = sorted(changes_among(db, keyring, customer_id, numbers))
    stored: dict[int, NationalId] = {}
    for ids in _batches(changed):
        stored |= {
            row.employee_id: row for row in db.scalars(select(NationalId).where(NationalId.employee_id.in_(ids)))
        }
    new: list[dict[str, Any]] = []
    log: list[Change] = []
    messages: list[dict[str, Any]] = []
    for id in changed:
        values = _sealed(keyring, customer_id, id, numbers[id]) | {"registered_at": now}
        if id in stored:
            for name, value in values.items():
                setattr(stored[id], name, value)
        else:
            new.append({"customer_id": customer_id, "employee_id": id, **values})
        action = "national_id_changed" if id in stored else "national_id_set"
        log.append(_change(customer_id, id, action, by, now))
        message = row_of(_event(customer_id, id, now, registered=True))
        message["sealed"] = keyring.seal(numbers[id], place=place_of(message["public_id"]))
        messages.append(message)
    record_all(db, log)
    db.flush()
    insert_rows(db, NationalId, new)
    insert_rows(db, Message, messages)
    return set(changed)


def add_all(db: Session, keyring: Keyring, customer_id: int, numbers: Mapping[int, str], *, now: datetime) -> None:
    """Register numbers of employees who have none, by their ids, without a word to anybody: for the demo's data."""
    rows = [
        {
            "customer_id": customer_id,
            "employee_id": id,
            "registered_at": now,
            **_sealed(keyring, customer_id, id, number),
        }
        for id, number in numbers.items()
    ]
    insert_rows(db, NationalId, rows)


def _registered(db: Session, employee_ids: Iterable[int]) -> dict[int, str]:
    """The blind indexes of those employees who have a number."""
    found: dict[int, str] = {}
    for ids in _batches(employee_ids):
        found |= dict(tuple(row) for row in select_rows(db, _REGISTERED, {"ids": ids}))
    return found


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch


_OWNER = select(Employee.customer_id).where(Employee.id == bindparam("id")).with_for_update()


def _customer_of(db: Session, employee_id: int) -> int:
    """Whose employee it is; the row is locked until the commit, so that two cannot register at the same time."""
    return int(db.execute(_OWNER, {"id": employee_id}).scalar_one())


def place_of_number(customer_id: int, employee_id: int) -> str:
    """What the seal of a number is bound to."""
    return f"national_ids:{customer_id}:{employee_id}"


def _indexes(keyring: Keyring, customer_id: int, number: str) -> tuple[str, ...]:
    """What the number is found by: one digest for each key, the newest first, comparable within a customer only."""
    return keyring.blind_indexes(number, purpose=f"national_ids:{customer_id}")


def _sealed(keyring: Keyring, customer_id: int, employee_id: int, number: str) -> dict[str, Any]:
    """A number as it is stored: all of it by the newest key."""
    return {
        "sealed": keyring.seal(number, place=place_of_number(customer_id, employee_id)),
        "blind_index": _indexes(keyring, customer_id, number)[0],
    }


def _change(customer_id: int, employee_id: int, action: str, by: SignedIn, now: datetime) -> Change:
    about = f"employee:{employee_id}"
    return Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now)


def _event(customer_id: int, employee_id: int, now: datetime, *, registered: bool) -> Outgoing:
    """What the CRM is told, in order with everything else about the employee; the number itself is sealed beside it."""
    return Outgoing(
        channel=Channel.CRM,
        kind="employee.national_id_changed",
        about=f"employee:{employee_id}",
        customer_id=customer_id,
        payload={"id": employee_id, "registered": registered},
        at=now,
    )
