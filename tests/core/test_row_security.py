"""The third wall, in PostgreSQL: with the other two taken away it holds, and they hold without it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from sqlalchemy import event, make_url, select
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from models.core import walls
from models.core.base import Base
from models.core.scope import across_customers
from models.core.servers.row_security import WITHOUT
from models.core.walls import Trespass
from models.orders.order import Order
from tests.core.test_walls import READS, seen
from tests.stage.house import House
from tests.stage.walls import World

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("store", ["postgresql"], indirect=True)]


@pytest.fixture
def world(quiet_house: House) -> Iterator[World]:
    if quiet_house.portal.database.is_sqlite:
        pytest.skip("SQLite holds no rows by itself")
    world = World(quiet_house)
    yield world
    world.database.close()


@pytest.fixture
def admin(world: World) -> Iterator[psycopg.Connection]:
    """Whoever owns the tables."""
    url = make_url(world.database.engine.url).set(drivername="postgresql", username="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as admin:
        yield admin


@contextmanager
def without_the_first_two() -> Iterator[None]:
    """As if whoever wrote a statement had forgotten whose rows it is about, and the walls had not noticed."""
    taken = (("do_orm_execute", walls._hold_to_scope), ("before_flush", walls._hold_rows_to_scope))
    for name, wall in taken:
        event.remove(Session, name, wall)
    try:
        yield
    finally:
        for name, wall in taken:
            event.listen(Session, name, wall)


def test_every_table_of_a_customer_is_held_or_says_why_not(world: World, admin: psycopg.Connection) -> None:
    asked = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND EXISTS (%s)"
    policy = "SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'of_customer' AND polcmd = '*'"
    held = {name for (name,) in admin.execute((asked % policy).encode())}
    of_a_customer = {table.name for table in Base.metadata.sorted_tables if "customer_id" in table.columns}
    assert held == (of_a_customer | {"customers"}) - WITHOUT.keys(), "a migration calls `hold` for a new table"
    assert WITHOUT.keys() <= of_a_customer


def test_wall_three_alone_holds_what_is_read_and_what_is_written(world: World) -> None:
    whole = world.whole
    with without_the_first_two():
        with world.session(whole) as db:
            for statement in READS.values():
                assert seen(db, statement) == world.fjord_orders
            text = db.connection().exec_driver_sql
            assert {number for (number,) in text("SELECT number FROM orders")} == world.fjord_orders
            assert [id for (id,) in text("SELECT id FROM customers")] == [whole.customer_id]
            assert text("UPDATE orders SET reference = 'x' WHERE number = 307390").rowcount == 0
            with pytest.raises(ProgrammingError, match="row-level security"):
                text("UPDATE orders SET customer_id = %s", (world.demo.customer_id,))
        with world.session(whole) as db:
            db.add(world.an_order(customer_id=world.demo.customer_id, unit_id=world.demo.id))
            with pytest.raises(ProgrammingError, match="row-level security"):
                db.flush()
        with world.session(None) as db:
            assert not db.scalars(select(Order)).all(), "nobody's session has nothing"
    with world.database.engine.connect() as connection:
        assert not connection.execute(Order.__table__.select()).all()


def test_the_first_two_hold_without_the_third(world: World, admin: psycopg.Connection) -> None:
    admin.execute("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")
    try:
        with world.session(world.whole) as db:
            assert db.connection().exec_driver_sql("SELECT count(*) FROM orders").scalar_one() > len(world.fjord_orders)
            for statement in READS.values():
                assert seen(db, statement) == world.fjord_orders
        event.remove(Session, "do_orm_execute", walls._hold_to_scope)
        try:
            with world.session(world.whole) as db:
                db.add(world.an_order(customer_id=world.demo.customer_id, unit_id=world.demo.id))
                with pytest.raises(Trespass):
                    db.flush()
        finally:
            event.listen(Session, "do_orm_execute", walls._hold_to_scope)
    finally:
        admin.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")


def test_whose_rows_it_is_follows_the_session_through_savepoints_faults_and_the_escape(world: World) -> None:
    every = select(Order.number)
    with world.session(world.whole) as db:
        assert seen(db, every) == world.fjord_orders
        with across_customers(db):
            assert seen(db, every) > world.fjord_orders
            with suppress(IntegrityError), db.begin_nested():
                db.add(world.an_order(number=min(world.fjord_orders)))
                db.flush()
        with without_the_first_two():
            assert seen(db, every) == world.fjord_orders
            with suppress(ZeroDivisionError), db.begin_nested(), across_customers(db):
                assert seen(db, every) > world.fjord_orders
                _ = 1 / 0
            assert seen(db, every) == world.fjord_orders, "what was said in a savepoint was taken back with it"
            db.commit()
            assert seen(db, every) == world.fjord_orders


def test_nothing_of_it_is_left_for_the_next_transaction_on_the_connection(world: World) -> None:
    """As behind a pooler, where that is somebody else's."""
    with world.session(world.whole) as db:
        assert seen(db, select(Order.number)) == world.fjord_orders
        raw = db.connection().connection.driver_connection
        assert raw is not None
        db.commit()
        left = psycopg.Cursor(raw).execute("SELECT current_setting('portal.customer', true)").fetchone()
        assert left in {("",), (None,)}
        raw.rollback()


def test_who_serves_owns_nothing_and_cannot_set_the_wall_aside(world: World) -> None:
    with world.database.engine.connect() as connection:
        text = connection.exec_driver_sql
        role = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").scalar_one()
        owned = text("SELECT count(*) FROM pg_class WHERE pg_has_role(current_user, relowner, 'USAGE')").scalar_one()
        assert (role, owned) == (False, 0)
        with pytest.raises(ProgrammingError, match="must be owner"):
            text("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")
