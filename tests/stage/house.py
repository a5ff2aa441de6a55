"""A portal under test: the real application on a real database, filled with the demo data, as often as needed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import msgspec
from sqlalchemy import NullPool, create_engine, inspect, make_url, select, text
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from app import create_app
from models import demo
from models.core.database import Database, run
from models.core.scope import across_customers
from models.core.sealed import Keyring, new_field_key
from models.core.settings import Settings
from models.employees.national_ids import NationalId
from models.exchange.crm.shapes import KINDS
from models.exchange.deliver import Postman
from models.migrations import migrate
from models.outbox.message import Channel, Message
from routes.web.portal import Portal
from tests.stage.emitted import EMITTED
from tests.stage.page import Mode, Page
from tests.stage.server import Loop
from tests.stage.times import NOW, TestClock

SECRETS = ("a key of the tests, long enough to sign with",)
FIELD_KEYS = (new_field_key(),)
"""What seals in every house of this run: the database is filled once."""


class Store(Protocol):
    """A database server: gives the URL of a database that is filled, and fills it anew."""

    url: str

    def refill(self) -> None:
        """Bring the database back to what it was when it was filled."""

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """All that is stored besides what it was filled with, with where it stands."""


def fill(url: str) -> None:
    """Migrate an empty database and load the demo data."""
    database = Database(url)
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        demo.load(db, Keyring(FIELD_KEYS), now=NOW)
        db.commit()
    database.close()


class SqliteStore:
    """One file, and the filled file that it is copied from."""

    def __init__(self, folder: Path) -> None:
        self._filled = folder / "filled.db"
        self._file = folder / "portal.db"
        self.url = f"sqlite:///{self._file}"
        fill(f"sqlite:///{self._filled}")
        self.refill()

    def refill(self) -> None:
        """Copy the filled file over the used one."""
        for suffix in ("-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._filled, self._file)
        self._as_filled = self._file.stat().st_mtime_ns

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """The log of writes, and the file itself once it is written to: what was deleted is in there, too."""
        log = self._file.with_name(self._file.name + "-wal")
        if log.exists():
            yield "the database", log.read_bytes()
        if self._file.stat().st_mtime_ns != self._as_filled:
            yield "the database", self._file.read_bytes()


class PostgresStore:
    """One database of a server that was started for this run, and the filled one that it is copied from."""

    def __init__(self, server: str, name: str = "portal") -> None:
        self._server = make_url(server).set(drivername="postgresql+psycopg")
        self._name = name
        self._admin = create_engine(self._server, isolation_level="AUTOCOMMIT", pool_size=1)
        self._do(f"CREATE DATABASE {name}_filled")
        fill(self._database(f"{name}_filled"))
        self.url = self._database(name)
        self.refill()

    def _database(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def refill(self) -> None:
        """Make the database anew from the filled one."""
        self._do(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._do(f"CREATE DATABASE {self._name} TEMPLATE {self._name}_filled STRATEGY FILE_COPY")

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """Every row, as text."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                rows = connection.execute(text(f"SELECT string_agg(t::text, chr(10)) FROM {table} t"))  # noqa: S608
                yield table, (rows.scalar() or "").encode()
        engine.dispose()

    def _do(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        """Give the connection back."""
        self._admin.dispose()


class House:
    """The application on one database, the people who use it, and a look behind the scenes."""

    def __init__(self, store: Store, loop: Loop, var: Path) -> None:
        self._store = store
        self._loop = loop
        self.mode: Mode = "plain"
        self.clock = TestClock()
        self.settings = Settings(
            secret_keys=SECRETS,
            field_keys=FIELD_KEYS,
            database_url=store.url,
            brand="Avonova Kundeportal",
            guide_file="Avonova_kundeportal.pdf",
            demo=True,
            var=var,
        )
        self.app: Starlette = create_app(self.settings, clock=self.clock, with_postman=False)
        self.portal: Portal = self.app.state.portal
        self._database = Database(store.url)
        keyring = Keyring(FIELD_KEYS)
        with self.behind() as db:
            for row in db.scalars(select(NationalId)):
                EMITTED.learn(keyring.open(row.sealed, place=row.place).encode())

    def refill(self) -> None:
        """Begin a new story: the demo data, the first moment."""
        self._loop.wait(run(self.portal.database.close))
        self._database.close()
        self._store.refill()
        self.clock.set(NOW)

    def check_what_was_emitted(self) -> None:
        """No identity number is in clear in anything that the portal said or stored in this story (AR6).

        And what it tells the CRM has the documented shape, whichever story made it (C1).
        """
        for where, stored in self._store.stored():
            EMITTED.look(where, stored)
        EMITTED.look_at_files(self.settings.var)
        EMITTED.check()
        with self.behind() as db:
            for kind, payload in db.execute(
                select(Message.kind, Message.payload).where(Message.channel == Channel.CRM)
            ):
                if payload:  # what was emptied after its time has no shape
                    msgspec.convert(payload, KINDS[kind])

    def visitor(self, mode: Mode | None = None) -> Page:
        """Somebody who is not signed in."""
        return Page(self.app, self._loop, mode or self.mode)

    def sign_in(self, username: str, mode: Mode | None = None) -> Page:
        """One of the demo's users, signed in."""
        page = self.visitor(mode).open("/login")
        page.fill(username=username, password=f"demo-{username.lower()}").press("Logg inn")
        assert page.status_code == 200, page.problems
        return page

    def deliver(self) -> int:
        """Let a postman send what is due; returns how many messages arrived."""
        return Postman(self._database, self.settings, self.clock, self.portal.links.absolute).deliver_due()

    @contextmanager
    def behind(self) -> Iterator[Session]:
        """The database, across customers, for what no page shows."""
        with self._database.session() as db, across_customers(db):
            yield db

    @contextmanager
    def with_settings(self, **changed: Any) -> Iterator[Callable[[], Page]]:
        """Another portal on the same database, with some settings changed; gives its visitors."""
        app = create_app(replace(self.settings, **changed), clock=self.clock, with_postman=False)
        try:
            yield lambda: Page(app, self._loop, self.mode)
        finally:
            self._loop.wait(run(app.state.portal.database.close))

    def close(self) -> None:
        """Give all connections back."""
        self._loop.wait(run(self.portal.database.close))
        self._database.close()
