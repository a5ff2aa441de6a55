"""Finding customers: for the provider's desk, across all of them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, func, or_, select, tuple_, union
from sqlalchemy.orm import Session, aliased

from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit, in_norwegian, norwegian

PAGE_SIZE = 25
_LIKE = ("/", "%", "_")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not restrict."""

    text: str = ""
    """In the name of the customer or of one of its units, or the beginning of an organisation number."""
    account_manager_id: int | None = None
    """Who serves the customer, or one of its units."""
    after: int | None = None
    """The last customer of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The names of the conditions that hold, with their values."""
        found: dict[str, Any] = {"account_manager_id": self.account_manager_id, "after": self.after}
        digits = "".join(self.text.split())
        if digits.isascii() and digits.isdecimal():
            found["number"] = f"{digits}%"
        elif self.text:
            found["text"] = within(self.text)
        return {name: value for name, value in found.items() if value is not None}


def within(text: str) -> str:
    """What LIKE takes for a text that is somewhere in a name."""
    text = norwegian(text)
    for sign in _LIKE:
        text = text.replace(sign, f"/{sign}")
    return f"%{text}%"


def served_by(account_manager_id: Any) -> Select[tuple[int]]:
    """The ids of the customers whom an account manager serves, or one of whose units."""
    whole = select(Customer.id).where(Customer.account_manager_id == account_manager_id)
    in_part = select(Unit.customer_id).where(Unit.account_manager_id == account_manager_id)
    return select(union(whole, in_part).subquery().c[0])


_OF_ONE = (
    select(Customer.id, Customer.name)
    .where(Customer.id.in_(served_by(bindparam("account_manager_id", type_=Integer))))
    .order_by(in_norwegian(Customer.name), Customer.id)
)


@dataclass(frozen=True, slots=True)
class Served:
    """A customer by name."""

    id: int
    name: str


def customers_of(db: Session, account_manager_id: int | None) -> list[Served]:
    """All customers whom an account manager serves, or one of whose units; for the desk."""
    with looking_across(db):
        return [Served(*row) for row in select_rows(db, _OF_ONE, {"account_manager_id": account_manager_id})]


_MANAGERS = select(AccountManager.id, AccountManager.name).order_by(AccountManager.name, AccountManager.id)


def account_managers(db: Session) -> list[tuple[int, str]]:
    """All account managers by name, for the desk to choose from."""
    with looking_across(db):
        return [(id, name) for id, name in select_rows(db, _MANAGERS)]


_before = aliased(Customer)
_place = tuple_(in_norwegian(Customer.name), Customer.id)
_MINE = bindparam("account_manager_id", type_=Integer)
_TEXT, _NUMBER = bindparam("text", type_=String), bindparam("number", type_=String)
NAMED: ColumnElement[bool] = or_(
    in_norwegian(Customer.name).like(_TEXT, escape="/"),
    Customer.id.in_(select(Unit.customer_id).where(in_norwegian(Unit.name).like(_TEXT, escape="/"))),
)
"""Whether `text`, as `within` writes it, is in the name of the customer or of one of its units."""
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "account_manager_id": Customer.id.in_(served_by(_MINE)),
    "text": NAMED,
    "number": or_(
        Customer.organisation_number.like(_NUMBER),
        Customer.id.in_(select(Unit.customer_id).where(Unit.organisation_number.like(_NUMBER))),
    ),
    "after": _place
    > tuple_(
        select(in_norwegian(_before.name)).where(_before.id == bindparam("after", type_=Integer)).scalar_subquery(),
        bindparam("after", type_=Integer),
    ),
}


@cache
def _listing(conditions: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Rows by name, each with the count of all."""
    counted = select(Customer.id).where(*(_CONDITIONS[name] for name in sorted(conditions - {"after"}))).subquery()
    units = select(func.count(Unit.id)).where(Unit.customer_id == Customer.id).correlate(Customer).scalar_subquery()
    return (
        select(
            select(func.count()).select_from(counted).scalar_subquery(),
            Customer.id,
            Customer.name,
            Customer.organisation_number,
            AccountManager.name,
            units,
        )
        .outerjoin(AccountManager, AccountManager.id == Customer.account_manager_id)
        .where(*(_CONDITIONS[name] for name in sorted(conditions)))
        .order_by(in_norwegian(Customer.name), Customer.id)
        .limit(bindparam("at_most", type_=Integer))
    )


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as a line of the list."""

    id: int
    name: str
    organisation_number: str
    account_manager: str | None
    unit_count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list, in Norwegian order."""

    rows: list[CustomerRow]
    count: int
    next: int | None


def find_customers(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found:
    """The customers that meet the criteria, whoever serves them; for the desk."""
    holding = criteria.restrictions
    with looking_across(db):
        found = select_rows(db, _listing(frozenset(holding)), {**holding, "at_most": page_size + 1})
    rows = [CustomerRow(*row) for _, *row in found[:page_size]]
    return Found(rows, found[0][0] if found else 0, rows[-1].id if len(found) > page_size else None)
