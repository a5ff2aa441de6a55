"""The history of the tables: as the models say, up and down again on a filled database, with nothing lost."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, func, inspect, select, table, text
from sqlalchemy.exc import IntegrityError

from models import demo
from models.core.base import Base
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.migrations import is_of_the_models, migrate
from models.orders.numbers import next_number, not_below
from models.orders.order import SERIES
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import NOW

MADE = {"numbers", "catalogue"}
"""Tables in which a step makes rows by itself, because an empty portal needs them."""
MIGRATIONS = Path(__file__).parents[3] / "models" / "migrations"


def revisions() -> list[str]:
    """All of them, oldest first."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


def tables(database: Database) -> set[str]:
    names = inspect(database.engine).get_table_names()
    by_hand = ("kept_", "employee_search", "order_search")
    return {name for name in names if not name.startswith(by_hand)} - {"alembic_version"}


def rows(database: Database) -> dict[str, list[str]]:
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()))) for table in Base.metadata.sorted_tables
        }


def counts(database: Database, names: Iterable[str]) -> dict[str, int]:
    with database.engine.connect() as connection:
        return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def set_aside(database: Database, names: Iterable[str]) -> None:
    """Keep the rows of tables as they are now, beside them."""
    with database.engine.begin() as connection:
        for name in names:
            connection.execute(text(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}"))  # noqa: S608  # our own names


def put_back(database: Database, names: set[str]) -> None:
    """Fill new tables with what was set aside, those first that others lead to."""
    known = [table.name for table in Base.metadata.sorted_tables if table.name in names]
    with database.engine.begin() as connection:
        for name in known + sorted(names.difference(known)):
            columns = [part["name"] for part in inspect(connection).get_columns(name) if "computed" not in part]
            old, new = (table(each, *(column(part) for part in columns)) for each in (f"kept_{name}", name))
            connection.execute(new.delete())  # what the step has made by itself
            connection.execute(new.insert().from_select(columns, select(old)))


def without_the_same(connection: Connection, found: list[Any]) -> list[Any]:
    """Without keys that SQLite has as they should be: of one that stands beside its column, none reads ON DELETE."""
    same = set()
    for key in [each[1] for each in found if each[0] == "add_fk" and connection.dialect.name == "sqlite"]:
        rows = connection.exec_driver_sql(f"PRAGMA foreign_key_list({key.table.name})").all()
        [one] = key.elements
        wanted = (one.column.table.name, one.parent.name, one.column.name, key.ondelete or "NO ACTION")
        same |= {(key.table.name, one.parent.name) for row in rows if (row[2], row[3], row[4], row[6]) == wanted}
    keys = {"add_fk", "remove_fk"}
    return [each for each in found if each[0] not in keys or (each[1].table.name, each[1].column_keys[0]) not in same]


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    migrate(database.engine)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_of_the_models})
        assert without_the_same(connection, compare_metadata(context, Base.metadata)) == []


@pytest.mark.rest  # thirty steps, each twice, with all the demo
def test_each_step_is_taken_back_and_taken_again_on_a_filled_database_that_loses_nothing(database: Database) -> None:
    """Up with nothing in it, down with the demo, and up again; what is common to both sides of a step stays.

    On the last way up a new table is given the rows that it had on the way down. So each later step meets rows as an
    older version left them: this one way is every way from an older version to the newest.
    """
    there: dict[str, set[str]] = {"base": set()}
    new: dict[str, set[str]] = {}
    for below, revision in pairwise(["base", *revisions()]):
        migrate(database.engine, revision)
        there[revision] = tables(database)
        new[revision] = there[revision] - there[below]
        assert {name for name, count in counts(database, there[revision]).items() if count} <= MADE
    filled = fill(database)
    for below, revision in reversed([*pairwise(there)]):
        assert counts(database, there[revision] & filled.keys()).items() <= filled.items(), revision
        set_aside(database, new[revision])
        migrate(database.engine, "-1")
        assert tables(database) == there[below]
    for revision in revisions():
        migrate(database.engine, revision)
        assert tables(database) == there[revision]
        put_back(database, new[revision])
        assert counts(database, there[revision] & filled.keys()).items() <= filled.items(), revision
    assert counts(database, filled) == filled


def fill(database: Database) -> dict[str, int]:
    """Load the demo data; gives how many rows each table has then, which is brought up already and stays as it is."""
    with database.session() as db, across_customers(db):
        assert demo.is_empty(db)
        demo.load(db, Keyring(FIELD_KEYS), now=NOW)
        db.commit()
    before = rows(database)
    assert all(before[name] for name in ("customers", "orders", "employees", "sign_ups"))
    migrate(database.engine)
    assert rows(database) == before
    return {name: len(found) for name, found in before.items()}


@pytest.mark.parametrize(
    ("given", "told", "first"), [(None, 0, 300_000), (None, 412_345, 412_346), (307_390, 0, 307_391)]
)
def test_the_series_of_order_numbers_is_there_whatever_was_there_before(
    database: Database, given: int | None, told: int, first: int
) -> None:
    """On an empty portal, on one that has the orders of a CRM, and on one that gave numbers out."""
    migrate(database.engine, "0016")
    with database.engine.begin() as connection:
        if given is not None:
            connection.execute(text(f"INSERT INTO numbers (series, last) VALUES ('orders', {given})"))  # noqa: S608
        for statement in _AN_ORDER if told else ():
            connection.execute(text(statement), {"number": told})
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        assert next_number(db, SERIES, begin=300_000) == first
        not_below(db, SERIES, 5)
        assert next_number(db, SERIES, begin=900_000) == first + 1, "once it has begun, the setting means nothing"
        not_below(db, SERIES, 500_000)
        assert next_number(db, SERIES, begin=900_000) == 500_001


_AN_ORDER = (
    "INSERT INTO customers (id, name, organisation_number) VALUES (1, 'A', '315908302')",
    "INSERT INTO units (id, customer_id, path, name) VALUES (1, 1, '/1/', 'A')",
    """INSERT INTO orders
    (number, customer_id, unit_id, ordered_on, delivery, quantity, contact, reference, location, description)
    VALUES (:number, 1, 1, '2026-09-01', '', '', '', '', '', '')""",
)


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
