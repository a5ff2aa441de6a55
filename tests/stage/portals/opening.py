"""A portal on the day it opens: its database is migrated and empty, nothing of the demo is in it.

What is done there comes through the command line and the pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

import app
from models.core.clock import Clock
from models.core.database import Database
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.page import Mode
from tests.stage.shared import worker
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY, rows_in
from tests.stage.stores.empty import copy_postgres, copy_sqlite, of_the_migrations
from tests.stage.times import TODAY

_NUMBERS = count(1)


class Migrated:
    """A database that was only migrated; it is not filled, and so never filled anew."""

    def __init__(self, url: str) -> None:
        self.url = url

    def put_back(self) -> bool:
        """It is used for one story."""
        return False

    def refill(self) -> None:
        """There is one story."""

    def stored(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """Every row of PostgreSQL, as text; SQLite's file lies where files are looked at."""
        return iter(()) if database.is_sqlite else rows_in(database, since=0)

    def filled(self, _database: Database) -> Iterator[tuple[str, bytes]]:
        """Nothing."""
        return iter(())


class Opening(House):
    """The portal with its operator, who has a shell."""

    def __init__(self, url: str, loop: Loop, var: Path, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
        own = {"brand": "Kundeportal", "guide_file": "Kundeportal.pdf", "demo": False, "crm_secrets": ()}
        own["staff_second_factor"] = False  # what it asks for, test_second_factor tells
        super().__init__(Migrated(url), loop, var, secret_keys=(SECRET_KEY,), **own)
        self.mode = mode
        monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
        said = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": FIELD_KEYS[0], "DATABASE_URL": url, "PORTAL_VAR": str(var)}
        real = Clock.now  # a command is given when the story says, unless it is told to ask for the true day
        monkeypatch.setattr(Clock, "now", lambda clock: self.clock.now() if clock.fixed else real(clock))
        for name, value in {**said, "PORTAL_TODAY": TODAY.isoformat()}.items():
            monkeypatch.setenv(name, value)


@contextmanager
def opening(kind: str, loop: Loop, var: Path, mode: Mode, request: pytest.FixtureRequest) -> Iterator[Opening]:
    """A portal that opens, on a database of its own of either kind."""
    url = f"sqlite:///{var}/portal.db"
    if kind == "sqlite":
        copy_sqlite(var / "portal.db", of_the_migrations)
    else:
        server, name = request.getfixturevalue("postgres_server"), f"opening_{worker()}_{next(_NUMBERS)}"
        copy_postgres(server, name, of_the_migrations)
        url = make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
    house = Opening(url, loop, var, mode, request.getfixturevalue("monkeypatch"))
    try:
        yield house
        house.check_what_was_emitted()
    finally:
        house.close()
