"""The search among invoices: by number, day and status, in the order of any column, with what all of them come to.

What an invoice and its status are is in `models.invoices.invoice`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.units import Unit, in_norwegian
from models.invoices.invoice import OWES, ZERO, Invoice, Status, compact, number_key, status_of
from models.values.money import KRONER, read_amount

PAGE_SIZE = 25

_late = Invoice.due_key < bindparam("today", type_=Date)
_reduced = or_(Invoice.paid > ZERO, Invoice.credited > ZERO)
_settled = Invoice.outstanding <= ZERO
_credit = or_(Invoice.is_credit_note, Invoice.total < ZERO, and_(Invoice.credited > ZERO, Invoice.paid <= ZERO))
_STANDINGS: dict[Status, ColumnElement[bool]] = {
    Status.UNPAID: OWES,
    Status.OVERDUE: and_(OWES, _late),
    Status.PARTLY_PAID: and_(OWES, _reduced),
    Status.PAID: and_(_settled, ~_credit),
    Status.CREDITED: and_(_settled, _credit),
    Status.IN_COLLECTION: and_(OWES, Invoice.in_collection_since.is_not(None)),
}
"""What each filter finds: all of which it is true, also what a more pressing status stands on (F4)."""
_PRESSING = (
    Status.IN_COLLECTION,
    Status.OVERDUE,
    Status.PARTLY_PAID,
    Status.UNPAID,
    Status.CREDITED,
    Status.PAID,
)
"""Of several that are true, the first is shown; in this order they are sorted, too."""


class Column(StrEnum):
    """What the list is sorted by: its columns, as a URL names them."""

    NUMBER = "number"
    ISSUED = "issued"
    DUE = "due"
    PAYER = "payer"
    TOTAL = "total"
    OUTSTANDING = "outstanding"
    STATUS = "status"


_PAYERS = select(Unit.id, in_norwegian(Unit.name).label("key")).cte("payers").prefix_with("MATERIALIZED")
"""The units with what they are sorted by: worked out once for each, and not for each invoice."""
_SORTED_BY: dict[Column, ColumnElement[Any]] = {
    Column.NUMBER: Invoice.number_key.expression,
    Column.ISSUED: Invoice.issued_on.expression,
    Column.DUE: Invoice.due_key.expression,
    Column.PAYER: _PAYERS.c.key,
    Column.TOTAL: Invoice.total.expression,
    Column.OUTSTANDING: Invoice.outstanding.expression,
    Column.STATUS: case(*((_STANDINGS[status], place) for place, status in enumerate(_PRESSING)), else_=len(_PRESSING)),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """A column, and which way; in a URL a minus before the column turns it round (F6)."""

    column: Column = Column.NUMBER
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.descending}{self.column}"

    @classmethod
    def parse(cls, text: str) -> "Sort":
        """Read a sort from a URL; raises ValueError."""
        return cls(Column(text.removeprefix("-")), text.startswith("-"))

    @property
    def reverse(self) -> "Sort":
        """The same column the other way."""
        return Sort(self.column, not self.descending)


_READ: dict[Column, Callable[[str], Any]] = {
    Column.NUMBER: str,
    Column.ISSUED: date.fromisoformat,
    Column.DUE: date.fromisoformat,
    Column.PAYER: str,
    Column.TOTAL: read_amount,
    Column.OUTSTANDING: read_amount,
    Column.STATUS: lambda text: range(len(_PRESSING) + 1).index(int(text)),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of the page before, by what the list is sorted by and its number: the list goes on after it."""

    value: Any
    number: str

    def __str__(self) -> str:
        return f"{self.value}~{self.number}"

    @classmethod
    def parse(cls, text: str, sort: Sort) -> "Cursor":
        """Read a cursor from a URL, for the sort that it was made for; raises ValueError."""
        value, tilde, number = text.partition("~")
        if not tilde or not number or len(text) > 700 or "\0" in text:
            raise ValueError("not a cursor")
        return cls(_READ[sort.column](value), number)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is None does not restrict, the rest is combined with AND."""

    number: str | None = None
    """A whole number, or any part of one (F3); where no number has it, a whole KID or reference of the customer's."""
    from_date: date | None = None
    to_date: date | None = None
    status: Status | None = None
    sort: Sort = Sort()
    after: Cursor | None = None

    @property
    def restrictions(self) -> list[dict[str, Any]]:
        """The names of the conditions that hold, with their values; the second is for where the first finds nothing."""
        wanted = compact(self.number or "")
        always: dict[str, Any] = {
            "from_date": self.from_date,
            "to_date": self.to_date,
            self.status or "": self.status,
        }
        always = {name: value for name, value in always.items() if value is not None}
        if not wanted:
            return [always]
        typed = self.number or ""
        held = {"held": True, "kid": "".join(typed.split()), "references": [typed, typed.upper(), typed.lower()]}
        return [always | {"number": f"%{wanted}%"}, always | held]


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "number": Invoice.number_compact.like(bindparam("number")),
    "held": or_(
        Invoice.kid == bindparam("kid"),
        Invoice.buyer_reference.in_(bindparam("references", expanding=True)),
    ),
    "from_date": Invoice.issued_on >= bindparam("from_date"),
    "to_date": Invoice.issued_on <= bindparam("to_date"),
    **{status.value: standing for status, standing in _STANDINGS.items()},
}


@cache
def _listing(conditions: frozenset[str], sort: Sort, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    """Rows in their order, each with what it is sorted by. Built once per set of conditions: building costs most.

    Which rows is found out first, by what indexes hold; only those of the page are then looked up.
    """
    by, key = _SORTED_BY[sort.column], Invoice.number_key.expression
    places = [key] if sort.column == Column.NUMBER else [by, key]
    chosen = select(Invoice.id, by.label("sorted_by")).where(*_conditions(conditions))
    if sort.column == Column.PAYER:
        chosen = chosen.join(_PAYERS, _PAYERS.c.id == Invoice.unit_id)
    if goes_on:
        place = tuple_(*places)
        last = tuple_(
            *(bindparam(name, type_=at.type) for name, at in zip(_AFTER[-len(places) :], places, strict=True))
        )
        chosen = chosen.where(place < last if sort.descending else place > last)
    page = chosen.order_by(*_in_order(places, sort)).limit(bindparam("at_most", type_=Integer)).subquery("page")
    return (
        select(
            page.c.sorted_by,
            Invoice.number,
            Invoice.issued_on,
            Invoice.due_on,
            Unit.name.label("payer"),
            Invoice.currency,
            Invoice.total,
            Invoice.outstanding,
            Invoice.paid,
            Invoice.credited,
            Invoice.is_credit_note,
            Invoice.in_collection_since,
            Invoice.kid,
            Invoice.buyer_reference,
        )
        .join(page, page.c.id == Invoice.id)
        .join(Unit, Unit.id == Invoice.unit_id)
        .order_by(*_in_order([key] if sort.column == Column.NUMBER else [page.c.sorted_by, key], sort))
    )


def _in_order(places: list[ColumnElement[Any]], sort: Sort) -> list[ColumnElement[Any]]:
    return [place.desc() if sort.descending else place for place in places]


_AFTER = ("after_value", "after_key")


@cache
def _summing(conditions: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """One row per currency."""
    return (
        select(Invoice.currency, func.count(), func.sum(Invoice.total), func.sum(Invoice.outstanding))
        .where(*_conditions(conditions))
        .group_by(Invoice.currency)
    )


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    return [_CONDITIONS[name] for name in sorted(names)]


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a line of the list (F6)."""

    number: str
    issued_on: date
    due_on: date | None
    payer: str
    currency: str
    total: Decimal
    outstanding: Decimal
    paid: Decimal
    credited: Decimal
    is_credit_note: bool
    in_collection_since: date | None
    kid: str | None
    buyer_reference: str | None

    def status(self, today: date) -> Status:
        """Where it stands on a day (F7)."""
        return status_of(self, today)


@dataclass(frozen=True, slots=True)
class Sum:
    """What all invoices of one currency that were found come to."""

    currency: str
    count: int
    total: Decimal
    outstanding: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list, and what the whole result comes to."""

    rows: list[InvoiceRow]
    next: Cursor | None
    """Where the next page begins; None on the last."""
    sums: list[Sum]
    """Kroner first, then the other currencies, which are never added to them; none where nothing was found."""

    @property
    def count(self) -> int:
        """How many there are in all: the sums go through each of them, so it is known."""
        return sum(of_currency.count for of_currency in self.sums)


def find_invoices(db: Session, criteria: Criteria, today: date, page_size: int = PAGE_SIZE) -> Found:
    """The invoices of the scope that meet the criteria on a day: two statements, whatever the number of rows."""
    rows, following, holding = _page(db, criteria, today, page_size)
    summing = _summing(frozenset(holding).intersection(_CONDITIONS))
    sums = [Sum(*row) for row in select_rows(db, summing, {**holding, "today": today})] if rows else []
    return Found(rows, following, sorted(sums, key=lambda each: (each.currency != KRONER, each.currency)))


def page_of_invoices(
    db: Session, criteria: Criteria, today: date, page_size: int
) -> tuple[list[InvoiceRow], Cursor | None]:
    """One page of them, and where the next one begins, without the sums: one statement."""
    rows, following, _ = _page(db, criteria, today, page_size)
    return rows, following


def _page(
    db: Session, criteria: Criteria, today: date, page_size: int
) -> tuple[list[InvoiceRow], Cursor | None, dict[str, Any]]:
    """The rows of a page, where the next one begins, and the conditions that found them."""
    sort, after = criteria.sort, criteria.after
    found, holding = [], {}
    for holding in criteria.restrictions:
        given = {**holding, "today": today, "at_most": page_size + 1}
        if after:
            given |= {"after_value": after.value, "after_key": number_key(after.number)}
        listing = _listing(frozenset(holding).intersection(_CONDITIONS), sort, goes_on=after is not None)
        found = select_rows(db, listing, given)
        if found:
            break
    last = found[page_size - 1] if len(found) > page_size else None
    following = Cursor("" if sort.column == Column.NUMBER else last.sorted_by, last.number) if last else None
    return [InvoiceRow(*row[1:]) for row in found[:page_size]], following, holding


@dataclass(frozen=True, slots=True)
class Owed:
    """How many invoices are unpaid, and how many of them overdue; and what these come to in kroner."""

    unpaid: int
    overdue: int
    outstanding: Decimal
    overdue_outstanding: Decimal


_kroner = case((Invoice.currency == KRONER, Invoice.outstanding), else_=ZERO)
_OWED = select(
    func.count(),
    func.count(case((_late, 1))),
    func.coalesce(func.sum(_kroner), 0),
    func.coalesce(func.sum(case((_late, _kroner), else_=ZERO)), 0),
).where(OWES)


def owed(db: Session, today: date) -> Owed:
    """What the payers of the scope owe on a day, for the quick links and for Info: one statement (U11, I1)."""
    return Owed(*select_rows(db, _OWED, {"today": today})[0])
