"""Searching: one page of a list, how many there are on all of them, and where the next page begins.

What is searched for, and what stands in a row, is said beside each thing, in its `search` or `desk`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, Tuple, bindparam, func, select, tuple_, union_all
from sqlalchemy import Row as Selected
from sqlalchemy.orm import QueryableAttribute, Session

from models.core.walls import select_rows

PAGE_SIZE = 25
COUNTED_TO = 1000
"""A count stops here, so that a list of millions is as fast as one of hundreds (decision 0007)."""
AFTER = bindparam("after", type_=Integer)
"""The key of the last row of the page before."""
AT_MOST = bindparam("at_most", type_=Integer)
_SIGNS = re.compile(r"[/%_]")
"""What LIKE takes for more than itself."""

Row = TypeVar("Row")
Statement = Select[*tuple[Any, ...]]
Conditions = Mapping[str, ColumnElement[bool]]
"""By name, what a row has to be; the values are given with the statement."""


class RowIsGone(Exception):
    """The row below which a page begins is not there: it was taken away, or never was, or is out of the scope."""


@dataclass(frozen=True)
class Found(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    count: int
    """How many there are on all pages; one more than the search counts to means more than that."""
    next: int | None
    """The key of the last row, below which the next page begins; None on the last page."""

    @classmethod
    def of(
        cls, selected: Sequence[Selected[*tuple[Any, ...]]], row: Callable[..., Row], page_size: int
    ) -> "Found[Row]":
        """A page, cut from rows of which one more was asked for than it holds: each is the count, the key, and more."""
        rows = [row(*values) for _, *values in selected[:page_size]]
        more = len(selected) > page_size
        return cls(rows, selected[0][0] if selected else 0, selected[page_size - 1][1] if more else None)


@dataclass(frozen=True, eq=False)  # equal to itself alone, so that its statements are kept
class Search(Generic[Row]):
    """What is listed of one table, under which conditions, in which order; a page is found by key, not by number."""

    key: QueryableAttribute[int]
    """What names a row in an address; the last part of the order."""
    shown: tuple[Any, ...]
    row: Callable[..., Row]
    """Makes a row of the list, from the key and what is shown."""
    conditions: Conditions
    order: tuple[Any, ...] = ()
    """What comes before the key in the order."""
    descending: bool = False
    joined: Callable[[Statement], Statement] = lambda rows: rows
    """Adds the tables of what is shown."""
    grouped: tuple[Any, ...] = ()
    """Where several rows are one line: what they have in common; the least key of them is the line's."""
    counted_to: int | None = None
    """Where the count stops; None counts all."""
    apart: Mapping[str, Sequence[ColumnElement[bool]]] = field(default_factory=dict)
    """Conditions that hold where one of several does, which exclude each other. Each of these is in an index, all of
    them together are not: so they are counted one after another."""

    def find(
        self,
        db: Session,
        holding: Mapping[str, Any],
        *,
        after: int | None = None,
        page_size: int = PAGE_SIZE,
        count: int | None = None,
    ) -> Found[Row]:
        """A page, in one statement; raises RowIsGone. Whoever has counted already hands on the `count`.

        `holding` are the conditions with their values; what is None does not restrict.
        """
        given = given_in(holding)
        names = frozenset(given).intersection(self.conditions)
        listing = _listing(self, names, goes_on=after is not None, is_counted=count is not None)
        selected = select_rows(db, listing, {**given, "after": after, "at_most": page_size + 1, "count": count})
        if self.order and not selected:
            check_row(db, self.key, after)
        return Found.of(selected, self.row, page_size)

    def count(self, db: Session, holding: Mapping[str, Any]) -> int:
        """How many there are, as far as they are counted."""
        given = given_in(holding)
        [(count,)] = select_rows(db, _counting(self, frozenset(given).intersection(self.conditions)), given)
        return int(count)

    def counts(self, db: Session, names: tuple[str, ...]) -> list[int]:
        """How many hold each of these conditions alone, which take no value, as far as they are counted."""
        [counts] = select_rows(db, _counting_each(self, names), {})
        return [int(count) for count in counts]


def given_in(holding: Mapping[str, Any]) -> dict[str, Any]:
    """What restricts: conditions with a value."""
    return {name: value for name, value in holding.items() if value is not None}


def which(conditions: Conditions, names: frozenset[str]) -> list[ColumnElement[bool]]:
    """The conditions of these names, always in the same order."""
    return [conditions[name] for name in sorted(names & conditions.keys())]


def place_after(key: QueryableAttribute[int], *order: Any) -> Tuple:
    """Where the row stands whose key is `after`: asked of the database, so no date and no name stands in an address."""
    asked = (select(by).where(key == AFTER).correlate(None).scalar_subquery() for by in order)
    return tuple_(*asked, AFTER)


def check_row(db: Session, key: QueryableAttribute[int], after: int | None) -> None:
    """Raises RowIsGone where a page that is empty begins below a row that is not there."""
    if after is not None and not select_rows(db, _row_of(key), {"after": after}):
        raise RowIsGone


def like(text: str) -> str:
    """A text as LIKE takes it literally, with `/` before each sign that means more to it."""
    return _SIGNS.sub(r"/\g<0>", text)


@cache
def _row_of(key: QueryableAttribute[int]) -> Statement:
    return select(key).where(key == AFTER)


@cache
def _listing(search: Search[Any], names: frozenset[str], *, goes_on: bool, is_counted: bool) -> Statement:
    """Rows in their order, each with the count of all. Built once per set of conditions: building costs most."""
    count = bindparam("count", type_=Integer) if is_counted else _counting(search, names).scalar_subquery()
    key = func.min(search.key) if search.grouped else search.key
    rows = search.joined(select(count, key, *search.shown)).where(*which(search.conditions, names))
    rows = rows.group_by(*search.grouped)
    place = tuple_(*search.order, key)
    if goes_on:
        last = place_after(search.key, *search.order)
        below = place < last if search.descending else place > last
        rows = rows.having(below) if search.grouped else rows.where(below)
    return rows.order_by(*(by.desc() if search.descending else by for by in (*search.order, key))).limit(AT_MOST)


@cache
def _counting(search: Search[Any], names: frozenset[str]) -> Statement:
    whole = select(search.grouped[0]).distinct() if search.grouped else select(search.key)
    whole = whole.where(*which(search.conditions, names - search.apart.keys()))
    apart = [
        whole.where(*each) for each in product(*(search.apart[name] for name in sorted(names & search.apart.keys())))
    ]
    counted = apart[0] if len(apart) == 1 else union_all(*apart)
    if search.counted_to is not None:
        counted = counted.limit(search.counted_to + 1)
    return select(func.count()).select_from(counted.subquery())


@cache
def _counting_each(search: Search[Any], names: tuple[str, ...]) -> Statement:
    return select(*(_counting(search, frozenset({name})).scalar_subquery() for name in names))
