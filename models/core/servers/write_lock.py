"""SQLite's one write lock: who wants to write waits for its turn, and meanwhile holds up nobody who only reads.

Which sessions write is said in `models.core.database`; on PostgreSQL, rows are waited for and none of this is needed.
"""

import asyncio
import random
import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import TimeoutError as TurnTimeout
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.util.concurrency import await_, in_greenlet

PATIENCE = 15.0
"""Seconds that a writer waits for its turn before it is refused."""

_PATIENCE = "write_patience"
_PAUSES = 0.005, 0.025
"""Seconds between two attempts: different ones, so that two processes do not meet again and again."""
ROOM = 2 * _PAUSES[1]
"""Seconds in which whoever waits in another process has asked at least once."""


class WriteLock:
    """The lock as one process sees it. On the event loop writers queue up here, and only the first asks the database.

    So the others need no connection while they wait, and are served in the order in which they came.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._turn = asyncio.Lock()
        self._until = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether somebody of this process has the turn."""
        return self._turn.locked()

    def wait(self) -> None:
        """Wait for the turn, inside the greenlet bridge; raises SQLAlchemy's TimeoutError."""
        until = time.monotonic() + self._patience
        await_(self._take())
        self._until = until

    async def _take(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            raise TurnTimeout("others write for too long") from None

    def give_back(self) -> None:
        """Let the next one have the turn."""
        self._turn.release()

    def begin(self, connection: Connection, *, usual_timeout: int) -> None:
        """Begin a transaction with the lock in hand; raises OperationalError where it cannot be had in time.

        SQLite would wait in its own code, which stops the whole event loop; so it is asked again and again instead.
        Nothing is held meanwhile, not even a snapshot of what others see.
        """
        driver: Any = connection.connection.driver_connection
        patience = connection.get_execution_options().get(_PATIENCE)
        until = time.monotonic() + (self._patience if patience is None else patience)
        if patience is None and in_greenlet():
            until = self._until
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            while time.monotonic() < until:
                if _begins(driver):
                    return
                pause(random.uniform(*_PAUSES))  # noqa: S311  # no secret
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # for the last time, and with the error for the caller
        finally:
            driver.execute(f"PRAGMA busy_timeout = {usual_timeout}")


def with_patience(engine: Engine, seconds: float) -> Engine:
    """The same connections, for writers who wait for another time; without any, they are tried once."""
    return engine.execution_options(**{_PATIENCE: seconds})


def _begins(driver: sqlite3.Connection) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:  # its extended codes, such as BUSY_SNAPSHOT, as well
            return False
        raise
    return True


def pause(seconds: float) -> None:
    """Wait, on the event loop without holding anybody up."""
    if in_greenlet():
        await_(asyncio.sleep(seconds))
    else:
        time.sleep(seconds)


class Writer(Session):
    """A session that has the turn from before it takes a connection until its transaction ends.

    In a thread there are no turns: who waits there holds nobody up.
    """

    def __init__(self, bind: Engine, lock: WriteLock) -> None:
        super().__init__(bind, expire_on_commit=False)
        self._writing, self._lock, self._has_turn = bind, lock, False

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """What the next statement goes to; asked for each, so also for the first of a transaction."""
        if not self._has_turn and self.bind is self._writing and in_greenlet():
            self._lock.wait()
            self._has_turn = True
        return super().get_bind(*args, **kwargs)

    def close(self) -> None:
        """End the transaction, if there is one, and the turn in any case."""
        try:
            super().close()
        finally:
            self.end_turn()

    def end_turn(self) -> None:
        """Let the next one write."""
        if self._has_turn:
            self._has_turn = False
            self._lock.give_back()


@event.listens_for(Writer, "after_transaction_end")
def _end_turn(session: Writer, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.end_turn()
