"""The orders that the provider's desk looks after: the search across customers, and what is needed beside an order."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, func, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import served_by, within
from models.customers.units import Unit, in_norwegian
from models.orders import search as order_search
from models.orders.messages import sender_of
from models.orders.order import PART_NAMES, Order, Parts
from models.orders.search import COUNTED_TO, PAGE_SIZE, Found
from models.users.user import User


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
            found["customer"] = within(self.customer)
        if self.account_manager_id is not None:
            found["account_manager_id"] = self.account_manager_id
        return dict(found)


_NAMED = select(Customer.id).where(in_norwegian(Customer.name).like(bindparam("customer", type_=String), escape="/"))
_MINE = served_by(bindparam("account_manager_id", type_=Integer))


def _conditions(names: frozenset[str], customer_id: Any) -> list[ColumnElement[bool]]:
    known = order_search.CONDITIONS | {
        "customer": customer_id.in_(_NAMED),
        "account_manager_id": customer_id.in_(_MINE),
    }
    return [known[name] for name in sorted(names)]


_OWN = {"customer", "account_manager_id"}


@cache
def _count(names: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """How many there are, as far as they are counted."""
    holding = _conditions(names, Order.customer_id)
    return select(func.count()).select_from(select(Order.number).where(*holding).limit(COUNTED_TO + 1).subquery())


@cache
def _listing(names: frozenset[str], *, walk: bool) -> Select[*tuple[Any, ...]]:
    """Rows, newest first. With `walk` they are looked for in that order, from the newest on, and else by customer.

    Of many it is quicker to walk until there are enough, of few to take them all and sort: a database that was not
    told chooses one way for good.
    """
    customer_id = Order.customer_id + 0 if walk else Order.customer_id  # a sum is in no index
    return (
        select(
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
        .where(*_conditions(names, customer_id))
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


def find_orders(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[OrderRow]:
    """The orders that meet the criteria, of whichever customer: two statements."""
    rows, count = _newest_first(db, criteria.restrictions, page_size + 1)
    return Found.of(rows, count, page_size)


def new_orders(db: Session, account_manager_id: int, at_most: int) -> tuple[list[OrderRow], int]:
    """The newest orders of an account manager's customers that have no status yet, and how many there are (U9)."""
    criteria = Criteria(status="", account_manager_id=account_manager_id)
    return _newest_first(db, criteria.restrictions, at_most)


def _newest_first(db: Session, holding: dict[str, Any], at_most: int) -> tuple[list[OrderRow], int]:
    names = frozenset(holding) & (order_search.CONDITIONS.keys() | _OWN)
    with looking_across(db):
        [(count,)] = select_rows(db, _count(names - {"after"}), holding)
        listing = _listing(names, walk=count > COUNTED_TO)
        found = select_rows(db, listing, {**holding, "at_most": at_most})
    rows = [
        OrderRow(number, day, group, status, unit, customer, Parts(*parts))
        for number, day, group, status, unit, customer, *parts in found
    ]
    return rows, count


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside an order at the desk."""

    customer: str
    unit: str
    sender: User | None
    """Who sent it, where somebody did so in the portal."""
    reader: User | None
    """The same, who may still see it, and so can be told of it."""


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
    return Around(customer, unit, sender, sender_of(db, order))
