"""Each connection: how long it may keep us waiting, and how many there may be at once.

What parses a request is in `parsers`; what one may hold, in `routes.web.http`; how the process stops, in `server`.
"""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

HEAD = 10.0
"""Seconds for the head of a request, from the first connection, or from its first byte."""
BODY_SILENCE = 20.0
"""Seconds between two pieces of a body,"""
BODY_START, BODY_RATE = 30.0, 1000.0
"""and for all of it so many seconds, and one more for so many bytes that have come."""
ANSWER = 60.0
"""Seconds for which whoever asked may take nothing of the answer."""
ACCEPTED_AT_ONCE = 16
_OURS = 64
"""Descriptors for what is no connection: the database, files, the log."""

_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

ENDED: Counter[str] = Counter()
"""How many connections of this process the portal has ended, and why, since that was last told."""


def room_for(wanted: int) -> int:
    """How many connections there can be, of so many: as far as the process may have descriptors, which it asks for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + ACCEPTED_AT_ONCE + _OURS
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    may = needed if soft == resource.RLIM_INFINITY else soft
    return max(min(wanted, may - ACCEPTED_AT_ONCE - _OURS), ACCEPTED_AT_ONCE)


class Watched(asyncio.Protocol):
    """What is added to each of uvicorn's protocols, which call `has_come` for what they read.

    Between two requests nothing is owed to anybody: where the house is full, whoever has been so for longest leaves,
    so that half a thousand silent connections keep nobody out.
    """

    most: ClassVar[int]
    connections: set[Any]
    cycle: Any
    flow: Any
    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.between_since: float = time.monotonic()
        self._head_since: float | None = self.between_since
        self._blocked_since: float | None = None
        self._reading: object = None
        self._began = self._heard = 0.0
        self._bytes = 0
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        if self.is_between:
            self._head_since = self._head_since or time.monotonic()
        super().data_received(data)
        if not self.is_between:
            self._head_since = None

    def has_come(self, count: int) -> None:
        """So many bytes of a body have come."""
        self._heard, self._bytes = time.monotonic(), self._bytes + count

    def on_response_complete(self) -> None:
        """Uvicorn's own notice of an answer that has been sent."""
        self.between_since = time.monotonic()
        super().on_response_complete()  # type: ignore[misc]  # of uvicorn's protocols

    def pause_writing(self) -> None:
        self._blocked_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._blocked_since = None
        super().resume_writing()

    @property
    def is_between(self) -> bool:
        """Whether no request is under way: none has come yet, or the last one is answered."""
        return self.cycle is None or self.cycle.response_complete

    def is_overdue(self, now: float) -> str:
        """What has been waited for too long; nothing where all is well."""
        if self._blocked_since is not None and now - self._blocked_since > ANSWER:
            return "answer"
        if self.is_between:
            return "head" if self._head_since is not None and now - self._head_since > HEAD else ""
        return "body" if self._body_is_overdue(now) else ""

    def _body_is_overdue(self, now: float) -> bool:
        if not self.cycle.more_body:
            return False
        if self._reading is not self.cycle or self.flow.read_paused:  # it has just begun, or waits for us
            self._reading, self._began, self._heard, self._bytes = self.cycle, now, now, 0
        return now - self._heard > BODY_SILENCE or now - self._began > BODY_START + self._bytes / BODY_RATE

    def end(self, why: str) -> None:
        """Close it, with a word where one is owed."""
        ENDED[why] += 1
        self.connections.discard(self)
        if why == "answer":
            self.transport.abort()
            return
        if why == "full":
            self.transport.write(_FULL)
        elif not self.is_between or self._head_since is not None:
            self.transport.write(_TOO_LATE)
        self.transport.close()

    def _make_room(self) -> None:
        waiting = [each for each in self.connections if each is not self and each.is_between]
        if waiting:
            min(waiting, key=lambda each: each.between_since).end("room")
        else:
            self.end("full")


def end_overdue(connections: Iterable[Watched]) -> None:
    """Look through all of them."""
    now = time.monotonic()
    for each in list(connections):
        if why := each.is_overdue(now):
            each.end(why)
