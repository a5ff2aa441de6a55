"""The orders that the provider's desk looks after: the search across customers, and what is needed beside an order."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session, aliased

from models.core.scope import looking_across
from models.core.search import COUNTED_TO, PAGE_SIZE, Found, Search, Statement
from models.customers.customer import Customer
from models.customers.search import of_customers, within
from models.customers.units import Unit
from models.orders import search
from models.orders.messages import sender_of
from models.orders.order import Order, Parts
from models.orders.search import APART, CONDITIONS, PARTS, find_by_words
from models.users.user import User


@dataclass(frozen=True, slots=True)
class Criteria(search.Criteria):
    """What is searched for at the desk, beside what a customer searches for."""

    customer: str = ""
    """In the name of the customer."""
    served_by: tuple[int, ...] | None = None
    """The account managers of whom one serves the customer, or one of its units."""

    @property
    def at_desk(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        customer = within(self.customer) if self.customer else None
        return self.restrictions | {"customer": customer, "served_by": self.served_by}


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
        return self.parts.known_as(self.product_group)


def _row(*values: Any) -> OrderRow:
    number, ordered_on, product_group, status, unit, customer, *parts = values
    return OrderRow(number, ordered_on, product_group, status, unit, customer, Parts(*parts))


def _by(customer_id: ColumnElement[int]) -> Search[OrderRow]:
    return Search(
        key=Order.number,
        shown=(Order.ordered_on, Order.product_group, Order.status, Unit.name, Customer.name, *PARTS),
        row=_row,
        conditions=CONDITIONS | of_customers(customer_id),
        apart=APART,
        order=(Order.ordered_on,),
        descending=True,
        joined=_joined,
        counted_to=COUNTED_TO,
    )


def _joined(rows: Statement) -> Statement:
    return rows.join(Unit, Unit.id == Order.unit_id).join(Customer, Customer.id == Order.customer_id)


# Of few it is quicker to take them all and sort, of many to walk from the newest on until there are enough: a database
# that was not told chooses one way for good.
_TAKEN = _by(Order.customer_id.expression)
_WALKED = _by(Order.customer_id + 0)  # a sum is in no index


def find_orders(
    db: Session, criteria: Criteria, page_size: int = PAGE_SIZE, *, few: int = COUNTED_TO
) -> Found[OrderRow]:
    """The orders that meet the criteria, of whichever customer: two statements. More than a `few` are walked."""
    with looking_across(db):
        return find_by_words(db, (_TAKEN, _WALKED), criteria, criteria.at_desk, page_size, few=few)


def new_orders(db: Session, served_by: tuple[int, ...] | None, at_most: int) -> Found[OrderRow]:
    """The newest orders of some account managers' customers, or of all, that have no status yet (U9)."""
    return find_orders(db, Criteria(status="", served_by=served_by), at_most)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside an order at the desk."""

    customer: str
    unit: str
    sender: User | None
    """Who sent it, or asked for it on the telephone, where that is a user."""
    reader: User | None
    """The same, who may still see it, and so can be told of it."""
    writer: str | None
    """Who of the staff wrote it in the customer's stead."""


_writer = aliased(User)
_AROUND = (
    select(Customer.name, Unit.name, User, _writer.full_name)
    .select_from(Order)
    .join(Unit, Unit.id == Order.unit_id)
    .join(Customer, Customer.id == Order.customer_id)
    .outerjoin(User, User.id == Order.placed_by_id)
    .outerjoin(_writer, _writer.id == Order.written_by_id)
    .where(Order.number == bindparam("number"))
)


def around(db: Session, order: Order) -> Around:
    """The customer, the unit and the sender of an order that is served."""
    customer, unit, sender, writer = db.execute(_AROUND, {"number": order.number}).one()
    return Around(customer, unit, sender, sender_of(db, order), writer)
