"""All rows of a database, whoever they belong to: counted, made into one digest per table, and compared one by one.

Only operators come here: what a visitor may see is held by the walls (`models.core.walls`). Where the rows go is in
`copies` and `moving`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, LargeBinary, MetaData, String, Table, collate, func, select

from models.migrations import is_of_the_models

_AT_ONCE = 500
"""Rows that are held in memory; of a table of files one, since a file may have 20 MB."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds."""

    rows: int
    sha256: str
    """Of all rows in the order of their key."""


def tables_of(connection: Connection) -> list[Table]:
    """The tables that are there, of whatever version; what a database keeps for its own search is none."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: is_of_the_models(name, "table", {}))
    return [found.tables[name] for name in sorted(found.tables)]


def contents(connection: Connection, tables: Iterable[Table]) -> dict[str, Content]:
    """The rows and the digest of each table, by its name."""
    return {table.name: _content(connection, table) for table in tables}


def differing(contents: dict[str, Content], other: dict[str, Content]) -> list[str]:
    """The names of the tables that do not hold the same."""
    return sorted(name for name in contents.keys() | other.keys() if contents.get(name) != other.get(name))


def stored(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows of a table in the order of its key, a handful at a time."""
    at_once = 1 if any(isinstance(column.type, LargeBinary) for column in _columns(table)) else _AT_ONCE
    found = connection.execution_options(stream_results=True, yield_per=at_once).execute(
        select(*_columns(table)).order_by(*_key(table, connection.dialect.name))
    )
    for some in found.mappings().partitions(at_once):
        yield [dict(row) for row in some]


def first_difference(one: Connection, other: Connection, table: Table) -> str | None:
    """The key of the first row that is not the same in two databases; None where every row is."""
    names = [column.name for column in table.primary_key]
    for mine, theirs in zip_longest(_each(one, table), _each(other, table)):
        if mine is None or theirs is None or _written(mine) != _written(theirs):
            return ", ".join(f"{name} {(mine or theirs or {})[name]}" for name in names)
    return None


def key_ids(connection: Connection, tables: Iterable[Table]) -> list[str]:
    """The ids of the field keys that something is sealed with."""
    found: set[str] = set()
    for table in tables:
        if (sealed := table.c.get("sealed")) is not None:
            named = select(_before_dot(sealed, connection.dialect.name)).where(sealed.is_not(None)).distinct()
            found |= {str(name) for name in connection.scalars(named)}
    return sorted(found)


def _before_dot(sealed: Any, dialect: str) -> Any:
    if dialect == "sqlite":
        return func.substr(sealed, 1, func.instr(sealed, ".") - 1)
    return func.split_part(sealed, ".", 1)


def _content(connection: Connection, table: Table) -> Content:
    count, digest = 0, hashlib.sha256()
    for row in _each(connection, table):
        count += 1
        digest.update(_written(row))
        digest.update(b"\n")
    return Content(count, digest.hexdigest())


def _each(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for some in stored(connection, table):
        yield from some


def _columns(table: Table) -> Sequence[Any]:
    """Those that are kept; what a database works out itself follows from them."""
    return [column for column in table.c if column.computed is None]


def _key(table: Table, dialect: str) -> list[Any]:
    """What puts rows in the same order on every database: texts by their bytes, not by a language."""
    by_bytes = "BINARY" if dialect == "sqlite" else "C"
    key = list(table.primary_key) or list(_columns(table))
    return [collate(column, by_bytes) if isinstance(column.type, String) else column for column in key]


def _written(row: dict[str, Any]) -> bytes:
    """A row as one line, the same on every database."""
    return json.dumps([row[name] for name in sorted(row)], sort_keys=True, default=_plain).encode()


def _plain(value: object) -> list[str]:
    match value:
        case Decimal():
            return ["number", f"{value.normalize():f}"]
        case datetime():
            return ["moment", (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()]
        case date() | time():
            return ["date", value.isoformat()]
        case bytes() | memoryview():
            return ["bytes", hashlib.sha256(value).hexdigest()]
    raise TypeError(f"{type(value)} is in no column")
