"""The orders that the provider's desk looks after: the search across customers, and what is needed beside an order."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, func, select
from sqlalchemy.orm import Session

from models import order_search
from models.customer_search import escaped, served_by
from models.customers import Customer
from models.order_search import COUNTED_TO, PAGE_SIZE, Cursor
from models.orders import PART_NAMES, Order, Parts
from models.tenancy import looking_across, select_rows
from models.units import Unit, in_norwegian, norwegian
from models.users import User


@dataclass(frozen=True, slots=True)
class Criteria(order_search.Criteria):
    """What is searched for at the desk, beside what a customer searches for."""

    customer: str = ""
    """In the name of the customer."""
    account_manager_id: int | None = None
    """Who serves the customer, or one of its units."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The names of the conditions that hold, with their values."""
        found = order_search.Criteria.restrictions.fget(self)  # type: ignore[attr-defined]
        if self.customer:
            found["customer"] = f"%{escaped(norwegian(self.customer))}%"
        if self.account_manager_id is not None:
            found["account_manager_id"] = self.account_manager_id
        return dict(found)


_CONDITIONS = order_search.CONDITIONS | {
    "customer": Order.customer_id.in_(
        select(Customer.id).where(in_norwegian(Customer.name).like(bindparam("customer", type_=String), escape="/"))
    ),
    "account_manager_id": Order.customer_id.in_(served_by(bindparam("account_manager_id", type_=Integer))),
}


@cache
def _listing(conditions: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Rows, newest first, each with the count of all."""
    holding = [_CONDITIONS[name] for name in sorted(conditions)]
    before = [_CONDITIONS[name] for name in sorted(conditions - {"after"})]
    counted = select(Order.number).where(*before).limit(COUNTED_TO + 1).subquery()
    return (
        select(
            select(func.count()).select_from(counted).scalar_subquery(),
            Order.number,
            Order.ordered_on,
            Order.product_group,
            Order.status,
            Unit.name,
            Customer.name,
            *(getattr(Order, name) for name in PART_NAMES),
        )
        .join(Unit, Unit.id == Order.unit_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(*holding)
        .order_by(Order.ordered_on.desc(), Order.number.desc())
        .limit(bindparam("at_most", type_=Integer))
    )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a line of the desk's list."""

    number: int
    ordered_on: date
    product_group: str | None
    status: str | None
    unit_name: str
    customer_name: str
    parts: Parts

    @property
    def what(self) -> str:
        """What was asked for, in a line."""
        return self.parts.delivery or self.parts.description or self.product_group or "Bestilling"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list, newest first."""

    rows: list[OrderRow]
    count: int
    """How many there are in all; COUNTED_TO + 1 means more than that."""
    next: Cursor | None


def find_orders(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found:
    """The orders that meet the criteria, of whichever customer: one statement."""
    rows, count = _newest_first(db, criteria.restrictions, page_size + 1)
    last = rows[page_size - 1] if len(rows) > page_size else None
    return Found(rows[:page_size], count, Cursor(last.ordered_on, last.number) if last else None)


def new_orders(db: Session, account_manager_id: int, at_most: int) -> tuple[list[OrderRow], int]:
    """The newest orders of an account manager's customers that have no status yet, and how many there are (U9)."""
    criteria = Criteria(status="", account_manager_id=account_manager_id)
    return _newest_first(db, criteria.restrictions, at_most)


def _newest_first(db: Session, holding: dict[str, Any], at_most: int) -> tuple[list[OrderRow], int]:
    listing = _listing(frozenset(holding).intersection(_CONDITIONS))
    with looking_across(db):
        found = select_rows(db, listing, {**holding, "at_most": at_most})
    rows = [
        OrderRow(number, day, group, status, unit, customer, Parts(*parts))
        for _, number, day, group, status, unit, customer, *parts in found
    ]
    return rows, found[0][0] if found else 0


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside an order at the desk."""

    customer: str
    unit: str
    sender: User | None
    """Who sent it, where somebody did so in the portal."""


def around(db: Session, order: Order) -> Around:
    """The customer, the unit and the sender of an order that is served."""
    customer, unit, sender = db.execute(
        select(Customer.name, Unit.name, User)
        .select_from(Order)
        .join(Unit, Unit.id == Order.unit_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(User, User.id == Order.placed_by_id)
        .where(Order.number == order.number)
    ).one()
    return Around(customer, unit, sender)
