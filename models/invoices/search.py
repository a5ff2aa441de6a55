"""The search among invoices: by number, day and status, with what all of them come to.

What the list is sorted by is in `models.invoices.sorts`; what an invoice and its status are, in
`models.invoices.invoice`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, case, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from models.core import search
from models.core.search import AFTER, AT_MOST, PAGE_SIZE, Conditions, Statement, check_row, given_in, which
from models.core.walls import select_rows
from models.customers.units import Unit
from models.invoices.ageing import DUE, Age, until
from models.invoices.invoice import OWES, ZERO, Invoice, Status, compact, status_of
from models.invoices.lacking import LACKS_REFERENCE, Lack
from models.invoices.sorts import FIRST, LATE, PAYERS, SORTED_BY, STANDINGS, Column, Sort
from models.values.money import KRONER
from models.values.texts.folding import without_label


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is None does not restrict, the rest is combined with AND."""

    number: str | None = None
    """A whole number, or any part of one (F3); where no number has it, a whole KID or reference of the customer's."""
    from_date: date | None = None
    to_date: date | None = None
    status: Status | None = None
    sort: Sort = FIRST
    after: int | None = None
    """The id of the last invoice of the page before."""
    due: Age | None = None
    lack: Lack | None = None

    @property
    def restrictions(self) -> list[dict[str, Any]]:
        """The conditions with their values; the second are for where the first find nothing."""
        typed = without_label((self.number or "").strip())
        wanted = compact(typed)
        status = str(self.status or "")
        always = given_in({"from_date": self.from_date, "to_date": self.to_date, status: self.status})
        always |= {each.value: True for each in (self.due, self.lack) if each}
        if not typed:
            return [always]
        if not wanted:  # signs alone are in no number
            return [always | {"nothing": True}]
        held = {"held": True, "kid": "".join(typed.split()), "references": [typed, typed.upper(), typed.lower()]}
        return [always | {"number": f"%{wanted}%"}, always | held]


_CONDITIONS: Conditions = {
    "nothing": false(),
    "number": Invoice.number_compact.like(bindparam("number")),
    "held": or_(
        Invoice.kid == bindparam("kid"),
        Invoice.buyer_reference.in_(bindparam("references", expanding=True)),
    ),
    "from_date": Invoice.issued_on >= bindparam("from_date"),
    "to_date": Invoice.issued_on <= bindparam("to_date"),
    **{status.value: standing for status, standing in STANDINGS.items()},
    **{age.value: condition for age, condition in DUE.items()},
    Lack.REFERENCE.value: LACKS_REFERENCE,
}


Place = tuple[Any, ...]
"""Where an invoice stood in the order when it was read: what the list is sorted by, and the key of its number."""
_SHOWN = (
    Invoice.id,
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
    LACKS_REFERENCE.label("lacks_reference"),
)
"""What a row shows: `InvoiceRow`."""


@cache
def _listing(names: frozenset[str], sort: Sort, goes_on: Literal["below a row", "below a place"] | None) -> Statement:
    """Rows in their order. Built once per set of conditions: building costs most.

    Which rows is found out first, by what indexes hold; only those of the page are then looked up.
    """
    by, key = SORTED_BY[sort.column], Invoice.number_key.expression
    places = [key] if sort.column == Column.NUMBER else [by, key]
    chosen = _invoices(sort, Invoice.id, by.label("sorted_by")).where(*which(_CONDITIONS, names))
    if goes_on:
        here, last = tuple_(*places), tuple_(*(_asked(places, sort) if goes_on == "below a row" else _given(places)))
        chosen = chosen.where(here < last if sort.descending else here > last)
    page = chosen.order_by(*_in_order(places, sort)).limit(AT_MOST).subquery("page")
    return (
        select(*_SHOWN, page.c.sorted_by, key)
        .join(page, page.c.id == Invoice.id)
        .join(Unit, Unit.id == Invoice.unit_id)
        .order_by(*_in_order([key] if sort.column == Column.NUMBER else [page.c.sorted_by, key], sort))
    )


def _asked(places: list[ColumnElement[Any]], sort: Sort) -> list[ColumnElement[Any]]:
    """Where the row stands whose id is `after`: asked of the database."""
    rows = [_invoices(sort, place).where(Invoice.id == AFTER).correlate(None) for place in places]
    return [row.scalar_subquery() for row in rows]


def _given(places: list[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Where a row stood when it was read, whatever has become of it since."""
    names = ("sorted_by", "number_key")[-len(places) :]
    return [bindparam(name, type_=place.type) for name, place in zip(names, places, strict=True)]


def _invoices(sort: Sort, *columns: Any) -> Statement:
    """Columns of invoices, beside what they are sorted by."""
    invoices = select(*columns).select_from(Invoice)
    return invoices.join(PAYERS, PAYERS.c.id == Invoice.unit_id) if sort.column == Column.PAYER else invoices


def _in_order(places: list[ColumnElement[Any]], sort: Sort) -> list[ColumnElement[Any]]:
    return [place.desc() if sort.descending else place for place in places]


@cache
def _summing(names: frozenset[str]) -> Statement:
    """One row per currency."""
    return (
        select(Invoice.currency, func.count(), func.sum(Invoice.total), func.sum(Invoice.outstanding))
        .where(*which(_CONDITIONS, names))
        .group_by(Invoice.currency)
    )


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a line of the list (F6)."""

    id: int
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
    lacks_reference: bool
    """Whether its unit needs one, and it is still to be paid."""

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


@dataclass(frozen=True)
class Found(search.Found[InvoiceRow]):
    """One page of the list, and what the whole result comes to."""

    sums: tuple[Sum, ...] = ()
    """Kroner first, then the other currencies, which are never added to them; none where nothing was found."""


def find_invoices(db: Session, criteria: Criteria, today: date, page_size: int = PAGE_SIZE) -> Found:
    """The invoices of the scope that meet the criteria on a day: two statements, whatever the number of rows."""
    rows, following, holding = _page(db, criteria, today, page_size)
    summing = _summing(frozenset(holding).intersection(_CONDITIONS))
    sums = [Sum(*row) for row in select_rows(db, summing, {**holding, **until(today)})] if rows else []
    sums.sort(key=lambda each: (each.currency != KRONER, each.currency))
    # The sums go through each of them, so it is known how many there are.
    return Found(rows, sum(each.count for each in sums), following, tuple(sums))


def batch_of_invoices(
    db: Session, criteria: Criteria, today: date, size: int, place: Place | None = None
) -> tuple[list[InvoiceRow], Place | None]:
    """Some of them, from the first one below a place, and the place of the last; None where that was the end.

    For files, which are read in many short transactions: a page goes on below a row, wherever that stands by now, and
    a file below the place that the row had. Else an invoice that is paid meanwhile would take those behind it along.
    One statement, without the sums, which a search of everything does not show either.
    """
    found, _ = _select(db, criteria, today, size, place)
    return _rows(found[:size]), tuple(found[size - 1][-2:]) if len(found) > size else None


def _page(
    db: Session, criteria: Criteria, today: date, page_size: int
) -> tuple[list[InvoiceRow], int | None, dict[str, Any]]:
    """The rows of a page, below which the next one begins, and the conditions that found them; raises RowIsGone."""
    found, holding = _select(db, criteria, today, page_size)
    if not found:
        check_row(db, Invoice.id, criteria.after)
    rows = _rows(found[:page_size])
    return rows, rows[-1].id if len(found) > page_size else None, holding


def _select(
    db: Session, criteria: Criteria, today: date, size: int, place: Place | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """One row more than are wanted, and the conditions that found them."""
    goes_on = "below a place" if place else "below a row" if criteria.after is not None else None
    begins = dict(zip(("sorted_by", "number_key"), place or (), strict=False))
    found, holding = [], {}
    for holding in criteria.restrictions:
        names = frozenset(holding).intersection(_CONDITIONS)
        given = {**holding, **begins, **until(today), "after": criteria.after, "at_most": size + 1}
        found = select_rows(db, _listing(names, criteria.sort, goes_on), given)
        if found:
            break
    return found, holding


def _rows(found: list[Any]) -> list[InvoiceRow]:
    return [InvoiceRow(*row[:-2]) for row in found]


@dataclass(frozen=True, slots=True)
class Owed:
    """How many invoices are unpaid, and how many of them overdue; what these come to in kroner; and what they lack."""

    unpaid: int
    overdue: int
    outstanding: Decimal
    overdue_outstanding: Decimal
    without_reference: int = 0
    """How many of them lack the reference that their unit needs."""


_kroner = case((Invoice.currency == KRONER, Invoice.outstanding), else_=ZERO)
_OWED = select(
    func.count(),
    func.count(case((LATE, 1))),
    func.coalesce(func.sum(_kroner), 0),
    func.coalesce(func.sum(case((LATE, _kroner), else_=ZERO)), 0),
    select(func.count(Invoice.id)).where(LACKS_REFERENCE).scalar_subquery(),
).where(OWES)


def owed(db: Session, today: date) -> Owed:
    """What the payers of the scope owe on a day, for the quick links and for Info: one statement (U11, I1)."""
    return Owed(*select_rows(db, _OWED, {"today": today})[0])
