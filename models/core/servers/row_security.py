"""Wall three, held by PostgreSQL itself: of a customer's table it gives, and takes, rows of one customer alone.

Each transaction says whose by a setting that ends with it, so that it works behind a pooler that hands out a connection
per transaction. How a table is held is said here once, and the migrations say which. It holds whoever does not own the
tables (`deploy/roles.sql`). What a session is held to is in `models.core.scope`, the other two walls in
`models.core.walls`.
"""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry

from models.core.scope import Scope, across_customers, held_to

EVERYBODYS = {"rows_of_everybody": True}
"""Execution options of a connection without a session, on which operators read and write every row."""
WITHOUT = {
    "user_sessions": "a session is found before there is a customer, and its user sees those at all customers",
}
"""Tables that name a customer and are not held, each with the reason."""

OPTION = "-c portal.customer=0"
"""The same for PostgreSQL's own programs."""

_ALL, _NOBODY = "0", ""
_SESSION = "session"
_SAY = "SELECT set_config('portal.customer', %s, true)"
# In a query of its own, the setting is read once for a statement and not for each row.
_WHOSE = "(SELECT nullif(current_setting('portal.customer', true), '')::integer)"


def hold(table: str, *, column: str = "customer_id", nullable: bool = False) -> tuple[str, ...]:
    """The statements by which a table is held; rows that are nobody's, where there are such, are everybody's.

    Not its owner: the release before this one serves as the owner, says nothing of whose rows it wants, and goes on.
    """
    nobodys = f" OR {column} IS NULL" if nullable else ""
    # As a CASE it tells the planner nothing. As two conditions it would be counted once more beside what wall one asks
    # for, and a list of thousands, planned as one of a few rows, would be sorted as a whole for its first page.
    theirs = f"CASE WHEN {_WHOSE} = {_ALL} THEN true ELSE {column} = {_WHOSE}{nobodys} END"
    return (
        f"CREATE POLICY of_customer ON {table} USING ({theirs})",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    )


def let_go(table: str) -> tuple[str, ...]:
    """The way back."""
    return (
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"DROP POLICY of_customer ON {table}",
    )


def does_not_hold(connection: Connection) -> str:
    """Why the wall does not hold who asks, in words for operators; nothing where it does."""
    open_to = "SELECT count(*) FROM pg_policy WHERE polname = 'of_customer' AND NOT row_security_active(polrelid)"
    if not connection.exec_driver_sql(open_to).scalar_one():
        return ""
    role, passes = connection.exec_driver_sql(
        "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).one()
    return f"{role} is set above row security" if passes else f"{role} owns the tables"


# What each connection has said in its transaction, and what it has to say before its next statement.


@dataclass
class _Said:
    wanted: str = _NOBODY
    said: str | None = _NOBODY
    """None where it may have been taken back."""


_said: WeakKeyDictionary[Any, _Said] = WeakKeyDictionary()


def _to_say(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]", query: object) -> str | None:
    """What PostgreSQL must be told with a statement, if anything; in doubt until it has answered."""
    state, status = _said.setdefault(connection, _Said()), connection.pgconn.transaction_status
    if status == TransactionStatus.IDLE:
        state.said = _NOBODY
    if status == TransactionStatus.INERROR or str(query).startswith("ROLLBACK TO"):
        state.said = None  # what was said since the savepoint is taken back with the rest
        return None
    if state.said == state.wanted:
        return None
    state.said = None
    return state.wanted


def _heard(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]", whose: str) -> None:
    _said[connection].said = whose


class HeldCursor(psycopg.Cursor[Any]):
    """Says whose rows a statement is about on the same way as the statement: no round trip more than without."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> "HeldCursor":
        """Run a statement."""
        whose = _to_say(self.connection, query)
        if whose is None:
            return super().execute(query, params, **how)
        with self.connection.pipeline():
            psycopg.Cursor(self.connection).execute(_SAY, [whose])
            super().execute(query, params, **how)
        _heard(self.connection, whose)
        return self

    def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
        """Run a statement for many rows."""
        whose = _to_say(self.connection, query)
        if whose is not None:
            psycopg.Cursor(self.connection).execute(_SAY, [whose])
            _heard(self.connection, whose)
        super().executemany(query, params_seq, **how)


class HeldAsyncCursor(psycopg.AsyncCursor[Any]):
    """The same for code on the event loop."""

    async def execute(self, query: Any, params: Any = None, **how: Any) -> "HeldAsyncCursor":
        """Run a statement."""
        whose = _to_say(self.connection, query)
        if whose is None:
            return await super().execute(query, params, **how)
        async with self.connection.pipeline():
            await psycopg.AsyncCursor(self.connection).execute(_SAY, [whose])
            await super().execute(query, params, **how)
        _heard(self.connection, whose)
        return self

    async def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
        """Run a statement for many rows."""
        whose = _to_say(self.connection, query)
        if whose is not None:
            await psycopg.AsyncCursor(self.connection).execute(_SAY, [whose])
            _heard(self.connection, whose)
        await super().executemany(query, params_seq, **how)


def cursor_factory(*, asynchronous: bool) -> dict[str, Any]:
    """How to connect so that the wall stands."""
    return {"cursor_factory": HeldAsyncCursor if asynchronous else HeldCursor}


def hold_rows(engine: Engine) -> None:
    """Let each statement on an engine say whose rows it is about."""
    event.listen(engine, "before_cursor_execute", _note_whose)
    event.listen(engine, "checkin", _give_back)


def of_session(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Note which session has a connection, until it is given back."""
    connection.info[_SESSION] = session


def _note_whose(connection: Connection, cursor: Any, statement: str, _values: Any, *_more: object) -> None:
    driver = connection.connection.driver_connection
    _said.setdefault(driver, _Said()).wanted = _whose(connection)
    if isinstance(cursor, psycopg.ServerCursor):  # its statement is sent in a way of its own
        whose = _to_say(cursor.connection, statement)
        if whose is not None:
            psycopg.Cursor(cursor.connection).execute(_SAY, [whose])
            _heard(cursor.connection, whose)


def _whose(connection: Connection) -> str:
    session = connection.info.get(_SESSION)
    if session is None:
        return _ALL if connection.get_execution_options().get("rows_of_everybody") else _NOBODY
    scope = held_to(session)
    if isinstance(scope, Scope):
        return str(scope.customer_id)
    return _ALL if scope is across_customers else _NOBODY


def _give_back(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info.pop(_SESSION, None)
