"""Finding orders: the search of a customer's users, by words too, and what the desk shares with it (B4-B6, B10, H6).

The words are made in `models.orders.words`; docs/decisions/0047 says how they are asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Integer, Text, bindparam, column, func, or_, select, table
from sqlalchemy.orm import Session

from models.catalogue.entry import GOES_ON, Meaning, named
from models.core.scope import Scope, held_to
from models.core.search import COUNTED_TO, PAGE_SIZE, Found, Search, like
from models.customers.units import Unit
from models.orders.messages import OrderMessage
from models.orders.order import NUMBER_DIGITS, PART_NAMES, Order, Parts
from models.orders.words import OrderWords, whose
from models.values.finding.pieces import MOST_WORDS, sought
from models.values.texts.folding import says_nothing, without_label


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
    q: str = ""
    """Words that are written on the order, or in a message on it."""

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


_FOUND_BY_PIECES = (
    select(column("rowid", Integer))
    .select_from(table("order_search"))
    .where(column("order_search", Text).op("MATCH", is_comparison=True)(bindparam("pieces", type_=Text)))
)
_HAVE_PIECES = select(OrderWords.order_number).where(
    func.string_to_array(OrderWords.pieces, " ").op("@>", is_comparison=True)(
        func.string_to_array(bindparam("pieces", type_=Text), " ")
    )
)
_MOST_TESTS = 24
"""Words, and pieces of short ones, that each row is asked for."""


def _are_written(count: int) -> ColumnElement[bool]:
    """Whether so many words are in the text of an order."""
    tests = (OrderWords.text.contains(bindparam(f"word{at}", type_=Text), escape="/") for at in range(count))
    return select(OrderWords.order_number).where(OrderWords.order_number == Order.number, *tests).exists()


def _begin_words(count: int) -> ColumnElement[bool]:
    """Whether words of an order begin with so many letters, or pairs of letters, each with blanks around."""
    pieces = OrderWords.pieces + " "
    tests = (pieces.contains(bindparam(f"start{at}", type_=Text)) for at in range(count))
    return select(OrderWords.order_number).where(OrderWords.order_number == Order.number, *tests).exists()


APART = {"open": (Order.status.is_(None), Order.status.in_(named(*GOES_ON)))}
CONDITIONS: dict[str, ColumnElement[bool]] = {
    "pieces, by sqlite": Order.number.in_(_FOUND_BY_PIECES),
    "pieces, by postgresql": Order.number.in_(_HAVE_PIECES),
    **{f"{count} words": _are_written(count) for count in range(1, _MOST_TESTS + 1)},
    **{f"{count} starts": _begin_words(count) for count in range(1, MOST_WORDS + 1)},
    "first": Order.number >= bindparam("first"),
    "last": Order.number <= bindparam("last"),
    "from_date": Order.ordered_on >= bindparam("from_date"),
    "to_date": Order.ordered_on <= bindparam("to_date"),
    "status": Order.status == bindparam("status"),
    "no_status": Order.status.is_(None),
    "open": or_(*APART["open"]),
    "waiting": Order.status.in_(named(Meaning.WAITING)),
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


def find_orders(
    db: Session, criteria: Criteria, page_size: int = PAGE_SIZE, *, count: int | None = None
) -> Found[OrderRow]:
    """The orders of the scope that meet the criteria: one statement, whatever the number of rows; with words, two.

    Who does not want to know how many they are hands on any `count`.
    """
    if criteria.q:
        return find_by_words(db, (_NEWEST_FIRST, _NEWEST_FIRST), criteria, criteria.restrictions, page_size)
    return _NEWEST_FIRST.find(db, criteria.restrictions, after=criteria.after, page_size=page_size, count=count)


Row = TypeVar("Row")


def find_by_words(
    db: Session,
    searches: tuple[Search[Row], Search[Row]],
    criteria: Criteria,
    holding: dict[str, Any],
    page_size: int,
    *,
    few: int = COUNTED_TO,
) -> Found[Row]:
    """A page of the orders with these words. Few are taken and sorted by the first search, many walked by the second.

    `holding` is what else they have to be. Few are found by their pieces, which an index has; of many the next ones
    are soon met on the way down the list, where each is asked for the words themselves.
    """
    if says_nothing(criteria.q):
        return Found([], 0, None)
    indexed, one_by_one = _asking_for(db, criteria.q)
    taken, walked = searches
    count = taken.count(db, holding | indexed)
    search, asked = (walked, one_by_one) if count > few else (taken, indexed)
    return search.find(db, holding | asked, after=criteria.after, page_size=page_size, count=count)


_BEFORE_A_NUMBER = re.compile(r"#(?=[0-9])")


def _asking_for(db: Session, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The conditions with their values: with the pieces that the index is asked for, and without."""
    wanted = sought(_BEFORE_A_NUMBER.sub("", text)) if text else None
    if wanted is None:
        return {}, {}
    sought_for = [*wanted.pieces, *wanted.domains]
    starts = [piece for piece in sought_for if len(piece) < 3][:MOST_WORDS]
    rest = [piece for piece in wanted.pieces if len(piece) == 3 and not any(piece in word for word in wanted.words)]
    tested = [*wanted.words, *rest][:_MOST_TESTS]
    given = {f"word{at}": like(word) for at, word in enumerate(tested)}
    given |= {f"start{at}": f" {piece} " for at, piece in enumerate(starts)}
    asked = {f"{len(tested)} words": True, f"{len(starts)} starts": True} | given
    scope = held_to(db)
    pieces = [*sought_for, *([whose(scope.customer_id)] if isinstance(scope, Scope) else [])]
    return asked | {f"pieces, by {db.get_bind().dialect.name}": True, "pieces": " ".join(pieces)}, asked


def quick_counts(db: Session) -> tuple[int, int]:
    """How many orders of the scope are not done, and how many wait for the customer: one statement."""
    is_open, waiting = _NEWEST_FIRST.counts(db, ("open", "waiting"))
    return is_open, waiting


def open_orders(db: Session, at_most: int, count: int | None = None) -> Found[OrderRow]:
    """The newest orders that are not done (I1); whoever has counted them already hands on the `count`."""
    return _NEWEST_FIRST.find(db, {"open": True}, page_size=at_most, count=count)


class Numbered(Protocol):
    """A row of a list of orders."""

    @property
    def number(self) -> int:
        """By which it is known."""


Line = TypeVar("Line", bound=Numbered)


def orders_mentioning(
    text: str, at_most: int, find: Callable[[Criteria], Found[Line]]
) -> tuple[list[Line], dict[str, str] | None]:
    """The orders with this number, whole or its first digits, and the newest with these words, both asked of `find`.

    With them the filters by which the list has the rest, where there is more.
    """
    text = without_label(text.strip())
    digits = text.replace(" ", "").removeprefix("#")
    numbered: Found[Line] = Found([], 0, None)
    if digits.isascii() and digits.isdecimal() and len(digits) <= 9:
        numbered = find(Criteria(number=int(digits)))
    if numbered.next:
        return numbered.rows, {"number": digits}
    known = {row.number for row in numbered.rows}
    worded = find(Criteria(q=text))
    rows = [*numbered.rows, *(row for row in worded.rows if row.number not in known)]
    return rows[:at_most], {"q": text} if worded.next or len(rows) > at_most else None
