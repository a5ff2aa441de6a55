"""Finding orders: the search of a customer's users, and what the provider's desk adds to it (B4-B6, B10)."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.units import Unit
from models.orders.order import CLOSED, NUMBER_DIGITS, PART_NAMES, Order, Parts

PAGE_SIZE = 25
COUNTED_TO = 1000
"""A count stops here, so that a list of millions is as fast as one of hundreds."""
_LIKE = re.compile(r"[/%_]")
"""What LIKE takes for more than itself."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of the page before: the list goes on below it."""

    ordered_on: date
    number: int

    def __str__(self) -> str:
        return f"{self.ordered_on:%Y%m%d}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read a cursor from a URL; raises ValueError."""
        day, _, number = text.partition("-")
        if not (text.isascii() and day.isdigit() and len(day) == 8 and number.isdigit() and len(number) <= 9):
            raise ValueError("not a cursor")
        return cls(date.fromisoformat(day), int(number))


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is None does not restrict, the rest is combined with AND (B5)."""

    number: int | None = None
    """A whole number, or the first digits of one."""
    from_date: date | None = None
    to_date: date | None = None
    status: str | None = None
    """The empty string means orders that have none yet."""
    unit_ids: frozenset[int] | None = None
    product_group: str | None = None
    after: Cursor | None = None

    @property
    def restrictions(self) -> dict[str, Any]:
        """The names of the conditions that hold, with their values."""
        found: dict[str, Any] = {"from_date": self.from_date, "to_date": self.to_date}
        if self.number is not None:
            missing = 10 ** max(0, NUMBER_DIGITS - len(str(self.number)))
            found |= {"first": self.number * missing, "last": (self.number + 1) * missing - 1}
        if self.status is not None:
            found["status" if self.status else "no_status"] = self.status
        if self.unit_ids is not None:
            found["unit_ids"] = sorted(self.unit_ids)
        found["product_group"] = self.product_group
        if self.after:
            found |= {"after": True, "after_day": self.after.ordered_on, "after_number": self.after.number}
        return {name: value for name, value in found.items() if value is not None}


CONDITIONS: dict[str, ColumnElement[bool]] = {
    "first": Order.number >= bindparam("first"),
    "last": Order.number <= bindparam("last"),
    "from_date": Order.ordered_on >= bindparam("from_date"),
    "to_date": Order.ordered_on <= bindparam("to_date"),
    "status": Order.status == bindparam("status"),
    "no_status": Order.status.is_(None),
    "open": Order.status.is_(None) | Order.status.not_in(CLOSED),
    "mentions": or_(
        Order.number.between(bindparam("mentioned_first"), bindparam("mentioned_last")),
        Order.reference.icontains(bindparam("mentioned_text", type_=String), autoescape=False, escape="/"),
    ),
    "unit_ids": Order.unit_id.in_(bindparam("unit_ids", expanding=True)),
    "product_group": Order.product_group == bindparam("product_group"),
    "after": tuple_(Order.ordered_on, Order.number)
    < tuple_(bindparam("after_day", type_=Date), bindparam("after_number", type_=Integer)),
}
"""By name, what an order has to be; the values are given with the statement."""


@cache
def _listing(conditions: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Rows, newest first, each with the count of all. Built once per set of conditions: building costs most."""
    counted = select(Order.number).where(*_conditions(conditions - {"after"})).limit(COUNTED_TO + 1).subquery()
    return (
        select(
            select(func.count()).select_from(counted).scalar_subquery(),
            Order.number,
            Order.ordered_on,
            Order.product_group,
            Order.status,
            Unit.name,
            *(getattr(Order, name) for name in PART_NAMES),
        )
        .join(Unit, Unit.id == Order.unit_id)
        .where(*_conditions(conditions))
        .order_by(Order.ordered_on.desc(), Order.number.desc())
        .limit(bindparam("at_most", type_=Integer))
    )


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    return [CONDITIONS[name] for name in sorted(names)]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a line of the list (B7)."""

    number: int
    ordered_on: date
    product_group: str | None
    status: str | None
    unit_name: str
    parts: Parts

    @property
    def description(self) -> str:
        """The composed text (B12)."""
        return self.parts.composed


class Listed(Protocol):
    """An order as a line of some list: what the next page is found by."""

    @property
    def number(self) -> int: ...

    @property
    def ordered_on(self) -> date: ...


Row = TypeVar("Row", bound=Listed)


@dataclass(frozen=True)
class Found(Generic[Row]):
    """One page of the list, newest first (B10)."""

    rows: list[Row]
    count: int
    """How many there are in all; COUNTED_TO + 1 means more than that."""
    next: Cursor | None
    """Where the next page begins; None on the last."""

    @classmethod
    def of(cls, rows: list[Row], count: int, page_size: int) -> "Found[Row]":
        """A page, cut from rows of which one more was asked for than it holds."""
        last = rows[page_size - 1] if len(rows) > page_size else None
        return cls(rows[:page_size], count, Cursor(last.ordered_on, last.number) if last else None)


def find_orders(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[OrderRow]:
    """The orders of the scope that meet the criteria: one statement, whatever the number of rows."""
    rows, count = _newest_first(db, criteria.restrictions, page_size + 1)
    return Found.of(rows, count, page_size)


def open_orders(db: Session, at_most: int) -> tuple[list[OrderRow], int]:
    """The newest orders that are not done, and how many there are in all (I1)."""
    return _newest_first(db, {"open": True}, at_most)


def orders_mentioning(db: Session, text: str, at_most: int) -> tuple[list[OrderRow], int]:
    """The newest orders with this number, whole or its first digits, or this in their reference; and how many."""
    digits = text.replace(" ", "").removeprefix("#")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= 9
    numbers = Criteria(number=int(digits)).restrictions if is_number else {"first": 1, "last": 0}
    holding = {
        "mentions": True,
        "mentioned_first": numbers["first"],
        "mentioned_last": numbers["last"],
        "mentioned_text": _LIKE.sub(r"/\g<0>", text),
    }
    return _newest_first(db, holding, at_most)


def _newest_first(db: Session, holding: dict[str, Any], at_most: int) -> tuple[list[OrderRow], int]:
    listing = _listing(frozenset(holding).intersection(CONDITIONS))
    found = select_rows(db, listing, {**holding, "at_most": at_most})
    rows = [
        OrderRow(number, ordered_on, product_group, status, unit_name, Parts(*parts))
        for _, number, ordered_on, product_group, status, unit_name, *parts in found
    ]
    return rows, found[0][0] if found else 0
