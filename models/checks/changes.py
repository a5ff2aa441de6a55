"""Asking for a check, and not asking for it any more; it becomes so for every employee, of many as a chore."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.checks.check import Check
from models.checks.keeping import keep_all
from models.core.audit import Actor, Change, record
from models.customers.customer import hold_customer
from models.customers.units import Unit, norwegian


@dataclass(frozen=True, slots=True)
class Wanted:
    """A check as it is asked for."""

    name: str
    unit_id: int
    group: str
    months: int


def set_check(db: Session, wanted: Wanted, *, by: Actor, now: datetime) -> Check:
    """Ask for a check; the same one for the same people gets the new interval. The session serves the customer.

    A name that is there already, but for capital letters, stays as it was first written.
    """
    unit = db.get_one(Unit, wanted.unit_id)
    hold_customer(db, unit.customer_id)
    same_name = [one for one in _all(db) if norwegian(one.name) == norwegian(wanted.name)]
    known = [one for one in same_name if (one.unit_id, one.group) == (wanted.unit_id, wanted.group)]
    if known and known[0].months == wanted.months:
        return known[0]
    check = known[0] if known else Check(customer_id=unit.customer_id, unit_id=unit.id, group=wanted.group)
    check.name = same_name[0].name if same_name else wanted.name
    check.months = wanted.months
    db.add(check)
    db.flush()
    said = {"name": check.name, "unit": unit.name, "group": check.group, "months": check.months}
    record(db, Change.of(check, "changed" if known else "added", by=by, at=now, changed=said))
    keep_all(db, unit.customer_id)
    return check


def remove_check(db: Session, check: Check, *, by: Actor, now: datetime) -> None:
    """Ask for it no more; who is not asked for by another one leaves the list."""
    customer_id = check.customer_id
    hold_customer(db, customer_id)
    record(db, Change.of(check, "removed", by=by, at=now, changed={"name": check.name}))
    db.delete(check)
    db.flush()
    keep_all(db, customer_id)


def _all(db: Session) -> list[Check]:
    return list(db.scalars(select(Check).order_by(Check.id)))
