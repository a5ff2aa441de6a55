"""A replica: a server of PostgreSQL that follows the one that leads, and tells what was true some seconds ago.

What it may be asked is said in the map; how any server is reached, in `models.core.servers.postgresql`.
"""

import time
from collections import deque
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from models.core.scope import Scope, bind
from models.core.servers.postgresql import Acknowledged

OLDEST = 3.0
"""Seconds that what a replica tells may be old while the leader answers."""
_HEARD_EVERY = 1.0
_TRUSTED = 600.0
"""Seconds for which a replica is believed that has all which the leader was last heard to have written.

Longer, and whoever was signed out elsewhere since could still come in here.
"""
_REST = 2.0
"""Seconds between two attempts to reach a leader that is away; all others ask the replica meanwhile."""
NOWHERE = 1 << 62
"""A position that no server has reached: where it is not known what was written."""

_NEEDED, _PLACE = "replica_has", "replayed"
_FROM_START = "pg_wal_lsn_diff({}, '0/0')::bigint"
_WRITTEN = text(f"SELECT CASE WHEN NOT pg_is_in_recovery() THEN {_FROM_START.format('pg_current_wal_lsn()')} END")
_REPLAYED = text(
    f"SELECT CASE WHEN pg_is_in_recovery() THEN {_FROM_START.format('pg_last_wal_replay_lsn()')}"
    f" ELSE {_FROM_START.format('pg_current_wal_lsn()')} END"
)


class Behind(Exception):
    """The replica does not have yet what must be seen, or cannot be asked."""


class Replica:
    """What one process knows of the leader's progress, and sessions on a replica that has come as far."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine.execution_options(postgresql_readonly=True)
        self._heard: deque[tuple[float, int]] = deque(maxlen=8)
        self._away_until: float | None = None

    def hear(self, leader: Connection) -> bool:
        """Ask the leader how far it has written, unless that was done just now; False where it does not lead."""
        now = time.monotonic()
        if not self._heard or now - self._heard[-1][0] >= _HEARD_EVERY:
            written = written_by(leader)
            if written is None:
                return False
            self._heard.append((now, written))
        self._away_until = None
        return True

    def is_led_by(self, db: Session) -> bool:
        """The same of the server that a session is on."""
        return self.hear(db.connection())

    def leader_is_away(self) -> None:
        """Note that it did not answer."""
        self._away_until = time.monotonic() + _REST

    def may_ask_leader(self) -> bool:
        """Whether this visit goes to the leader first: where that is away, one does now and then, to see."""
        now = time.monotonic()
        if self._away_until is not None and now < self._away_until:
            return False
        if self._away_until is not None:
            self._away_until = now + _REST
        return True

    def session(self, scope: Scope | None, own: int) -> Session:
        """A session that only reads, and sees what `own` says, and what the leader had some seconds ago.

        Raises Behind.
        """
        return self._session(scope, max(own, self._needed(OLDEST)))

    def session_alone(self, own: int) -> Session:
        """The same where the leader is away: it sees all that the leader was heard to have; raises Behind."""
        return self._session(None, max(own, self._needed(_TRUSTED, newest=True)))

    def beside(self, other: Session, scope: Scope | None) -> Session:
        """Another session that sees what `other` does, which is one of these; raises Behind."""
        return self._session(scope, other.info[_NEEDED])

    def _needed(self, seconds: float, *, newest: bool = False) -> int:
        since = time.monotonic() - seconds
        found = [written for when, written in self._heard if when >= since]
        if not found:
            raise Behind
        return found[-1] if newest else found[0]

    def _session(self, scope: Scope | None, needed: int) -> Session:
        session: Session = Acknowledged(self.engine, expire_on_commit=False)
        bind(session, scope, read_only=True)
        session.info[_NEEDED] = needed
        for _attempt in range(2):  # of a server that is gone, connections are kept until one of them is used
            try:
                if _place_of(session.connection(), needed) >= needed:
                    return session
                break
            except (OperationalError, PoolTimeout):
                session.rollback()
        session.close()
        raise Behind


def reads_from_replica(session: Session) -> bool:
    """Whether it is one of a replica's."""
    return _NEEDED in session.info


def written_by(leader: Connection) -> int | None:
    """How far the leader has written; None where the server does not lead."""
    found: int | None = leader.scalar(_WRITTEN)
    return found


def _place_of(connection: Connection, needed: int) -> int:
    """How far the server of a connection has come, asked anew where that was not far enough before."""
    known: dict[Any, Any] = connection.info
    if known.get(_PLACE, -1) < needed:
        known[_PLACE] = connection.scalar(_REPLAYED) or 0
    return int(known[_PLACE])
