"""Databases with all tables and nothing in them, for tests of what every model stands on."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from models.core.base import Base
from models.core.database import Database
from tests.stage.shared import worker

_NUMBERS = count(1)


@contextmanager
def empty_sqlite(folder: Path) -> Iterator[Database]:
    """A database in a file of its own."""
    with _filled_with_tables(f"sqlite:///{folder / f'empty_{next(_NUMBERS)}.db'}") as database:
        yield database


@contextmanager
def empty_postgres(server: str) -> Iterator[Database]:
    """A database of its own on a server that is there."""
    name = f"empty_{worker()}_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    with _filled_with_tables(make_url(server).set(database=name).render_as_string(hide_password=False)) as database:
        yield database


@contextmanager
def _filled_with_tables(url: str) -> Iterator[Database]:
    database = Database(url, pool_size=10)
    Base.metadata.create_all(database.engine)
    try:
        yield database
    finally:
        database.close()
