"""The users of a customer, as the provider's desk sees them: who may do what where."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tenancy import Right
from models.units import Unit
from models.users import Grant, User


@dataclass(frozen=True, slots=True)
class Granted:
    """The rights of a user in a unit and all below it."""

    unit: str
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class CustomerUser:
    """Somebody who can sign in to the customer."""

    id: int
    username: str
    full_name: str
    email: str
    granted: tuple[Granted, ...]


def users_at(db: Session, customer_id: int) -> list[CustomerUser]:
    """The active users with grants at a customer, by name; staff are none, whatever they were granted."""
    rows = db.execute(
        select(User, Grant, Unit.name)
        .join(Grant, Grant.user_id == User.id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Grant.customer_id == customer_id, User.active, User.account_manager_id.is_(None))
        .order_by(User.full_name, User.id, Unit.path)
    ).all()
    granted: dict[int, list[Granted]] = {}
    for user, grant, unit in rows:
        rights = tuple(right for right in Right if getattr(grant, right.value))
        granted.setdefault(user.id, []).append(Granted(unit, rights))
    people = {user.id: user for user, _, _ in rows}
    return [
        CustomerUser(id, people[id].username, people[id].full_name, people[id].email, tuple(granted[id]))
        for id in people
    ]
