"""Where a password opens nothing any more: customers whose users come in through their issuer alone.

How that is switched on is in `models.users.sign_on.changes`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models.core.scope import across_customers
from models.customers.customer import Customer
from models.users.issuers.issuer import Issuer
from models.users.user import Grant


@dataclass(frozen=True, slots=True)
class AtWork:
    """A customer that a user reaches through its issuer alone."""

    name: str
    key: str
    """What the issuer is called in addresses."""


def has_no_other(customer_id: Any) -> ColumnElement[bool]:
    """Whether a customer's issuer is the only way to it; `customer_id` is a column of the statement around."""
    return exists().where(Issuer.customer_id == customer_id, Issuer.is_on, Issuer.is_only_way)


def only_at_work(db: Session, user_id: int) -> list[AtWork]:
    """The customers of a user that no password opens, by name."""
    granted = select(Grant.customer_id).where(Grant.user_id == user_id)
    found = (
        select(Customer.name, Issuer.key)
        .join(Issuer, Issuer.customer_id == Customer.id)
        .where(Customer.id.in_(granted), Issuer.is_on, Issuer.is_only_way)
        .order_by(Customer.name, Customer.id)
    )
    with across_customers(db):
        return [AtWork(name, key) for name, key in db.execute(found)]


def is_only_at_work(db: Session, customer_id: int) -> bool:
    """Whether no password opens this customer."""
    its = select(Issuer.key).where(Issuer.customer_id == customer_id, Issuer.is_on, Issuer.is_only_way)
    return db.scalar(its) is not None
