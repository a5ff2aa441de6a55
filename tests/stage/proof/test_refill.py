"""A story begins with what the demo filled in, whatever the one before it did."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import delete, func, select, text

from models.core.audit import AuditEntry
from models.orders.order import Order
from models.users.user import User
from tests.stage.house import House
from tests.stage.stores.databases import PostgresStore, Store
from tests.stage.stores.kept import scatter
from tests.stage.sweeps import digest
from tests.stage.times import NOW


def change_everything(house: House) -> None:
    """Add, change and take away, through the portal and behind its back."""
    house.sign_in("hms.fjord").open("/orders")
    with house.behind() as db:
        db.execute(delete(AuditEntry).where(AuditEntry.id == db.scalar(select(func.max(AuditEntry.id)))))
        order = db.scalars(select(Order).order_by(Order.number)).first()
        assert order is not None
        order.description = "Noe helt annet"
        for user in db.scalars(select(User)):
            user.email = f"ny.{user.email}"
        db.commit()
    house.clock.set(NOW + timedelta(days=1))


def next_ids(house: House) -> list[int]:
    """The number that each table would give to its next row."""
    if house.portal.database.is_sqlite:
        return []
    with house.behind() as db:
        return list(db.scalars(text("SELECT coalesce(last_value, 0) FROM pg_sequences ORDER BY sequencename")))


def test_nothing_is_left_of_a_story(quiet_house: House) -> None:
    house = quiet_house
    before, ids = digest(house), next_ids(house)
    change_everything(house)
    assert digest(house) != before
    house.refill()
    assert (digest(house), next_ids(house), house.clock.now()) == (before, ids, NOW)
    change_everything(house)
    house.refill()
    assert (digest(house), next_ids(house)) == (before, ids), "put back once, it is put back again"


def test_rows_are_put_back_where_they_are_few_and_tables_the_same(quiet_house: House, store: Store) -> None:
    if quiet_house.portal.database.is_sqlite:
        assert not store.put_back(), "a file is copied"
        return
    change_everything(quiet_house)
    assert store.put_back() or store.put_back(), "now and then the database is made anew instead, never twice in a row"
    assert isinstance(store, PostgresStore)
    with store.owner() as owner:
        owner.execute("ALTER TABLE drafts ADD COLUMN besides int")
    assert not store.put_back(), "only a new database has the old columns"
    quiet_house.refill()
    with quiet_house.behind() as db:
        assert "besides" not in db.execute(text("SELECT * FROM drafts")).keys()  # noqa: SIM118  # the names of columns


@pytest.mark.parametrize("store", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_rows_lie_in_an_order_that_means_nothing_where_that_is_asked_for(quiet_house: House, store: Store) -> None:
    assert isinstance(store, PostgresStore)
    before = digest(quiet_house)
    with psycopg.connect(store._dsn_of(store._name), autocommit=True) as connection:
        scatter(connection)
        lying = [id for (id,) in connection.execute("SELECT id FROM employees ORDER BY ctid")]
    assert lying != sorted(lying)
    assert digest(quiet_house) == before
