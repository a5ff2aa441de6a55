"""A copy of a whole database as one file, taken while others write, and put into an empty place.

SQLite copies itself; for PostgreSQL its own programs `pg_dump` and `pg_restore` do. What stands around the copy is in
`archive`.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, create_engine, func, inspect, make_url, select

from models.core.database import Database
from models.core.servers.row_security import EVERYBODYS, OPTION
from models.migrations import is_of_the_models
from models.operations.installation import Refused

_COPY = "portal.db"


@contextmanager
def copied(database: Database, folder: Path) -> Iterator[tuple[Path, Connection]]:
    """A copy of the database in a folder, and a connection that sees just what is in it.

    Whatever was committed before is in the copy; nobody who writes waits for it.
    """
    file = folder / _COPY
    if database.is_sqlite:
        with database.engine.connect() as source, closing(sqlite3.connect(file)) as copy:
            driver = source.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.backup(copy)
        with opened(file) as connection:
            yield file, connection
        return
    # What is counted and what is dumped is one moment: the dump reads by the snapshot of this transaction.
    of_all = EVERYBODYS | {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**of_all) as connection:
        snapshot = connection.scalar(select(func.pg_export_snapshot()))
        every_row = ("--enable-row-security", f"--snapshot={snapshot}")
        _run(database, "pg_dump", *every_row, "--format=custom", f"--file={file}")
        yield file, connection


@contextmanager
def opened(file: Path) -> Iterator[Connection]:
    """A copy of a SQLite database, to read."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(f"file:{quote(str(file))}?immutable=1", uri=True, check_same_thread=False),
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def put_back(database: Database, file: Path) -> None:
    """Fill an empty database with a copy; raises Refused, and then the database is as empty as before."""
    if database.is_sqlite:
        with closing(sqlite3.connect(file)) as copy, database.engine.connect() as target:
            driver = target.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            copy.backup(driver)
    else:
        _run(database, "pg_restore", "--single-transaction", "--exit-on-error", str(file))


def must_be_empty(database: Database) -> None:
    """Raises Refused where the database has tables already."""
    there = [name for name in inspect(database.engine).get_table_names() if is_of_the_models(name, "table", {})]
    if set(there) - {"alembic_version"}:
        raise Refused(
            f"There is something at {database.engine.url.render_as_string()} already: "
            "name an empty database, or one that is not there yet."
        )


def broken_pages(file: Path) -> str | None:
    """What SQLite finds wrong with a copy; None where all is well."""
    with closing(sqlite3.connect(f"file:{quote(str(file))}?immutable=1", uri=True)) as copy:
        said: str = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return None if said == "ok" else said


def must_be_readable(file: Path) -> None:
    """Raises Refused where PostgreSQL cannot read a copy of its own."""
    _call("pg_restore", "--list", str(file))


def _run(database: Database, program: str, *words: str) -> None:
    """One of PostgreSQL's programs upon the database; the password stands in no list of processes."""
    url = make_url(database.engine.url)
    _, named = url.get_dialect()().create_connect_args(url)
    password = str(named.pop("password", ""))
    named["options"] = f"{named.get('options', '')} {OPTION}".strip()
    with NamedTemporaryFile("w", prefix="pgpass-", encoding="utf-8") as passwords:  # for its owner alone
        if password:
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            passwords.write(f"*:*:*:*:{escaped}\n")
            passwords.flush()
            named["passfile"] = passwords.name
        _call(program, "--no-owner", "--no-privileges", "--no-password", f"--dbname={make_conninfo(**named)}", *words)


def _call(program: str, *words: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused(f"{program} is not installed here: it comes with PostgreSQL's client programs.")
    said = subprocess.run(  # noqa: S603  # a program of the system, with words of our own
        [found, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if said.returncode:
        raise Refused(f"{program} has failed: {(said.stderr.strip() or 'it does not say why').splitlines()[0]}")
