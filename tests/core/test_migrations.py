"""The history of the tables: as the models say, up and down again on a filled database, with nothing lost."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import IntegrityError

from models import demo
from models.core.base import Base
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.customers.customer import Customer
from models.migrations import is_of_the_models, migrate
from tests.stage.databases import FIELD_KEYS
from tests.stage.shared import worker
from tests.stage.times import NOW

MIGRATIONS = Path(__file__).parents[2] / "models" / "migrations"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, var: Path) -> Iterator[Database]:
    """An empty database without tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{var}/portal.db")
    else:
        server = request.getfixturevalue("postgres_server")
        name = f"migrated_{worker()}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            admin.execute(f"CREATE DATABASE {name}".encode())
        database = Database(make_url(server).set(database=name).render_as_string(hide_password=False))
    yield database
    database.close()


def revisions() -> list[str]:
    """All of them, oldest first."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def rows(database: Database) -> dict[str, list[str]]:
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()))) for table in Base.metadata.sorted_tables
        }


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    migrate(database.engine)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_of_the_models})
        assert compare_metadata(context, Base.metadata) == []


def test_a_filled_database_is_brought_up_without_losing_anything(database: Database) -> None:
    """Down from the newest version to each older one and up again; what is common to both stays."""
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        demo.load(db, Keyring(FIELD_KEYS), now=NOW)
        db.commit()
    before = rows(database)
    assert all(before[name] for name in ("customers", "orders", "employees", "sign_ups"))
    migrate(database.engine)
    assert rows(database) == before
    for revision in reversed(revisions()[:-1]):
        migrate(database.engine, f"-{len(revisions()) - revisions().index(revision) - 1}")
        common = tables(database) & before.keys()
        migrate(database.engine)
        kept = rows(database)
        assert all(len(kept[name]) == len(before[name]) for name in common.intersection(before))


def test_each_step_can_be_taken_back_and_taken_again(database: Database) -> None:
    for revision in revisions():
        before = tables(database)
        migrate(database.engine, revision)
        after = tables(database)
        migrate(database.engine, "-1")
        assert tables(database) == before
        migrate(database.engine, revision)
        assert tables(database) == after
    migrate(database.engine, "base")
    assert tables(database) == set()
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        assert demo.is_empty(db)
        assert db.scalars(select(Customer)).all() == []


def test_a_step_that_fails_leaves_the_database_as_it_was(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way up is one transaction, also for SQLite."""
    create, made = op.create_table, []

    def breaks_down(name: str, *parts: object, **options: object) -> object:
        made.append(name)
        if len(made) > 3:
            raise RuntimeError("the power went")
        return create(name, *parts, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(op, "create_table", breaks_down)
    with pytest.raises(RuntimeError):
        migrate(database.engine)
    assert tables(database) == set()


def test_on_sqlite_a_step_may_take_a_table_away_but_no_row_may_lead_nowhere_afterwards(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    migrate(database.engine)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.execute("PRAGMA foreign_keys").fetchone() == (1,)
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute(
            "INSERT INTO customers (id, name, organisation_number, account_manager_id) VALUES (1, '', '', 7)"
        )
        driver.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(IntegrityError):
        migrate(database.engine)
    database.close()
