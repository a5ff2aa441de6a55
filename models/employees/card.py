"""What an employee's page shows: the employee, the unit, and the history of changes (AD1, AD4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.core.audit import AuditEntry
from models.customers.units import unit_name
from models.employees.employee import Employee

_HISTORY = 30
"""So many changes are shown, the newest first."""
_SHOWN = (
    "added",
    "changed",
    "deactivated",
    "reactivated",
    "national_id_set",
    "national_id_changed",
    "national_id_removed",
)
"""What is told on the page; who had the mask of a number shown is for the provider's eye."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who did what to an employee, when; `fields` are the names of the values that changed, never the values."""

    at: datetime
    actor: str
    action: str
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Card:
    """An employee as the page shows one."""

    employee: Employee
    unit_name: str
    history: list[Change]


_CHANGES = (
    select(AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.changed)
    .where(AuditEntry.about == bindparam("about"), AuditEntry.action.in_(_SHOWN))
    .order_by(AuditEntry.id.desc())
    .limit(_HISTORY)
)


def card_of(db: Session, employee: Employee) -> Card:
    """Everything that the page shows of an employee, in two statements."""
    entries = db.execute(_CHANGES, {"about": employee.about})
    history = [Change(at, actor, action, changed.get("fields", [])) for at, actor, action, changed in entries]
    return Card(employee, unit_name(db, employee.unit_id), history)


def last_actor(db: Session, employee: Employee) -> str | None:
    """Who changed the employee last, as the log names one."""
    return db.scalar(
        select(AuditEntry.actor)
        .where(AuditEntry.about == employee.about, AuditEntry.action.in_(_SHOWN))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
