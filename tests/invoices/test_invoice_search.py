"""The search among invoices: every filter, every order, every page, and what it all comes to, on both databases."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.scope import Scope, across_customers, bind
from models.customers.units import Unit, norwegian
from models.invoices.invoice import Invoice, Status, invoice_by_number, keys_of, number_key
from models.invoices.search import Criteria, InvoiceRow, Owed, find_invoices, owed
from models.invoices.sorts import Column, Sort
from tests.stage.house import House
from tests.stage.times import NOW, TODAY


def of(db: Session, unit: str, number: str, **facts: object) -> Invoice:
    """An invoice to a unit of the demo; what is not given is ordinary."""
    payer = db.scalars(select(Unit).where(Unit.name == unit)).one()
    ordinary: dict[str, object] = {
        "seller_id": "0192:999999999",
        "is_credit_note": False,
        "currency": "NOK",
        "issued_on": TODAY,
        "due_on": TODAY + timedelta(days=20),
        "total": Decimal(100),
        "paid": Decimal(0),
        "credited": Decimal(0),
        "received_at": NOW,
    }
    columns = ordinary | facts
    columns.setdefault("payable", columns["total"])
    columns.setdefault("outstanding", columns["payable"])
    invoice = Invoice(
        customer_id=payer.customer_id,
        unit_id=payer.id,
        number=number,
        **columns,
        **keys_of(number, columns["due_on"]),  # type: ignore[arg-type]
    )
    db.add(invoice)
    return invoice


GUIDES_CLOCK = date(2018, 3, 15)
GUIDES_FIVE = """
2017-118350  31.12.2017  20.01.2018  Testbedriften AS  1500  1500  overdue
2017-118352  19.12.2017  08.01.2018  Bergen TEST       3000  3000  overdue
2017-118359  31.12.2017  20.01.2018  Bergen TEST       3000  3000  overdue
2018-118371  28.02.2018  20.03.2018  Bergen TEST       1000  1000  unpaid
2018-118376  06.03.2018  26.03.2018  Testbedriften AS     5     5  unpaid
"""


def test_f6_the_five_rows_of_the_guide_under_its_clock(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        payer = db.scalars(select(Unit).where(Unit.name == "Testbedriften AS")).one()
        bind(db, Scope.whole(payer.customer_id))
        found = find_invoices(db, Criteria(status=Status.UNPAID), GUIDES_CLOCK)
        shown = [
            f"{row.number}  {row.issued_on:%d.%m.%Y}  {row.due_on:%d.%m.%Y}  {row.payer:<16}  {row.total:>4.0f}"
            f"  {row.outstanding:>4.0f}  {row.status(GUIDES_CLOCK)}"
            for row in found.rows
        ]
        assert shown == GUIDES_FIVE.strip().splitlines()
        assert find_invoices(db, Criteria(), GUIDES_CLOCK) == found, "there are no others at this customer"
        assert find_invoices(db, Criteria(status=Status.OVERDUE), GUIDES_CLOCK).rows == found.rows[:3]
        assert [(each.total, each.outstanding) for each in found.sums] == [(Decimal(8505), Decimal(8505))]
        assert owed(db, GUIDES_CLOCK) == Owed(5, 3, Decimal(8505), Decimal(7500))
        assert [row.number for row in find_invoices(db, Criteria(number="118352"), GUIDES_CLOCK).rows] == [
            "2017-118352"
        ]


@pytest.fixture
def solvik(quiet_house: House) -> Iterator[Session]:
    """A customer of many units and nothing but invoices of every kind, seen by somebody who sees all of them."""
    rng = Random(7)  # noqa: S311
    with quiet_house.behind() as db:
        units = ("Solvik kommune", "Øvre Solvik skole", "Åsgrenda skole", "Brann og redning", "Ærfugløya skole")
        customer_id = db.scalars(select(Unit.customer_id).where(Unit.name == units[0])).one()
        for number in range(120):
            total = Decimal(rng.choice([0, 5, 100, 1500, 1234567, -250])) + Decimal(rng.randrange(3)) / 100
            reduced = rng.choice([Decimal(0), total, abs(total) / 2, total + 1]).quantize(Decimal("0.01"))
            by_credit = rng.random() < 0.3
            of(
                db,
                rng.choice(units),
                f"{rng.choice(['', '2026-', 'K'])}{number * 7}",
                issued_on=TODAY - timedelta(days=rng.randrange(60)),
                due_on=rng.choice([None, TODAY, TODAY + timedelta(days=rng.randrange(-40, 30))]),
                currency=rng.choice(["NOK", "NOK", "NOK", "EUR"]),
                is_credit_note=total < 0 and rng.random() < 0.5,
                total=total,
                outstanding=total - reduced,
                paid=Decimal(0) if by_credit else reduced,
                credited=reduced if by_credit else Decimal(0),
                in_collection_since=rng.choice([None, None, None, TODAY]),
            )
        db.flush()
        bind(db, Scope.whole(customer_id))
        yield db


def all_of(db: Session, criteria: Criteria, today: date = TODAY, page_size: int = 17) -> list[InvoiceRow]:
    """The whole result, page for page."""
    rows, after = [], criteria.after
    while True:
        here = Criteria(criteria.number, criteria.from_date, criteria.to_date, criteria.status, criteria.sort, after)
        found = find_invoices(db, here, today, page_size)
        rows += found.rows
        if found.next is None:
            return rows
        after = found.next


PLACE: dict[Column, Callable[[InvoiceRow], Any]] = {
    Column.NUMBER: lambda row: number_key(row.number),
    Column.ISSUED: lambda row: row.issued_on,
    Column.DUE: lambda row: row.due_on or date.max,
    Column.PAYER: lambda row: norwegian(row.payer),
    Column.TOTAL: lambda row: row.total,
    Column.OUTSTANDING: lambda row: row.outstanding,
    Column.STATUS: lambda row: [
        Status.IN_COLLECTION,
        Status.OVERDUE,
        Status.PARTLY_PAID,
        Status.UNPAID,
        Status.CREDITED,
        Status.PAID,
    ].index(row.status(TODAY)),
}


def test_f6_each_column_sorts_both_ways_over_all_pages(solvik: Session) -> None:
    everything = find_invoices(solvik, Criteria(), TODAY, 500).rows
    assert len(everything) >= 120
    for column, descending in product(Column, (False, True)):
        wanted = sorted(everything, key=lambda row: (PLACE[column](row), number_key(row.number)), reverse=descending)
        assert all_of(solvik, Criteria(sort=Sort(column, descending))) == wanted, column
    assert all_of(solvik, Criteria()) == sorted(everything, key=lambda row: number_key(row.number))


def test_f4_f7_each_filter_finds_all_of_which_it_is_true(solvik: Session) -> None:
    rows = find_invoices(solvik, Criteria(), TODAY, 500).rows
    true_of: dict[Status, Callable[[InvoiceRow], bool]] = {
        Status.UNPAID: lambda row: row.outstanding > 0,
        Status.OVERDUE: lambda row: row.outstanding > 0 and row.due_on is not None and row.due_on < TODAY,
        Status.PARTLY_PAID: lambda row: row.outstanding > 0 and (row.paid > 0 or row.credited > 0),
        Status.IN_COLLECTION: lambda row: row.outstanding > 0 and row.in_collection_since is not None,
        Status.PAID: lambda row: row.status(TODAY) == Status.PAID,
        Status.CREDITED: lambda row: row.status(TODAY) == Status.CREDITED,
    }
    for status, is_true in true_of.items():
        wanted = [row for row in rows if is_true(row)]
        assert wanted
        assert all_of(solvik, Criteria(status=status)) == wanted, status
        assert {row.number for row in rows if row.status(TODAY) == status} <= {row.number for row in wanted}


def test_the_sums_are_those_of_the_whole_result_and_currencies_are_never_added(solvik: Session) -> None:
    for criteria in (Criteria(), Criteria(status=Status.UNPAID), Criteria(number="7", to_date=TODAY)):
        rows = all_of(solvik, criteria)
        found = find_invoices(solvik, criteria, TODAY)
        assert [each.currency for each in found.sums] == ["NOK", "EUR"]
        for each in found.sums:
            of_currency = [row for row in rows if row.currency == each.currency]
            assert each.total == sum(row.total for row in of_currency)
            assert each.outstanding == sum(row.outstanding for row in of_currency)
            assert each.count == len(of_currency)
        assert found.count == len(rows)
    nothing = find_invoices(solvik, Criteria(number="nowhere"), TODAY)
    assert (nothing.rows, nothing.next, nothing.sums, nothing.count) == ([], None, (), 0)


def test_u11_what_is_owed_is_what_the_quick_links_find(solvik: Session) -> None:
    owes = owed(solvik, TODAY)
    unpaid = find_invoices(solvik, Criteria(status=Status.UNPAID), TODAY)
    overdue = find_invoices(solvik, Criteria(status=Status.OVERDUE), TODAY)
    assert (owes.unpaid, owes.overdue) == (unpaid.count, overdue.count)
    assert owes.outstanding == unpaid.sums[0].outstanding
    assert owes.overdue_outstanding == overdue.sums[0].outstanding


def test_f3_f5_a_number_is_found_by_any_part_of_it_and_days_are_inclusive(solvik: Session) -> None:
    with across_customers(solvik):
        of(solvik, "Teknisk drift", "2017-118352", issued_on=date(2017, 12, 19))
        of(solvik, "Teknisk drift", "2017-118350", issued_on=date(2017, 12, 31))

    def numbers(**criteria: object) -> list[str]:
        return [row.number for row in all_of(solvik, Criteria(**criteria))]  # type: ignore[arg-type]

    for typed in ("2017-118352", "118352", "2017 118352", "2017118352", "17-118352", "8352"):
        assert numbers(number=typed) == ["2017-118352"], typed
    assert numbers(number="11835") == ["2017-118350", "2017-118352"]
    assert numbers(number="%") == [], "signs alone are in no number"
    assert numbers(from_date=date(2017, 12, 19), to_date=date(2017, 12, 31)) == ["2017-118350", "2017-118352"]
    assert numbers(from_date=date(2017, 12, 20), to_date=date(2017, 12, 31)) == ["2017-118350"]
    assert numbers(from_date=date(2017, 12, 19), to_date=date(2017, 12, 30)) == ["2017-118352"]


def test_f8_only_invoices_of_ones_own_payers_are_found(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        mine = of(db, "Brann og redning", "1-1")
        of(db, "Teknisk drift", "1-2")
        of(db, "Nordlys Data AS", "1-3")
        db.flush()
        bind(db, Scope(mine.customer_id, {right: frozenset({mine.unit_id}) for right in Invoice.rights}))
        assert [row.number for row in find_invoices(db, Criteria(number="1-"), TODAY).rows] == ["1-1"]
        assert owed(db, TODAY).unpaid == 1
        assert invoice_by_number(db, "1-1") is not None
        assert invoice_by_number(db, "1-2") is None
        assert invoice_by_number(db, "1-3") is None


def test_a_sort_that_was_not_made_here_is_refused() -> None:
    for typed in ("", "number ", "--number", "price", "NUMBER"):
        with pytest.raises(ValueError, match=r"."):
            Sort.parse(typed)
    assert {str(Sort.parse(str(Sort(*each)))) for each in product(Column, (False, True))} >= {"number", "-status"}
