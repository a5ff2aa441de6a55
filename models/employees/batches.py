"""Adding and changing thousands of employees in one short transaction: what takes time is prepared before it.

The same as `add_employees` and `change_employees` of `models.employees.employee`, without an object for each row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.core.audit import Change, record_all
from models.core.walls import insert_rows, select_rows, update_rows
from models.employees.details import Details, what_changed, with_units
from models.employees.employee import Employee, derived_of
from models.employees.news import change_and_event, facts
from models.outbox.message import Message, row_of
from models.users.sessions import SignedIn

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody to be added, under a key that is used once."""

    key: str
    details: Details
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody to be changed, from the version that was seen."""

    id: int
    details: Details
    changed: dict[str, Any]
    """The values that are another, as the log says them; empty where only the identity number is."""
    comes_back: bool
    """Whether one who had left is in the lists again."""
    row: dict[str, Any]


def prepare_added(customer_id: int, key: str, details: Details, *, by: SignedIn) -> Added:
    """Everything of a new employee that can be known before there is one."""
    row = _columns(customer_id, details) | {"version": 1, "added_by_id": by.user_id, "idempotency_key": key}
    return Added(key, details, row)


def prepare_changed(
    customer_id: int, id: int, version: int, *, before: Details, details: Details, comes_back: bool
) -> Changed:
    """Everything of a change that can be known before it is made."""
    row = _columns(customer_id, details) | {"id": id, "version": version, "deactivated_at": None}
    changed = what_changed(before, details) if before != details else {}
    return Changed(id, details, changed, comes_back, row)


def _columns(customer_id: int, details: Details) -> dict[str, Any]:
    return {"customer_id": customer_id, **asdict(details), **derived_of(customer_id, details)}


_IDS = select(Employee.idempotency_key, Employee.id).where(
    Employee.added_by_id == bindparam("by"), Employee.idempotency_key.in_(bindparam("keys", expanding=True))
)


def add_prepared(
    db: Session, many: Sequence[Added], units: Mapping[int, str], *, by: SignedIn, now: datetime
) -> dict[str, int]:
    """Add them, each with its entry in the log and its event; the ids by the keys. Raises Trespass.

    Raises IntegrityError where a key was used before: the same thing is not added twice.
    """
    insert_rows(db, Employee, [one.row for one in many])
    ids: dict[str, int] = {}
    for at in range(0, len(many), _AT_ONCE):
        keys = [one.key for one in many[at : at + _AT_ONCE]]
        ids |= dict(tuple(row) for row in select_rows(db, _IDS, {"by": by.user_id, "keys": keys}))
    _tell(
        db,
        "added",
        [(ids[one.key], one.details, {}) for one in many],
        _Told(many[0].row["customer_id"], units, by, now),
    )
    return ids


def change_prepared(
    db: Session, many: Sequence[Changed], units: Mapping[int, str], *, by: SignedIn, now: datetime
) -> bool:
    """Change them, each with its entries and its events; False where one is not as it was seen. Raises Trespass."""
    if not update_rows(db, Employee, [one.row for one in many]):
        return False
    told = _Told(many[0].row["customer_id"], units, by, now)
    _tell(db, "reactivated", [(one.id, one.details, {}) for one in many if one.comes_back], told)
    _tell(db, "changed", [(one.id, one.details, with_units(one.changed, units)) for one in many if one.changed], told)
    return True


@dataclass(frozen=True, slots=True)
class _Told:
    customer_id: int
    units: Mapping[int, str]
    by: SignedIn
    now: datetime


def _tell(db: Session, action: str, about: Iterable[tuple[int, Details, dict[str, Any]]], told: _Told) -> None:
    """As `models.employees.employee.tell`."""
    log: list[Change] = []
    messages: list[dict[str, Any]] = []
    for id, details, changed in about:
        payload = facts(id, details, told.units[details.unit_id], active=True)
        change, event = change_and_event(told.customer_id, id, action, changed, payload, by=told.by, now=told.now)
        log.append(change)
        messages.append(row_of(event))
    record_all(db, log)
    insert_rows(db, Message, messages)
