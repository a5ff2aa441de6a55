"""The third wall, in PostgreSQL: with the other two taken away it holds, and they hold without it."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, make_url, select
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

import app
from models.core import walls
from models.core.base import Base
from models.core.database import Database
from models.core.scope import Scope, across_customers
from models.core.servers.row_security import WITHOUT
from models.core.settings import Connections
from models.core.walls import Trespass
from models.orders.order import Order
from tests.core.walls.test_walls import READS, seen
from tests.stage.browsers.live import installed
from tests.stage.connections.server import free_port
from tests.stage.house import House
from tests.stage.portals.running import PATIENCE
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY
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
    asked = "SELECT relname FROM pg_class WHERE relrowsecurity AND EXISTS (%s)"
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


def test_employees_are_found_by_the_index_of_words_all_the_same(world: World) -> None:
    """PostgreSQL asks it before it has looked whose the rows are, as `roles.sql` says that the question is safe."""
    with world.session(world.whole) as db:
        text = db.connection().exec_driver_sql
        text("SET LOCAL enable_seqscan = off")
        asked = "SELECT id FROM employees WHERE string_to_array(search_tokens, ' ') @> ARRAY['x']"
        plan = "\n".join(line for (line,) in text(f"EXPLAIN {asked}"))
        assert "ix_employees_search_tokens" in plan, plan


def test_the_owner_goes_on_without_saying_whose_rows_it_wants(world: World, admin: psycopg.Connection) -> None:
    """As the release before does, which serves with the new tables meanwhile, and every tool of the operators."""
    admin.execute("CREATE ROLE owner_of_orders IN ROLE portal_app")
    try:
        admin.execute("ALTER TABLE orders OWNER TO owner_of_orders")
        admin.execute("SET ROLE owner_of_orders")
        found = {number for (number,) in admin.execute("SELECT number FROM orders")}
        assert found > world.fjord_orders
        assert not admin.execute("SELECT id FROM bookings").fetchall(), "what it does not own it does not see"
    finally:
        admin.execute("RESET ROLE")
        admin.execute("REASSIGN OWNED BY owner_of_orders TO CURRENT_USER")
        admin.execute("DROP ROLE owner_of_orders")


def test_operators_are_told_where_the_wall_does_not_hold_and_whose_work_it_is_to_migrate(
    world: World, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(user: str, command: str) -> str:
        url = world.database.engine.url.set(username=user).render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        app.main([command])
        return "".join(capsys.readouterr())

    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    monkeypatch.setenv("SECRET_KEYS", SECRET_KEY)
    monkeypatch.setenv("FIELD_KEYS", FIELD_KEYS[0])
    apart = "The database keeps no customers apart, for"
    assert apart not in said("portal_app", "check")
    assert f"{apart} postgres is set above row security" in said("postgres", "check")
    admin.execute("GRANT postgres TO portal_app")
    assert f"{apart} portal_app owns the tables" in said("portal_app", "check")
    admin.execute("REVOKE postgres FROM portal_app")
    admin.execute("UPDATE alembic_version SET version_num = '0030'")
    assert "DATABASE_URL must name the owner of the tables." in said("portal_app", "migrate")


@pytest.fixture
def pooled(world: World, tmp_path: Path) -> Iterator[Database]:
    """The portal's database through a pooler that has one connection for all."""
    url, port, settings = world.database.engine.url, free_port(), tmp_path / "pgbouncer.ini"
    folder = Path(str(url.query["host"]))
    settings.write_text(
        f"[databases]\nportal = host={folder} dbname={url.database} user=portal_app\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 1\n"
    )
    words = [installed("pgbouncer"), "--quiet", str(settings)]
    if os.getuid() == 0:  # whom it refuses to serve as
        words[1:1] = ["--user", folder.owner()]
    pooler = subprocess.Popen(words)
    pooled = Database(f"postgresql://127.0.0.1:{port}/portal", connections=Connections(through_pooler=True))
    deadline = time.monotonic() + PATIENCE
    try:
        while pooled.ask(lambda _connection: ""):
            assert pooler.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield pooled
    finally:
        pooled.close()
        pooler.kill()
        pooler.wait()


def test_behind_a_pooler_two_customers_in_turn_on_one_connection_see_their_own(world: World, pooled: Database) -> None:
    every, demo = select(Order.number), Scope.whole(world.demo.customer_id)
    with without_the_first_two(), pooled.session(world.whole) as fjord, pooled.session(demo) as other:
        servers = set()
        for _ in range(3):
            assert seen(fjord, every) == world.fjord_orders
            servers.add(fjord.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
            fjord.commit()
            theirs = seen(other, every)
            assert theirs
            assert not theirs & world.fjord_orders
            servers.add(other.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
            other.commit()
        assert len(servers) == 1
