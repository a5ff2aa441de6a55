"""The rows that a story's database on PostgreSQL was filled with, kept beside its tables, and put back after a story.

A story writes a dozen rows: to put those back costs a fraction of a new database, and nobody has to connect anew.
"""

from typing import Any, NamedTuple

import psycopg
from psycopg import sql

_MANY = 2_000
"""Rows that a story may have written; after more, a new database is quicker."""
_TABLES = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE i.indisprimary AND a.attnum = ANY (i.indkey) AND c.relnamespace = 'public'::regnamespace
    GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
_COUNTED = "SELECT '{0}', count(*) FILTER (WHERE xmin::text::bigint >= %(since)s), count(*) FROM {0}"
# A table, column, key or trigger that is new or another one stands in one of these.
_CATALOGS = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")


class _Table(NamedTuple):
    """How many rows a table has, and how many of them are new."""

    new: int
    rows: int


def keep(connection: psycopg.Connection[Any]) -> None:
    """Keep what stands in all tables, and how far each sequence has come."""
    connection.execute("CREATE SCHEMA kept")
    for table, _ in connection.execute(_TABLES).fetchall():
        _do(connection, "CREATE TABLE kept.{0} AS TABLE public.{0}", table)
    connection.execute("CREATE TABLE kept.sequences (name text, at bigint, is_called boolean)")
    for (name,) in connection.execute(_SEQUENCES).fetchall():
        said = sql.SQL("INSERT INTO kept.sequences SELECT {}, last_value, is_called FROM public.{}")
        connection.execute(said.format(sql.Literal(name), sql.Identifier(name)))


def scatter(connection: psycopg.Connection[Any]) -> None:
    """Put all rows back in an order that means nothing, so that who relies on one without asking for it is found out.

    A database hands rows out as they lie, which is as they were written until space is used again.
    """
    tables = [sql.Identifier("public", table) for table, _ in connection.execute(_TABLES).fetchall()]
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # what refers to a row comes before it, too
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        for table, _ in connection.execute(_TABLES).fetchall():
            _do(
                connection,
                "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0} k ORDER BY md5(k::text)",
                table,
            )


class Kept:
    """The way back for one database that has what was kept."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._keys: dict[str, list[str]] = dict(connection.execute(_TABLES).fetchall())
        self._tables = [f"public.{name}" for name in self._keys]
        self._ask = " UNION ALL ".join(_COUNTED.format(name) for name in [*self._tables, *_CATALOGS]).encode()
        connection.execute("SET session_replication_role = replica")  # no foreign key is looked at
        connection.execute("SET lock_timeout = '1s'")
        self._filled = self._counted(since=1 << 62)

    def put_back(self, since: int) -> bool:
        """Undo what was written by this transaction and later ones; not done where that is no matter of a few rows."""
        found = self._counted(since)
        written = sum(found[table].new for table in self._tables)
        if any(found[catalog].new for catalog in _CATALOGS) or written > _MANY:
            return False
        try:
            with self._connection.transaction(), self._connection.pipeline():
                for table, keys in self._keys.items():
                    self._put_back(table, keys, found[f"public.{table}"], since)
                self._connection.execute("SELECT setval('public.' || name, at, is_called) FROM kept.sequences")
        except psycopg.errors.LockNotAvailable:
            return False  # somebody has not ended
        return True

    def _put_back(self, table: str, keys: list[str], found: _Table, since: int) -> None:
        if found.new:
            _do(self._connection, "DELETE FROM public.{} WHERE xmin::text::bigint >= %s", table, values=[since])
        if found.rows - found.new < self._filled[f"public.{table}"].rows:
            same = sql.SQL(" AND ").join(sql.SQL("t.{0} = k.{0}").format(sql.Identifier(key)) for key in keys)
            missing = sql.SQL(
                "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0} k "
                "WHERE NOT EXISTS (SELECT FROM public.{0} t WHERE {1})"
            )
            self._connection.execute(missing.format(sql.Identifier(table), same))

    def _counted(self, since: int) -> dict[str, _Table]:
        asked = self._connection.execute(self._ask, {"since": since}, prepare=True)
        return {name: _Table(new, rows) for name, new, rows in asked}

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _do(connection: psycopg.Connection[Any], said: str, table: str, *, values: list[object] | None = None) -> None:
    connection.execute(sql.SQL(said).format(sql.Identifier(table)), values)
