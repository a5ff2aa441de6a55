"""The database: engines for SQLite and PostgreSQL, sessions held to a scope, and plain code on the event loop.

Which tables there are is not known here.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.concurrency import await_, greenlet_spawn, in_greenlet

from models.core.deadline import deciding, is_out_of_time
from models.core.lanes import Lane, in_lane
from models.core.scope import Scope, bind
from models.core.servers.places import make_place
from models.core.servers.postgresql import Acknowledged, CommitUnknown, arguments, leads, watch
from models.core.servers.replica import NOWHERE, Behind, Replica, reads_from_replica, written_by
from models.core.servers.row_security import EVERYBODYS, cursor_factory, hold_rows
from models.core.servers.statements import log_slow
from models.core.servers.write_lock import PATIENCE, ROOM, WriteLock, Writer, pause, with_patience
from models.core.settings import Connections, SettingsRefused

__all__ = [
    "NO_ANSWER",
    "CommitUnknown",
    "Database",
    "Session",
    "aside",
    "give_way",
    "others_first",
    "run",
]  # what has a session in hand names its type from here

_IMMEDIATE = "sqlite_begins_immediate"
_SQLITE_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16000",
)
_BUSY = 5000
"""Milliseconds that SQLite itself waits where it has something to do alone, such as after a crash."""
_BUSY_ON_THE_LOOP = 100
_TURNS = 8
"""Of the event loop, which a page needs. With one of them only, each would have to wait for a step of the work."""
_STEPS = 100_000
"""After so many of its steps, within a millisecond or two, SQLite asks whether anybody still waits for the answer."""

NO_ANSWER = "The database does not answer."
UNAVAILABLE = (OperationalError, PoolTimeout)
"""What is raised where a database cannot be asked now."""
FOLLOWS = "The server of the database follows another one, and takes no changes."

T = TypeVar("T")


class Database:
    """One database and how to reach it.

    `asynchronous=True` is for code on the event loop: on PostgreSQL, statements then give way while they wait
    (through `run`). SQLite answers faster than a switch costs, so there it changes nothing. Raises
    SettingsRefused where `url` is none, or names a place that cannot be made.
    """

    def __init__(
        self,
        url: str,
        *,
        asynchronous: bool = False,
        pool_size: int = 5,
        patience: float = PATIENCE,
        connections: Connections | None = None,
        slow_statement_ms: int = 0,
    ) -> None:
        parsed = _parsed(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._lock = WriteLock(patience)
        if self.is_sqlite:
            make_place(parsed)
            # Without a limit: at a full pool, who reads step by step on the event loop would stop it for good.
            self.engine: Engine = create_engine(parsed, pool_size=pool_size, max_overflow=-1, hide_parameters=True)
            self._busy = _BUSY_ON_THE_LOOP if asynchronous else _BUSY
            event.listen(self.engine, "connect", self._configure_sqlite)
            event.listen(self.engine, "begin", self._begin_sqlite)
        else:
            parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = _postgresql(parsed, connections or Connections(), pool_size, asynchronous=asynchronous)
        self.replica = self._replica(connections, pool_size, asynchronous=asynchronous)
        if slow_statement_ms:
            for engine in (self.engine, *([self.replica.engine] if self.replica else [])):
                log_slow(engine, slow_statement_ms)
        # The same connections, but a transaction takes the write lock at its start.
        self._writing = self.engine.execution_options(**{_IMMEDIATE: True})
        self._at_once = with_patience(self._writing, 0)

    def session(self, scope: Scope | None = None, *, read_only: bool = False, at_once: bool = False) -> Session:
        """A session held to `scope`; without one, every statement fails outside `across_customers`.

        A session that is not `read_only` takes SQLite's write lock with its first statement, so that what it
        read is still true when it writes. It waits for its turn, or, `at_once`, fails where somebody else writes.
        """
        if not self.is_sqlite:
            session: Session = Acknowledged(self.engine, expire_on_commit=False)
        elif read_only:
            session = Session(self.engine, expire_on_commit=False)
        else:
            session = Writer(self._at_once if at_once else self._writing, self._lock)
        bind(session, scope, read_only=read_only)
        return session

    def read_beside(self, session: Session, scope: Scope | None, work: Callable[[Session], T]) -> T:
        """Let `work` read in another session, from the server that `session` reads from, or, if need be, the leader."""
        if self.replica and reads_from_replica(session):
            with suppress(Behind, *UNAVAILABLE), self.replica.beside(session, scope) as db:
                return work(db)
        with self.session(scope, read_only=True) as db:
            return work(db)

    @property
    def position(self) -> int | None:
        """Up to where the log of the server is written by now; None where nobody reads from another server."""
        if self.replica is None:
            return None
        try:
            with self.engine.connect() as connection:
                return written_by(connection) or NOWHERE
        except (DBAPIError, PoolTimeout):
            return NOWHERE

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A connection in a transaction, for operators, with every row; on SQLite nobody else writes until it ends."""
        with self._writing.execution_options(**EVERYBODYS).begin() as connection:
            yield connection

    def write_apart(self, work: Callable[[], T]) -> T:
        """Do one long piece of writing, in a transaction of its own that `work` opens and ends; inside `run`.

        On SQLite, which has one write lock, in a thread: those who only read go on meanwhile, and those of this
        process who want to write wait for their turn.
        """
        if not self.is_sqlite:
            return work()
        self._lock.wait()
        try:
            with deciding():  # a thread cannot be ended from outside
                return aside(work)
        finally:
            self._lock.give_back()

    def make_room(self) -> None:
        """Between two of many pieces of writing: let whoever waits to write, here or elsewhere, do it."""
        if self.is_sqlite:
            pause(ROOM)

    @property
    def is_taken(self) -> bool:
        """Whether somebody of this process is writing, or waits to, on SQLite."""
        return self._lock.is_taken

    def only_reads(self, session: Session, scope: Scope | None) -> None:
        """Forget what a session has written, and let others write while it goes on reading."""
        session.rollback()
        session.bind = self.engine
        bind(session, scope, read_only=True)

    def ask(self, question: Callable[[Connection], str]) -> str:
        """What is wrong with the database, if anything, in one sentence; inside `run` where it is asynchronous."""
        try:
            with self.engine.connect() as connection:
                if not (self.is_sqlite or leads(connection)):
                    return FOLLOWS
                if self.replica:
                    self.replica.hear(connection)
                return question(connection)
        except (DBAPIError, PoolTimeout):
            return NO_ANSWER

    @property
    def connections(self) -> tuple[int, int]:
        """How many there are in this process, and how many of them somebody uses."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        in_use = pool.checkedout()
        return in_use + pool.checkedin(), in_use

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        if self.replica:
            self.replica.engine.dispose()

    def _replica(self, connections: Connections | None, pool_size: int, *, asynchronous: bool) -> Replica | None:
        """Where those who serve read lists; raises SettingsRefused to everybody."""
        if connections is None or connections.read_url is None:
            return None
        url = _parsed(connections.read_url, "DATABASE_READ_URL")
        if self.is_sqlite or url.get_backend_name() == "sqlite":
            raise SettingsRefused("DATABASE_READ_URL names a PostgreSQL that follows the one of DATABASE_URL.")
        url = url.set(drivername="postgresql+psycopg")
        return Replica(_postgresql(url, connections, pool_size, asynchronous=True)) if asynchronous else None

    def _configure_sqlite(self, connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None  # the portal says itself when a transaction begins
        for setting in (f"PRAGMA busy_timeout = {self._busy}", *_SQLITE_SETTINGS):
            connection.execute(setting)
        connection.set_progress_handler(is_out_of_time, _STEPS)

    def _begin_sqlite(self, connection: Connection) -> None:
        if connection.get_execution_options().get(_IMMEDIATE):
            self._lock.begin(connection, usual_timeout=self._busy)
        else:
            connection.exec_driver_sql("BEGIN")


def kind_of(error: Exception) -> str:
    """What kind of failure it was, in the database's own words and without anybody's data."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return f"{type(cause).__name__}{f' {code}' if code else ''}"


def patient(engine: Engine, seconds: float) -> Engine:
    """The same database, for what takes SQLite's write lock at the start of a transaction, and waits so long for it."""
    return with_patience(engine.execution_options(**{_IMMEDIATE: True}), seconds)


def _parsed(url: str, name: str = "DATABASE_URL") -> URL:
    try:
        parsed = make_url(url)
        (parsed.host or "").encode("idna")  # what no name server can be asked for is no address
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ValueError("not one of ours")
        return parsed
    except (ArgumentError, ValueError):
        raise SettingsRefused(f"{name} is not the address of a database.") from None  # it may hold a password


def _postgresql(url: URL, connections: Connections, pool_size: int, *, asynchronous: bool) -> Engine:
    """Those who serve have a pool that is bounded as a whole; a command or a postman needs one or two connections."""
    kept: dict[str, Any] = {"pool_timeout": connections.wait, "hide_parameters": True}
    kept["connect_args"] = arguments(url, connections, for_people=asynchronous)
    kept["connect_args"] |= cursor_factory(asynchronous=asynchronous)
    if asynchronous:
        # All that there may be are kept, and the one used last is used first: to connect takes longer than a page, and
        # a new connection knows none of our statements.
        pool: dict[str, Any] = {"pool_size": connections.most, "max_overflow": 0, "pool_use_lifo": True}
        engine = create_async_engine(url, **pool, **kept).sync_engine
    else:
        engine = create_engine(url, pool_size=pool_size, **kept)
    watch(engine)
    hold_rows(engine)
    return engine


async def run(work: Callable[..., T], *args: Any) -> T:
    """Run plain, synchronous code on the event loop, in SQLAlchemy's greenlet bridge.

    Inside it, statements on an asynchronous engine and `aside` give way to other requests while they wait.
    """
    return await greenlet_spawn(work, *args)


def aside(work: Callable[..., T], *args: Any, lane: Lane = Lane.OTHER) -> T:
    """Run slow work that releases the interpreter's lock (Argon2, a large file) in a thread, and wait for it.

    Only inside `run`, and never between a session's first write and its commit: on SQLite all other writers would wait
    for as long. `Visit.aside` sees to that.
    """
    return await_(in_lane(lane, work, *args))


def give_way() -> None:
    """Let others on the event loop come in between two steps of long work; in a thread they do so anyway.

    Never between a session's first write and its commit on SQLite, as with `aside`.
    """
    if in_greenlet():
        await_(others_first())


async def others_first() -> None:
    """Let others come in, as far as one gets who asks for a page, from the first byte of it to the answer."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
