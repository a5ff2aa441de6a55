"""The database: SQLite's settings and its write lock, what a visit keeps, and plain handlers that give way."""

import asyncio
import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.core.database import NO_ANSWER, Database, aside, run
from models.core.scope import across_customers
from models.core.walls import Unscoped, has_written
from models.migrations import migrate
from models.orders.numbers import next_number
from models.orders.order import SERIES, Order
from models.outbox.message import Message
from routes.web.entrance.place import Place
from routes.web.http.asked import Asked
from routes.web.visit import Visit
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.sweeps import digest
from tests.stage.together import Meet, together


def asked(database: Database, statement: str) -> Any:
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar()


def test_sqlite_loses_nothing_and_waits_its_turn(var: Path) -> None:
    database = Database(f"sqlite:///{var}/deep/below/portal.db")
    settings = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    assert {name: asked(database, f"PRAGMA {name}") for name in settings} == settings
    database.close()


def test_a_writer_has_the_lock_from_its_first_statement_and_a_reader_never(var: Path) -> None:
    database = Database(f"sqlite:///{var}/portal.db")
    other = sqlite3.connect(var / "portal.db", timeout=0, isolation_level=None)
    with database.session(read_only=True) as reader, across_customers(reader):
        reader.connection().exec_driver_sql("SELECT 1")
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with database.session() as writer, across_customers(writer):
        writer.connection()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    other.close()
    database.close()


def test_nobody_else_reads_the_database_nor_the_folder_that_is_made_for_it(var: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(f"sqlite:///{var}/of/the/portal/portal.db")
        migrate(database.engine)
    finally:
        os.umask(before)
    database.close()
    assert {oct(each.stat().st_mode & 0o777) for each in (var / "of").rglob("*") if each.is_file()} == {"0o600"}
    assert {oct(each.stat().st_mode & 0o777) for each in (var / "of").rglob("*") if each.is_dir()} == {"0o700"}


def test_two_writers_who_read_first_both_succeed(quiet_house: House) -> None:
    """With a plain BEGIN, SQLite would refuse the second one at once; on PostgreSQL the row is waited for."""
    database = Database(quiet_house.settings.database_url)

    def write(meet: Meet) -> int:
        with database.session() as db, across_customers(db):
            meet()
            db.scalar(select(func.count()).select_from(Order))
            number = next_number(db, SERIES, begin=1)
            db.commit()
            return number

    numbers = together([write, write])
    database.close()
    assert len(set(numbers)) == 2


def test_a_refused_visit_keeps_nothing(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/orders/new")
    before = digest(quiet_house)
    token = ("csrf_token", hms.token())
    for url, fields, status in (
        ("/orders", [token], 422),
        ("/orders", [], 403),
        ("/orders/307513/reference", [token, ("reference", "x" * 101)], 422),
        ("/orders/1/reference", [token, ("reference", "x")], 404),
        ("/customer", [token, ("customer", "1")], 404),
    ):
        assert hms.send("POST", url, fields).status_code == status, url
    assert digest(quiet_house) == before


def test_what_was_written_is_kept_if_and_only_if_the_answer_is_below_400(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tester = quiet_house.sign_in("Tester").open("/orders/307390")

    def write(visit: Visit, number: int) -> Response:
        reference = str(visit.form["reference"])
        visit.db.get_one(Order, number).reference = reference
        visit.db.flush()
        return Response(status_code=int(reference))

    for route in quiet_house.app.routes:
        if isinstance(route, Route) and isinstance(route.app, Place) and route.path.endswith("/reference"):
            monkeypatch.setattr(route, "app", replace(route.app, handler=write))
    kept = []
    for status in ("200", "422", "303", "409", "500"):
        fields = [("csrf_token", tester.token()), ("reference", status)]
        assert tester.send("POST", "/orders/307390/reference", fields).status_code == int(status)
        kept.append(tester.open("/orders/307390").value("reference"))
    assert kept == ["200", "200", "303", "303", "303"]


def test_a_number_is_not_lost_when_its_order_is_not_made(quiet_house: House) -> None:
    database = Database(quiet_house.settings.database_url)
    with database.session() as db, across_customers(db):
        first = next_number(db, SERIES, begin=1)
        db.rollback()
        assert next_number(db, SERIES, begin=1) == first
        with pytest.raises(LookupError):
            next_number(db, "never begun", begin=1)
    database.close()


def test_slow_work_stands_before_the_first_write(quiet_house: House) -> None:
    portal = quiet_house.portal

    def handle() -> None:
        with portal.database.session() as db, across_customers(db):
            visit = Visit(portal, Request({"type": "http"}), FormData(), quiet_house.clock.now(), Asked(), db)
            order = db.get_one(Order, 307390)
            assert visit.aside(len, "four") == 4
            order.reference = "x"
            assert has_written(db)
            with pytest.raises(RuntimeError, match="before the first write"):
                visit.aside(len, "four")
            db.flush()
            with pytest.raises(RuntimeError, match="before the first write"):
                visit.aside(len, "four")
            with db.begin_nested():
                order.location = "x"
            assert has_written(db), "a savepoint commits nothing"
            db.rollback()
            assert visit.aside(len, "four") == 4

    quiet_house._loop.wait(run(handle))


def test_slow_requests_overlap(quiet_house: House) -> None:
    """Each waits in a thread until the other has come: one after the other, they would wait forever."""
    both_there = threading.Barrier(2)

    def slow() -> int:
        return aside(both_there.wait, 60)

    async def both() -> list[int]:
        return list(await asyncio.gather(run(slow), run(slow)))

    assert sorted(quiet_house._loop.wait(both())) == [0, 1]


@pytest.mark.postgres
def test_on_postgresql_plain_code_gives_way_while_a_statement_waits(postgres_server: str, loop: Loop) -> None:
    """The first waits for a lock that the second holds, both on one event loop."""
    database = Database(postgres_server, asynchronous=True)
    told: list[str] = []

    def ask(statement: str) -> Any:
        with database.engine.connect() as connection:
            return connection.exec_driver_sql(statement).scalar()

    async def both() -> None:
        held = asyncio.Event()

        def holding() -> None:
            with database.engine.connect() as connection:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
                held.set()
                while not ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                    pass  # asking gives way
                told.append("gives")

        def waiting() -> None:
            ask("SELECT pg_advisory_xact_lock(4711)")
            told.append("gets")

        holder = asyncio.ensure_future(run(holding))
        await held.wait()
        await asyncio.wait_for(asyncio.gather(holder, run(waiting)), 20)
        await run(database.close)

    loop.wait(both())
    assert told == ["gives", "gets"]


def test_whether_the_database_answers(var: Path) -> None:
    there = Database(f"sqlite:///{var}/portal.db")
    assert there.ask(lambda connection: str(connection.exec_driver_sql("SELECT 1").scalar())) == "1"
    there.close()
    for url in (f"sqlite:///{var}", "postgresql://127.0.0.1:1/gone"):
        gone = Database(url)
        assert gone.ask(lambda _connection: "") == NO_ANSWER
        gone.close()


def test_without_a_scope_a_session_answers_nothing(quiet_house: House) -> None:
    database = Database(quiet_house.settings.database_url)
    with database.session() as db, pytest.raises(Unscoped):
        db.scalar(select(Message.id))
    database.close()
