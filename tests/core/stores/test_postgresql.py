"""A PostgreSQL whose leader goes: reading goes on, what is not known is not denied, and nobody stays stuck."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import psycopg.sql
import pytest
from sqlalchemy import Connection, event, make_url, select

from models.core.database import Database, run
from models.core.scope import across_customers
from models.core.servers.postgresql import arguments
from models.core.settings import Connections
from models.employees.employee import Employee
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

pytestmark = pytest.mark.postgres
LOST = "Det er ikke sikkert at det ble lagret"
KARI = {"given_name": "Kari", "family_name": "Lagret", "email": "kari@demokunde.example"}


@pytest.fixture
def admin(quiet_house: House) -> Iterator[psycopg.Connection]:
    """Whoever looks after the server, connected to the portal's database."""
    if quiet_house.portal.database.is_sqlite:
        pytest.skip("SQLite has no server")
    url = make_url(quiet_house.settings.database_url).set(drivername="postgresql", username="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as admin:
        yield admin


def end_all(admin: psycopg.Connection) -> None:
    """End every connection of those who serve, as a server does that stops."""
    ended = admin.execute(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'portal'"
    ).fetchone()
    assert ended
    assert ended[0]


def stored(house: House) -> int:
    with house.behind() as db:
        return len(db.scalars(select(Employee).where(Employee.family_name == "Lagret")).all())


def saved(page: Page) -> Page:
    return page.open("/employees/new").fill(**KARI).press("Lagre")


def test_a_page_survives_that_all_connections_are_lost_and_a_save_says_that_nothing_is_kept(
    quiet_house: House, admin: psycopg.Connection
) -> None:
    page = quiet_house.sign_in("Tester").open("/info")
    end_all(admin)
    assert page.open("/employees").status_code == 200
    form = page.open("/employees/new").fill(**KARI)
    end_all(admin)
    assert form.press("Lagre").status_code == 503
    assert form.has("Ingenting er lagret.")
    assert stored(quiet_house) == 0
    assert saved(page).h1 == "Kari Lagret"


def test_a_commit_that_nobody_confirmed_is_not_denied_and_can_be_sent_again(
    quiet_house: House, admin: psycopg.Connection
) -> None:
    page = quiet_house.sign_in("Tester").open("/info")
    form = page.open("/employees/new").fill(**KARI)
    with at_commit(quiet_house.portal.database, lambda: end_all(admin)):
        assert form.press("Lagre").status_code == 503
    assert form.h1 == LOST
    assert not form.has("Ingenting er lagret")
    assert saved(page).h1 == "Kari Lagret"
    assert stored(quiet_house) == 1


def test_a_page_that_is_read_does_not_fail_because_its_use_could_not_be_noted(
    quiet_house: House, admin: psycopg.Connection
) -> None:
    page = quiet_house.sign_in("Tester").open("/info")
    quiet_house.clock.set(NOW + timedelta(minutes=30))
    with at_commit(quiet_house.portal.database, lambda: end_all(admin)):
        assert page.open("/employees").status_code == 200


@contextmanager
def at_commit(database: Database, do: Callable[[], None]) -> Iterator[None]:
    """Do something just before the next commit of what was written."""
    left = [do]

    def once(connection: Connection) -> None:
        if left and connection.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar():
            left.pop()()

    event.listen(database.engine, "commit", once)
    yield
    event.remove(database.engine, "commit", once)
    assert not left


def test_a_server_that_follows_another_is_let_go_of(quiet_house: House, admin: psycopg.Connection) -> None:
    """Such a server still answers; what it refuses is to write, for as long as one keeps the connection."""
    page = quiet_house.sign_in("Tester").open("/info")
    end_all(admin)
    name = psycopg.sql.Identifier(admin.info.dbname)
    admin.execute(psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
    try:
        assert saved(page).status_code == 503
        assert page.has("Ingenting er lagret.")
    finally:
        admin.execute(psycopg.sql.SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(name))
    assert saved(page).h1 == "Kari Lagret"


def test_whoever_only_reads_keeps_the_statements_that_the_connection_has_prepared(quiet_house: House) -> None:
    """A rollback at the end of each page would have all of them parsed anew, page after page."""
    if quiet_house.portal.database.is_sqlite:
        pytest.skip("SQLite has no server")
    database = Database(quiet_house.settings.database_url)
    for _ in range(8):
        with database.session(read_only=True) as db, across_customers(db):
            db.scalars(select(Employee.id).limit(1)).all()
    with database.engine.connect() as connection:
        kept = "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, 'employees') > 0"
        assert connection.exec_driver_sql(kept).scalar() == 1
    database.close()


def test_a_page_survives_that_the_next_release_changes_the_type_of_what_it_asks(
    quiet_house: House, admin: psycopg.Connection
) -> None:
    """What was prepared before cannot be asked any more; whoever only reads is answered on another connection."""
    page = quiet_house.sign_in("Tester")
    try:
        for length in (220, 240):
            for _ in range(8):
                assert page.open("/employees").status_code == 200
            admin.execute(f"ALTER TABLE customers ALTER COLUMN name TYPE varchar({length})")
            assert page.open("/employees").status_code == 200
    finally:
        admin.execute("ALTER TABLE customers ALTER COLUMN name TYPE varchar(200)")


def test_connections_are_kept_when_many_have_come_at_once(quiet_house: House) -> None:
    """To connect anew takes longer than the page that is asked for."""
    database = quiet_house.portal.database
    if database.is_sqlite:
        pytest.skip("SQLite has no server")

    def hold(left: int) -> None:
        with database.engine.connect():
            if left:
                hold(left - 1)

    async def many() -> None:
        await run(hold, 9)

    quiet_house._loop.wait(many())
    assert database.connections == (10, 0)


def test_how_it_is_reached_is_chosen_unless_the_address_says_so() -> None:
    url = make_url("postgresql+psycopg://db/portal?connect_timeout=9")
    usual = arguments(url, Connections(), for_people=True)
    assert "connect_timeout" not in usual
    assert usual["application_name"] == "portal"
    assert "statement_timeout" in usual["options"]
    assert "statement_timeout" not in arguments(url, Connections(), for_people=False)["options"]
    pooled = arguments(url, Connections(through_pooler=True), for_people=True)
    assert (pooled["prepare_threshold"], "options" in pooled) == (None, False)
