"""Erasing employees: their rows are gone, with whatever is about them alone, and nothing in the log tells of them.

Whose time is over is asked by `models.operations.erasure`; who was added by mistake, by `models.imports.reversal`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from models.core.audit import THE_PORTAL, Actor, erase_all
from models.core.base import Base
from models.core.walls import insert_rows
from models.employees.employee import Employee
from models.outbox.claims import empty_about
from models.outbox.message import Channel, Message, Outgoing, row_of


def erase_employees(
    db: Session, owners: Mapping[int, int], now: datetime, *, by: Actor = THE_PORTAL, reason: str = ""
) -> None:
    """Erase employees, by their ids with whose they are, and tell the CRM.

    Where it is counted that somebody was there, the row stays, without a person. The log of changes keeps the
    employee's id, who did what, and when; nothing of what was changed.
    """
    for table, column, stays in reversed(about_employees()):
        about_them = getattr(table, column).in_(owners)
        db.execute(update(table).where(about_them).values({column: None}) if stays else delete(table).where(about_them))
    empty_about(db, [_about(id) for id in owners])
    db.execute(delete(Employee).where(Employee.id.in_(owners)))
    for customer_id in sorted(set(owners.values())):
        theirs = [_about(id) for id, owner in owners.items() if owner == customer_id]
        erase_all(db, customer_id, theirs, now, by=by, reason=reason)
    insert_rows(db, Message, [row_of(_event(id, customer_id, now)) for id, customer_id in owners.items()])


def about_employees() -> list[tuple[Any, str, bool]]:
    """Every table that refers to an employee: its column, and whether a row stays, without the person.

    What refers to a table comes after it.
    """
    tables = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return [
        (tables[table], element.parent.name, bool(element.parent.nullable))
        for table in Base.metadata.sorted_tables
        for key in table.foreign_key_constraints
        for element in key.elements
        if (element.column.table.name, element.column.name) == (Employee.__tablename__, "id")
    ]


def _about(id: int) -> str:
    return f"employee:{id}"


def _event(id: int, customer_id: int, now: datetime) -> Outgoing:
    return Outgoing(
        channel=Channel.CRM,
        kind="employee.erased",
        about=_about(id),
        customer_id=customer_id,
        payload={"id": id},
        at=now,
    )
