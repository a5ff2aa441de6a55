"""Employees who may be the same person: the user is asked once more before saving, and never refused (AN2).

Only those in the user's own units are looked for: whether there is one elsewhere, nobody learns (decision 0013).
Equal identity numbers are found by `models.employees.national_ids`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Date, bindparam, select
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.units import Unit
from models.employees.details import Details
from models.employees.employee import UNFOLDED, Employee
from models.employees.names import sort_key
from models.values.email_address import folded

SAME_EMAIL = "samme e-postadresse"
SAME_NAME_AND_BIRTH = "samme navn og fødselsdag"
SAME_NUMBER = "samme fødselsnummer"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody in the user's units who may be the same person."""

    reason: str
    id: int
    name: str
    unit_name: str
    active: bool


_WITH_NAME = select(Employee.id).where(
    Employee.sort_key == bindparam("sort_key"), Employee.birth_date == bindparam("birth_date", type_=Date)
)
_WITH_EMAIL, _UNFOLDED = (
    select(Employee.id, Employee.email).where(holds).order_by(Employee.id)
    for holds in (Employee.email_folded == bindparam("email"), UNFOLDED)
)
_THESE = (
    select(Employee.id, Employee.given_name, Employee.family_name, Unit.name, Employee.deactivated_at)
    .join(Unit, Unit.id == Employee.unit_id)
    .where(Employee.id.in_(bindparam("ids", expanding=True)))
    .order_by(Employee.id)
)


def duplicates_of(db: Session, details: Details, *, but: int | None = None) -> list[Duplicate]:
    """Who else in the scope has the same address, or the same name and day of birth; `but` is the employee itself."""
    reasons = dict.fromkeys(_with_name_and_birth(db, details), SAME_NAME_AND_BIRTH)
    reasons |= dict.fromkeys(_with_email(db, details.email), SAME_EMAIL)
    reasons.pop(but or 0, None)
    rows = select_rows(db, _THESE, {"ids": sorted(reasons)}) if reasons else []
    return [
        Duplicate(reasons[id], id, f"{given} {family}", unit_name, left is None)
        for id, given, family, unit_name, left in rows
    ]


def _with_name_and_birth(db: Session, details: Details) -> Iterable[int]:
    if details.birth_date is None:
        return []
    key = sort_key(details.given_name, details.family_name)
    return [id for (id,) in select_rows(db, _WITH_NAME, {"sort_key": key, "birth_date": details.birth_date})]


def _with_email(db: Session, email: str | None) -> Iterable[int]:
    if not email:
        return []
    found = [*select_rows(db, _WITH_EMAIL, {"email": folded(email)}), *select_rows(db, _UNFOLDED, {})]
    return [id for id, theirs in found if folded(theirs) == folded(email)]
