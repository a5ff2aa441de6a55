"""Finding employees: one search for both databases, by name, address and number, in Norwegian order (A1, A3, A8).

What employees are found by is made in `models.employees.search_words`; docs/decisions/0009 says why it is made so.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    bindparam,
    case,
    column,
    func,
    literal,
    select,
    table,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from models.core.search import AT_MOST, COUNTED_TO, PAGE_SIZE, Found, Statement, check_row, like, place_after, which
from models.core.walls import select_rows
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.employees.search_words import sought
from models.values.finding.pieces import MOST_WORDS

MANY = 10_000
"""So many hits are put in order; where there are more, the list is walked in its order until a page is full."""
_SHORT = re.compile(r"(\d+x..?( |$))+")
"""Pieces of one or two letters alone: people everywhere in the list have them, so that the walk ends soon."""


class Lacking(StrEnum):
    """What can be missing about an employee, and is asked for (section 5, number 4)."""

    EMAIL = "email"
    NATIONAL_ID = "national_id"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not restrict, the rest is combined with AND."""

    text: str = ""
    unit_ids: frozenset[int] | None = None
    inactive: bool = False
    """Those who have left, instead of those who are there (A1)."""
    after: int | None = None
    """The last employee of the page before: the list goes on below."""
    group: str = ""
    """Only those who are in this group."""
    lacking: Lacking | None = None
    """Only those about whom this is not known."""
    place: str | None = None
    """Where that one stood when it was read. A file goes on below it, whatever has become of the employee since."""

    def restrictions(self, customer_id: int) -> dict[str, Any]:
        """The conditions with their values."""
        found: dict[str, Any] = {"inactive" if self.inactive else "active": True}
        if self.unit_ids is not None:
            found["unit_ids"] = sorted(self.unit_ids)
        if self.lacking:
            found[self.lacking] = True
        wanted = sought(customer_id, self.text)
        tokens = [one for one in (wanted.tokens, sought(customer_id, self.group).tokens) if one]
        if tokens:
            found["tokens"] = " ".join(tokens)
        if self.group:
            found["group"] = like(f"|{self.group}|")
        found |= {f"word{place}": like(word) for place, word in enumerate(wanted.words)}
        return found


_PIECES = func.string_to_array(bindparam("tokens", type_=Text), " ")
_FOUND_BY_PIECES = (
    select(column("rowid", Integer))
    .select_from(table("employee_search"))
    .where(column("employee_search", Text).op("MATCH", is_comparison=True)(bindparam("tokens", type_=Text)))
)
_ARE_AMONG_THE_PIECES = func.string_to_array(Employee.search_tokens, " ").op("@>", is_comparison=True)(_PIECES)
_HAS_PIECES: dict[str, ColumnElement[bool]] = {
    "postgresql": _ARE_AMONG_THE_PIECES,
    "sqlite": Employee.id.in_(_FOUND_BY_PIECES),
    # What is computed is in no index: rows are taken in the order of the list, and asked one by one.
    "postgresql, one by one": case((_ARE_AMONG_THE_PIECES, 1), else_=0) > 0,
    "sqlite, one by one": (Employee.id + 0).in_(_FOUND_BY_PIECES),
}
"""By database, whether an employee has all pieces of a search, asked of that database's own index."""
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "active": Employee.deactivated_at.is_(None),
    "inactive": Employee.deactivated_at.is_not(None),
    "unit_ids": Employee.unit_id.in_(bindparam("unit_ids", expanding=True)),
    "group": type_coerce(Employee.groups, Text).contains(bindparam("group", type_=Text), escape="/"),
    Lacking.EMAIL: Employee.email.is_(None),
    Lacking.NATIONAL_ID: ~select(NationalId.employee_id).where(NationalId.employee_id == Employee.id).exists(),
    **{
        f"word{place}": Employee.search_text.contains(bindparam(f"word{place}", type_=Text), escape="/")
        for place in range(MOST_WORDS)
    },
}


@dataclass(frozen=True, slots=True)
class EmployeeRow:
    """An employee as a line of the list (A5)."""

    id: int
    given_name: str
    family_name: str
    birth_date: date | None
    email: str | None
    sort_key: str
    unit_name: str

    @property
    def full_name(self) -> str:
        """As people write it."""
        return f"{self.given_name} {self.family_name}"


def find_employees(db: Session, customer_id: int, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[EmployeeRow]:
    """The employees of the scope that meet the criteria, in Norwegian order (A8); raises RowIsGone.

    In one statement, or two where very many do.
    """
    goes_on_below = {"after": criteria.after, "place": criteria.place}
    holding = criteria.restrictions(customer_id) | goes_on_below | {"at_most": page_size + 1}
    names, goes_on = frozenset(holding).intersection(_CONDITIONS), criteria.after is not None
    kind = db.get_bind().dialect.name
    if "tokens" in holding:
        many = min(COUNTED_TO, MANY) if _SHORT.fullmatch(holding["tokens"]) else MANY
        found = select_rows(db, _gathered(names, kind, many, goes_on=goes_on), holding)
        # Of too many, those that were gathered may all stand above where the list goes on: then no count came either.
        if found[0][0] > many if found else goes_on:
            found = select_rows(db, _picked(names, kind, goes_on=goes_on), holding)
    else:
        found = select_rows(db, _walked(names, goes_on=goes_on), holding)
    if not found and criteria.place is None:
        check_row(db, Employee.id, criteria.after)
    page = Found.of(found, EmployeeRow, page_size)
    return replace(page, count=min(page.count, COUNTED_TO + 1))


OF_A_ROW = (
    *(Employee.id, Employee.given_name, Employee.family_name),
    *(Employee.birth_date, Employee.email, Employee.sort_key),
)
"""What an EmployeeRow is made of, before the name of the unit."""
_ASKED, _KEY = place_after(Employee.id, Employee.sort_key)
_LAST = tuple_(func.coalesce(bindparam("place", type_=Employee.sort_key.type), _ASKED), _KEY)


def _conditions(names: frozenset[str], has_pieces: str = "") -> list[ColumnElement[bool]]:
    found = which(_CONDITIONS, names)
    return [*found, _HAS_PIECES[has_pieces]] if has_pieces else found


@cache
def _walked(names: frozenset[str], *, goes_on: bool) -> Statement:
    """A page as the index has it, with the count of all. Built once per set of names, as those below are."""
    counted = select(Employee.id).where(*_conditions(names)).limit(COUNTED_TO + 1).subquery()
    count = select(func.count()).select_from(counted).scalar_subquery()
    return _in_order(count, _conditions(names), goes_on=goes_on)


@cache
def _picked(names: frozenset[str], kind: str, *, goes_on: bool) -> Statement:
    """A page as the index has it, of those with the pieces, where so many have them that it is soon full."""
    return _in_order(literal(COUNTED_TO + 1), _conditions(names, f"{kind}, one by one"), goes_on=goes_on)


def _in_order(count: ColumnElement[int], holding: list[ColumnElement[bool]], *, goes_on: bool) -> Statement:
    listing = (
        select(count, *OF_A_ROW, Unit.name)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(*holding)
        .order_by(Employee.sort_key, Employee.id)
        .limit(AT_MOST)
    )
    return listing.where(tuple_(Employee.sort_key, Employee.id) > _LAST) if goes_on else listing


@cache
def _gathered(names: frozenset[str], kind: str, many: int, *, goes_on: bool) -> Statement:
    """All hits, put in order; where there are too many, only the count is good."""
    hits = select(Employee.id, Employee.sort_key).where(*_conditions(names, kind)).limit(many + 1).cte("hits")
    listing = select(hits, select(func.count()).select_from(hits).scalar_subquery().label("count"))
    if goes_on:
        listing = listing.where(tuple_(hits.c.sort_key, hits.c.id) > _LAST)
    # What is shown is fetched for the page alone, not for all hits.
    here = listing.order_by(hits.c.sort_key, hits.c.id).limit(AT_MOST).subquery()
    return (
        select(here.c.count, *OF_A_ROW, Unit.name)
        .join(Employee, Employee.id == here.c.id)
        .join(Unit, Unit.id == Employee.unit_id)
        .order_by(here.c.sort_key, here.c.id)
    )
