"""Amounts: exact on every database, however large, and what would be rounded is refused."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, func, insert, make_url, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import StatementError

from models.values.money import LARGEST, Amount, Exact, read_amount

AMOUNTS = Table(
    "amounts", MetaData(), Column("id", Integer, primary_key=True), Column("amount", Amount), Column("exact", Exact)
)
D = Decimal


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    if request.param == "sqlite":
        engine = create_engine("sqlite://")
    else:
        engine = create_engine(
            make_url(request.getfixturevalue("postgres_server")).set(drivername="postgresql+psycopg")
        )
    with engine.connect() as connection, connection.begin() as transaction:
        AMOUNTS.create(connection)
        yield connection
        transaction.rollback()
    engine.dispose()


def test_sums_are_exact_and_amounts_sort_and_compare_as_numbers(connection: Connection) -> None:
    amounts = [D("0.10"), D("0.20"), D("-0.30"), D("9.99"), D("10.00"), LARGEST - D("0.01"), D("-1234567.89")]
    connection.execute(insert(AMOUNTS), [{"amount": amount} for amount in amounts * 100])
    assert connection.scalar(select(func.sum(AMOUNTS.c.amount))) == sum(amounts) * 100
    found = connection.scalars(select(AMOUNTS.c.amount).distinct().order_by(AMOUNTS.c.amount)).all()
    assert list(found) == sorted(amounts)
    above = select(func.count()).where(AMOUNTS.c.amount > D("9.99"))
    assert connection.scalar(above) == 200
    assert {str(amount) for amount in found} == {f"{amount:.2f}" for amount in amounts}


def test_a_price_keeps_its_very_digits(connection: Connection) -> None:
    for text in ("1650", "1650.50", "0.3333333333333333", "-12.3450", "99999999999999999999.5"):
        connection.execute(insert(AMOUNTS), {"exact": D(text)})
        assert str(connection.scalar(select(AMOUNTS.c.exact).order_by(AMOUNTS.c.id.desc()).limit(1))) == text


def test_what_would_be_rounded_is_refused(connection: Connection) -> None:
    for amount in (D("0.001"), D("1e30")):
        with pytest.raises(StatementError, match="fifteen digits and two decimals"):
            connection.execute(insert(AMOUNTS), {"amount": amount})


@given(st.decimals(-LARGEST + 1, LARGEST - 1, places=2))
def test_an_amount_is_read_as_it_is_written(amount: Decimal) -> None:
    assert read_amount(str(amount)) == amount


@pytest.mark.parametrize("text", ["", "1,00", "1 000", "1.234", "nan", "Infinity", "1e3", "+1", "\uff11", "1" * 16])
def test_nothing_else_is_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        read_amount(text)
