"""A whole portal from one kind of database to the other: every row is copied, and then compared with the one it was.

Nobody writes to the old database meanwhile. What an operator does before and after is said in `commands`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Integer, Table, column, delete, func, insert, literal_column, select, table, text

from models import migrations
from models.core.base import Base
from models.core.database import Database
from models.operations.backup.rows import first_difference, stored
from models.operations.installation import Refused


def move(source: Database, target: Database) -> dict[str, int]:
    """Copy all rows into an empty database; the number of rows by table, when all of them are verified.

    Raises Refused where a row is not the same afterwards; the target is then as empty as it was.
    """
    migrations.migrate(target.engine)
    try:
        with _nobody_else_writes(source) as old, target.alone() as new:
            return _moved(old, new)
    except BaseException:
        migrations.migrate(target.engine, "base")
        raise


def _moved(old: Connection, new: Connection) -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    counts: dict[str, int] = {}
    with _parents_may_come_later(new, tables):
        for each in reversed(tables):  # what the migrations put there stands in the old one as well
            new.execute(delete(each))
        for each in tables:
            counts[each.name] = _copy(old, new, each)
            _go_on_counting(old, new, each)
    for each in tables:
        if (key := first_difference(old, new, each)) is not None:
            raise Refused(f"{each.name} is not the same afterwards, first at {key}: nothing was moved.")
    return counts


def _copy(old: Connection, new: Connection, each: Table) -> int:
    count = 0
    keys = {column.name: column.key for column in each.columns}  # two names of a sign-up's state stand crosswise
    for rows in stored(old, each):
        new.execute(insert(each), [{keys[name]: value for name, value in row.items()} for row in rows])
        count += len(rows)
    return count


@contextmanager
def _nobody_else_writes(source: Database) -> Iterator[Connection]:
    with source.alone() as connection:
        if not source.is_sqlite:
            names = ", ".join(each.name for each in Base.metadata.sorted_tables)
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        yield connection


@contextmanager
def _parents_may_come_later(new: Connection, tables: list[Table]) -> Iterator[None]:
    """A unit may come before the one that it belongs to; at the end each must have its own."""
    if new.dialect.name == "sqlite":
        new.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield
        return
    own = [key for each in tables for key in each.foreign_key_constraints if key.referred_table is each]
    for key in own:
        new.execute(text(f"ALTER TABLE {key.table.name} ALTER CONSTRAINT {key.name} DEFERRABLE INITIALLY DEFERRED"))
    yield
    new.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for key in own:
        new.execute(text(f"ALTER TABLE {key.table.name} ALTER CONSTRAINT {key.name} NOT DEFERRABLE"))


def _go_on_counting(old: Connection, new: Connection, each: Table) -> None:
    """Let the next id be above all that ever were, where the databases keep count of them."""
    key = each.autoincrement_column
    if key is None or not isinstance(key.type, Integer):
        return
    last = max(old.scalar(select(func.max(key))) or 0, _counted(old, each, key.name))
    if not last:
        return
    if new.dialect.name == "postgresql":
        new.execute(select(func.setval(func.pg_get_serial_sequence(each.name, key.name), last)))
    elif each.dialect_options["sqlite"]["autoincrement"]:
        counts = table("sqlite_sequence", column("name"), column("seq"))
        new.execute(delete(counts).where(counts.c.name == each.name))
        new.execute(insert(counts), {"name": each.name, "seq": last})


def _counted(old: Connection, each: Table, key: str) -> int:
    """The last id that was given out, as far as the old database keeps count."""
    found: Any
    if old.dialect.name == "postgresql":
        sequence = old.scalar(select(func.pg_get_serial_sequence(each.name, key)))
        found = sequence and old.scalar(select(literal_column("last_value")).select_from(text(sequence)))
    elif each.dialect_options["sqlite"]["autoincrement"]:
        found = old.scalar(
            select(column("seq")).select_from(table("sqlite_sequence")).where(column("name") == each.name)
        )
    else:
        found = 0
    return int(found or 0)
