"""The users of a customer, as those see them who look after them: who may do what where.

What is changed of them is in `models.users.changes`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from models.core.scope import Right, looking_across
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.units import Unit
from models.users.issuers.issuer import Subject
from models.users.sessions import UserSession
from models.users.user import Grant, User


@dataclass(frozen=True, slots=True)
class Asker:
    """Who of a customer asked for what staff write in its stead, as on the telephone: a user, or only a name."""

    name: str
    user_id: int | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """The rights of a user in a unit and all below it."""

    unit: str
    rights: tuple[Right, ...]
    unit_id: int


@dataclass(frozen=True, slots=True)
class CustomerUser:
    """Somebody who can sign in to the customer, or could."""

    id: int
    username: str
    full_name: str
    email: str
    granted: tuple[Granted, ...]
    is_active: bool
    has_password: bool
    """Whether one is chosen; until then the user can only follow the link of the invitation."""
    last_seen: datetime | None
    """When the user was last signed in to this customer."""
    is_linked: bool = False
    """Whether the customer's issuer has vouched for the user, who then needs no password."""

    @property
    def rights(self) -> dict[int, frozenset[Right]]:
        """What is granted, by unit."""
        return {each.unit_id: frozenset(each.rights) for each in self.granted}


_USERS = (
    select(
        *(Unit.name, Grant.unit_id, *(getattr(Grant, right.value) for right in Right)),
        *(User.id, User.username, User.full_name, User.email, User.active, User.password_hash != ""),
        select(func.max(UserSession.last_used_at))
        .where(UserSession.user_id == User.id, UserSession.customer_id == Grant.customer_id)
        .scalar_subquery(),
        exists().where(Subject.user_id == User.id, Subject.customer_id == Grant.customer_id),
    )
    .join(Grant, Grant.user_id == User.id)
    .join(Unit, Unit.id == Grant.unit_id)
    .where(Grant.customer_id == bindparam("customer"), User.account_manager_id.is_(None))
    .order_by(User.full_name, User.id, Unit.path)
)


def users_at(db: Session, customer_id: int, *, also_inactive: bool = False) -> list[CustomerUser]:
    """The users with grants at a customer, by name; staff are none, whatever they were granted."""
    granted: dict[tuple[Any, ...], list[Granted]] = {}
    for unit, unit_id, *more in select_rows(db, _USERS, {"customer": customer_id}):
        rights, user = more[: len(Right)], tuple(more[len(Right) :])
        held = tuple(right for right, is_granted in zip(Right, rights, strict=True) if is_granted)
        granted.setdefault(user, []).append(Granted(unit, held, unit_id))
    return [
        CustomerUser(id, username, full_name, email, tuple(units), active, has_password, last_seen, is_linked)
        for (id, username, full_name, email, active, has_password, last_seen, is_linked), units in granted.items()
        if active or also_inactive
    ]


_BESIDES = (
    select(Customer.name)
    .where(
        Customer.id.in_(
            select(Grant.customer_id).where(
                Grant.user_id == bindparam("user"), Grant.customer_id != bindparam("customer")
            )
        )
    )
    .order_by(Customer.name)
)


def customers_besides(db: Session, user_id: int, customer_id: int) -> list[str]:
    """The names of the other customers where a user has grants; for the desk."""
    with looking_across(db):
        return list(db.scalars(_BESIDES, {"user": user_id, "customer": customer_id}))
