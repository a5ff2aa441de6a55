"""The demo's recurring checks: what is asked for, from which it follows who is due."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from models.checks.check import Check
from models.checks.keeping import keep_all
from models.customers.units import Unit


class Asked(NamedTuple):
    """A check of a unit and those below it."""

    unit: str
    name: str
    months: int


CHECKS = (
    Asked("Fjordbygg Entreprenør AS", "Hørselskontroll", 36),
    Asked("Bergen TEST", "Hørselskontroll", 24),
    Asked("Brann og redning", "Helsekontroll røykdykkere", 12),
)


def add_checks(db: Session, units: dict[str, Unit]) -> None:
    """Ask for the checks, and write when each employee is due."""
    for asked in CHECKS:
        unit = units[asked.unit]
        db.add(Check(customer_id=unit.customer_id, unit_id=unit.id, name=asked.name, months=asked.months))
    db.flush()
    for customer_id in sorted({units[asked.unit].customer_id for asked in CHECKS}):
        keep_all(db, customer_id)
