"""PostgreSQL: how it is reached, which errors mean that a connection is of no use, and a commit nobody confirmed.

Behind a balancer or a pooler a server that leads today follows tomorrow: its connections still answer, and refuse to
write. Which sessions there are is said in `models.core.database`.
"""

from contextlib import nullcontext, suppress
from typing import Any

from sqlalchemy import URL, Engine, event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.orm import Session

from models.core.deadline import deciding
from models.core.scope import is_read_only
from models.core.servers.row_security import of_session
from models.core.settings import Connections
from models.core.walls import has_written

_FOLLOWS, _ENDED, _OTHERWISE = "25006", {"57P01", "57P02", "57P03"}, "0A000"
"""SQLSTATE: this server only reads, for another one leads; it was told to end, has crashed, or does not serve yet;
what a prepared statement gives is of another type now, since the next release has changed the table."""
_PLANNING = "-c random_page_cost=1.1 -c plan_cache_mode=force_custom_plan"
"""On the disks of today a page anywhere is as near as the next one; PostgreSQL plans for older ones.

Else it reads all the keys of a customer of a hundred thousand to spare itself a few pages of their employees. And it
plans for the customer who asks: a plan that is kept, since it was good for some with few rows, would sort all rows of
whoever has many.
"""
_NOBODY_WAITS_LONGER = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
"""Where people wait for an answer; commands take the time that they need."""
_NOTICED = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that has died without a word is noticed within seconds, where the system's own defaults take two hours."""


class CommitUnknown(OperationalError):
    """The connection was lost while it committed: what was written is stored, or it is not.

    To those who only need to know that the database was not there it is such an error as any other.
    """


def arguments(url: URL, connections: Connections, *, for_people: bool) -> dict[str, Any]:
    """How to connect, as far as the address itself says nothing else."""
    ours: dict[str, Any] = {**_NOTICED, "application_name": "portal" if for_people else "portal-operations"}
    if (
        connections.through_pooler
    ):  # the next transaction may be on another connection, which knows no statement of ours
        ours["prepare_threshold"] = None
    else:
        ours["options"] = f"{_PLANNING} {_NOBODY_WAITS_LONGER}" if for_people else _PLANNING
    return {name: value for name, value in ours.items() if name not in url.query}


def watch(engine: Engine) -> None:
    """Let go of every connection whose server is gone or follows another, and call each such error by one name."""
    event.listen(engine, "handle_error", _lost)


def leads(connection: Connection) -> bool:
    """Whether the server takes what is written."""
    return not connection.scalar(select(func.pg_is_in_recovery()))


class Acknowledged(Session):
    """A session that knows whether its commit was confirmed, and can be closed when its connection is gone."""

    def commit(self) -> None:
        """Commit; raises CommitUnknown where the connection is lost after all was sent."""
        self.flush()
        written = has_written(self)
        try:
            with deciding() if written else nullcontext():
                super().commit()
        except DBAPIError as error:
            if written and error.connection_invalidated:
                raise CommitUnknown(
                    error.statement, None, error.orig or error, hide_parameters=True, connection_invalidated=True
                ) from error
            raise

    def close(self) -> None:
        """Give the connection back, or forget it.

        Where one only reads that is a commit: with a rollback psycopg forgets the statements that it has prepared.
        """
        try:
            if self.in_transaction() and self.is_active and is_read_only(self) and not has_written(self):
                with suppress(InvalidRequestError):  # the connection was lost
                    super().commit()
            super().close()
        except DBAPIError:
            self.invalidate()


event.listen(Acknowledged, "after_begin", of_session)


def _lost(context: ExceptionContext) -> None:
    state = getattr(context.original_exception, "sqlstate", None)
    if state in {_FOLLOWS, _OTHERWISE, *_ENDED}:
        context.is_disconnect = True
    if context.is_disconnect and not isinstance(context.sqlalchemy_exception, OperationalError):
        raise OperationalError(
            context.statement, None, context.original_exception, hide_parameters=True, connection_invalidated=True
        ) from context.original_exception
