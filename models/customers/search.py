"""Finding customers: for the provider's desk, across all of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, func, or_, select, union
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.core.search import PAGE_SIZE, Found, Search, like
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit, in_norwegian, is_called, norwegian


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not restrict."""

    text: str = ""
    """In the name of the customer or of one of its units, or the beginning of an organisation number."""
    served_by: tuple[int, ...] | None = None
    """The account managers of whom one serves the customer, or one of its units."""
    unserved: bool = False
    """Only those whom nobody serves."""
    after: int | None = None
    """The last customer of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        digits = "".join(self.text.split())
        found: dict[str, Any] = {"served_by": self.served_by}
        if self.unserved:
            found["unserved"] = True
        if digits.isascii() and digits.isdecimal():
            found["number"] = f"{digits}%"
        elif self.text:
            found["text"] = within(self.text)
        return found


def within(text: str) -> str:
    """What LIKE takes for a text that is somewhere in a name."""
    return f"%{like(norwegian(text))}%"


def _served() -> Select[tuple[int]]:
    """The ids of the customers whom, or one of whose units, one of the account managers in `served_by` serves."""
    managers = bindparam("served_by", type_=Integer, expanding=True)
    whole = select(Customer.id).where(Customer.account_manager_id.in_(managers))
    in_part = select(Unit.customer_id).where(Unit.account_manager_id.in_(managers))
    return select(union(whole, in_part).subquery().c[0])


SERVED = _served()
UNSERVED = Customer.account_manager_id.is_(None) | Customer.account_manager_id.not_in(
    select(AccountManager.id).where(AccountManager.serves)
)
"""Whether a customer has no account manager, or one who has left."""
_OF_THEM = (
    select(Customer.id, Customer.name).where(Customer.id.in_(SERVED)).order_by(in_norwegian(Customer.name), Customer.id)
)


@dataclass(frozen=True, slots=True)
class Served:
    """A customer by name."""

    id: int
    name: str


def customers_of(db: Session, managers: tuple[int, ...]) -> list[Served]:
    """All customers whom one of some account managers serves, or one of whose units; for the desk."""
    with looking_across(db):
        return [Served(*row) for row in select_rows(db, _OF_THEM, {"served_by": managers})]


_LOOKED_AFTER = select(Customer.id).where(Customer.id == bindparam("id"), Customer.id.in_(SERVED) | UNSERVED)


def is_looked_after(db: Session, customer_id: int, managers: tuple[int, ...]) -> bool:
    """Whether one of some account managers serves a customer, or one of its units, or nobody serves it."""
    with looking_across(db):
        return bool(list(select_rows(db, _LOOKED_AFTER, {"id": customer_id, "served_by": managers})))


_MANAGERS = (
    select(AccountManager.id, AccountManager.name)
    .where(AccountManager.serves)
    .order_by(AccountManager.name, AccountManager.id)
)


def account_managers(db: Session) -> list[tuple[int, str]]:
    """The account managers whom customers can have, by name, for the desk to choose from."""
    with looking_across(db):
        return [(id, name) for id, name in select_rows(db, _MANAGERS)]


_TEXT, _NUMBER = bindparam("text", type_=String), bindparam("number", type_=String)
NAMED: ColumnElement[bool] = or_(
    is_called(Customer.name, _TEXT),
    Customer.id.in_(select(Unit.customer_id).where(is_called(Unit.name, _TEXT))),
)
"""Whether `text`, as `within` writes it, is in the name of the customer or of one of its units."""
_CALLED = select(Customer.id).where(is_called(Customer.name, bindparam("customer", type_=String)))


def of_customers(customer_id: ColumnElement[Any]) -> dict[str, ColumnElement[bool]]:
    """Whose a thing must be: `customer` is in the customer's name, as `within` writes it, or who serves it is given."""
    return {"customer": customer_id.in_(_CALLED), "served_by": customer_id.in_(SERVED)}


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as a line of the list."""

    id: int
    name: str
    organisation_number: str
    account_manager: str | None
    unit_count: int


_UNITS = select(func.count(Unit.id)).where(Unit.customer_id == Customer.id).correlate(Customer).scalar_subquery()
_BY_NAME = Search(
    key=Customer.id,
    shown=(Customer.name, Customer.organisation_number, AccountManager.name, _UNITS),
    row=CustomerRow,
    conditions={
        "served_by": Customer.id.in_(SERVED),
        "unserved": UNSERVED,
        "text": NAMED,
        "number": or_(
            Customer.organisation_number.like(_NUMBER),
            Customer.id.in_(select(Unit.customer_id).where(Unit.organisation_number.like(_NUMBER))),
        ),
    },
    order=(in_norwegian(Customer.name),),
    joined=lambda rows: rows.outerjoin(
        AccountManager, (AccountManager.id == Customer.account_manager_id) & AccountManager.serves
    ),
)


def find_customers(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[CustomerRow]:
    """The customers that meet the criteria, whoever serves them, in Norwegian order; for the desk."""
    with looking_across(db):
        return _BY_NAME.find(db, criteria.restrictions, after=criteria.after, page_size=page_size)
