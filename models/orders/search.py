"""Finding orders: the search of a customer's users, and what the provider's desk adds to it (B4-B6, B10)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, or_, select
from sqlalchemy.orm import Session

from models.catalogue.entry import GOES_ON, Meaning, named
from models.core.search import COUNTED_TO, PAGE_SIZE, Found, Search, like
from models.customers.units import Unit
from models.orders.messages import OrderMessage
from models.orders.order import NUMBER_DIGITS, PART_NAMES, Order, Parts
from models.values.texts.folding import without_label


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
    is_open: bool = False
    """Only those that are not done."""
    is_waiting: bool = False
    """Only those that wait for the customer."""
    after: int | None = None
    """The number of the last order of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        found: dict[str, Any] = {"from_date": self.from_date, "to_date": self.to_date}
        if self.number is not None:
            missing = 10 ** max(0, NUMBER_DIGITS - len(str(self.number)))
            found |= {"first": self.number * missing, "last": (self.number + 1) * missing - 1}
        if self.status is not None:
            found["status" if self.status else "no_status"] = self.status
        if self.unit_ids is not None:
            found["unit_ids"] = sorted(self.unit_ids)
        means = {"open": self.is_open or None, "waiting": self.is_waiting or None}
        return found | means | {"product_group": self.product_group}


APART = {"open": (Order.status.is_(None), Order.status.in_(named(*GOES_ON)))}
CONDITIONS: dict[str, ColumnElement[bool]] = {
    "first": Order.number >= bindparam("first"),
    "last": Order.number <= bindparam("last"),
    "from_date": Order.ordered_on >= bindparam("from_date"),
    "to_date": Order.ordered_on <= bindparam("to_date"),
    "status": Order.status == bindparam("status"),
    "no_status": Order.status.is_(None),
    "open": or_(*APART["open"]),
    "waiting": Order.status.in_(named(Meaning.WAITING)),
    "mentions": or_(
        Order.number.between(bindparam("mentioned_first"), bindparam("mentioned_last")),
        Order.reference.icontains(bindparam("mentioned_text", type_=String), autoescape=False, escape="/"),
    ),
    "unit_ids": Order.unit_id.in_(bindparam("unit_ids", expanding=True)),
    "product_group": Order.product_group == bindparam("product_group"),
}
"""By name, what an order has to be; the values are given with the statement."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a line of the list (B7)."""

    number: int
    ordered_on: date
    product_group: str | None
    status: str | None
    unit_name: str
    is_answered: bool
    """Whether the provider has written on it what nobody of the customer has read."""
    parts: Parts

    @property
    def what(self) -> str:
        """What was ordered, in a line (H2)."""
        return self.parts.known_as(self.product_group)

    @property
    def description(self) -> str:
        """The composed text (B12)."""
        return self.parts.composed


def _row(*values: Any) -> OrderRow:
    number, ordered_on, product_group, status, unit_name, is_answered, *parts = values
    return OrderRow(number, ordered_on, product_group, status, unit_name, bool(is_answered), Parts(*parts))


PARTS = tuple(getattr(Order, name) for name in PART_NAMES)
_ANSWERED = Order.number.in_(select(OrderMessage.order_number).where(OrderMessage.unread.is_(True)))
_NEWEST_FIRST = Search(
    key=Order.number,
    shown=(Order.ordered_on, Order.product_group, Order.status, Unit.name, _ANSWERED, *PARTS),
    row=_row,
    conditions=CONDITIONS,
    apart=APART,
    order=(Order.ordered_on,),
    descending=True,
    joined=lambda rows: rows.join(Unit, Unit.id == Order.unit_id),
    counted_to=COUNTED_TO,
)


def find_orders(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[OrderRow]:
    """The orders of the scope that meet the criteria: one statement, whatever the number of rows."""
    return _NEWEST_FIRST.find(db, criteria.restrictions, after=criteria.after, page_size=page_size)


def quick_counts(db: Session) -> tuple[int, int]:
    """How many orders of the scope are not done, and how many wait for the customer: one statement."""
    is_open, waiting = _NEWEST_FIRST.counts(db, ("open", "waiting"))
    return is_open, waiting


def open_orders(db: Session, at_most: int) -> Found[OrderRow]:
    """The newest orders that are not done (I1)."""
    return _NEWEST_FIRST.find(db, {"open": True}, page_size=at_most)


def orders_mentioning(db: Session, text: str, at_most: int) -> Found[OrderRow]:
    """The newest orders with this number, whole or its first digits, or this in their reference."""
    text = without_label(text.strip())
    digits = text.replace(" ", "").removeprefix("#")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= 9
    numbers = Criteria(number=int(digits)).restrictions if is_number else {"first": 1, "last": 0}
    holding = {
        "mentions": True,
        "mentioned_first": numbers["first"],
        "mentioned_last": numbers["last"],
        "mentioned_text": like(text),
    }
    return _NEWEST_FIRST.find(db, holding, page_size=at_most)
