"""Databases with all tables and nothing in them, made once in a run and then copied, as the filled ones are.

Those that are filled with the demo data are in `databases`.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url

from models.core.base import Base
from models.core.database import Database
from models.migrations import migrate
from tests.stage.shared import in_turn, made_once, worker

MakeTables = Callable[[Engine], object]
_NUMBERS = count(1)


def of_the_models(engine: Engine) -> None:
    """The tables as the models have them, and no row."""
    Base.metadata.create_all(engine)


def of_the_migrations(engine: Engine) -> None:
    """The tables as an operator makes them, with what belongs into a portal from the first day on."""
    migrate(engine)


@contextmanager
def empty_sqlite(folder: Path) -> Iterator[Database]:
    """A database in a file of its own."""
    file = folder / f"empty_{next(_NUMBERS)}.db"
    copy_sqlite(file, of_the_models)
    with _opened(f"sqlite:///{file}") as database:
        yield database


@contextmanager
def empty_postgres(server: str) -> Iterator[Database]:
    """A database of its own on a server that is there."""
    name = f"empty_{worker()}_{next(_NUMBERS)}"
    copy_postgres(server, name, of_the_models)
    with _opened(make_url(server).set(database=name).render_as_string(hide_password=False)) as database:
        yield database


def copy_sqlite(file: Path, tables: MakeTables) -> None:
    """Put a database with these tables into a file that is not there yet."""
    shutil.copy(made_once(f"{tables.__name__}.db", lambda making: _make(f"sqlite:///{making}", tables)), file)


def copy_postgres(server: str, name: str, tables: MakeTables) -> None:
    """Make a database with these tables on a server that is there."""
    made, making = f"portal_{tables.__name__}", f"making_{tables.__name__}"
    with psycopg.connect(server, autocommit=True) as admin, in_turn(made):
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [made]).fetchone():
            _do(admin, "DROP DATABASE IF EXISTS {}", making)
            _do(admin, "CREATE DATABASE {}", making)
            _make(make_url(server).set(database=making).render_as_string(hide_password=False), tables)
            _do(admin, "ALTER DATABASE {} RENAME TO {}", making, made)
        _do(admin, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, made)


def _make(url: str, tables: MakeTables) -> None:
    database = Database(url)
    tables(database.engine)
    database.close()


def _do(admin: psycopg.Connection[Any], statement: LiteralString, *names: str) -> None:
    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url, pool_size=10)
    try:
        yield database
    finally:
        database.close()
