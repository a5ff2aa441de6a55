"""Statements that take long are logged: as they are written in the code, never with what is asked for.

For how long one may take is a setting; how a line is written is in `models.core.logs`.
"""

import logging
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from models.core.logs import route_of_now

log = logging.getLogger("portal.database")

_BEGAN = "statement_began"
_LONGEST = 2000
"""Letters of a statement; the rest says little more."""


def log_slow(engine: Engine, milliseconds: int) -> None:
    """Log each statement that takes so long or longer, with the route that asked for it."""

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_rest: Any) -> None:
        connection.info[_BEGAN] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        took = (time.perf_counter() - connection.info.pop(_BEGAN)) * 1000
        if took >= milliseconds:
            told = {"ms": round(took, 1), "path": route_of_now(), "statement": " ".join(statement.split())[:_LONGEST]}
            log.warning("slow statement", extra=told)
