"""One process that serves: uvicorn, started on sockets that are there already, and stopped so that nobody notices.

Several of them are looked after in `routes.web.serving.processes`.
"""

import asyncio
import logging
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from routes.web.serving.connections import ACCEPTED_AT_ONCE, ENDED, Watched, end_overdue, room_for
from routes.web.serving.parsers import FASTEST, at_most
from routes.web.serving.ports import Ports
from routes.web.serving.proxies import Proxies, Seen
from routes.web.serving.sockets import BACKLOG, close, take_no_more

log = logging.getLogger("portal.server")

_UNFINISHED = 20
"""Seconds that answers under way may take when the process is told to stop."""
_COMING = 0.2
"""Seconds in which those who knock already are connected."""
_SILENT = 10.0
"""Seconds that those who are connected may keep silent, once nobody else can come."""
LONGEST_STOP = _COMING + _SILENT + _UNFINISHED + 70
"""Seconds after the grace in which a process has ended; the postman may have a message in hand for a minute."""
_TICK = 0.1
_TELL = 10.0
"""Seconds between two lines about connections that were ended."""
_CLOSE = (b"connection", b"close")


def _nothing(*_told: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Around:
    """What a server tells those around it, and what it is told."""

    grace: float = 0.0
    """Seconds that it goes on serving after it was told to stop, so that whoever sends requests can see it."""
    on_ready: Callable[[], None] = _nothing
    on_leaving: Callable[[], None] = _nothing
    parent: int | None = None
    """A descriptor that ends with the process which looks after this one."""
    connections: int = 1000
    """So many at once."""
    proxies: tuple[str, ...] = ()
    """The addresses of proxies, which are believed when they say for whom they ask."""
    unwatched: tuple[str, ...] = ()
    """The paths at which nothing is learned of them."""
    seen: Seen = field(default_factory=Seen)
    """What was."""
    beside: tuple[int, ASGIApp] | None = None
    """Another application, and the port that is its own."""
    on_second: Callable[[int], None] = _nothing
    """Told each second how many connections there are."""


class Server(uvicorn.Server):
    """uvicorn's server, which says when it serves, and stops in steps.

    Told to stop by SIGTERM it goes on for a while, no more ready and closing each connection with its answer; then
    nobody can come any more, who is there is answered, and it ends. SIGINT, which somebody waits for, only
    finishes what is under way; a further signal cuts a step short.
    """

    def __init__(self, app: ASGIApp, around: Around, kind: type[Watched] = FASTEST) -> None:
        served: ASGIApp = Proxies(app, around.proxies, around.unwatched, around.seen)
        if around.beside:
            port, other = around.beside
            served = Ports(served, port, other)
        super().__init__(
            uvicorn.Config(
                served,
                http=at_most(room_for(around.connections), kind),
                ws="none",
                backlog=ACCEPTED_AT_ONCE,
                proxy_headers=False,  # `proxies` sees to them
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_UNFINISHED,
            )
        )
        self._around = around
        self._told: list[int] = []
        self._told_of_ended = 0.0

    def serve_at(self, sockets: Sequence[socket.socket]) -> bool:
        """Serve until the process is told to stop; False where it could not begin, which the log explains."""
        try:
            self.run(list(sockets))
        except SystemExit:  # so uvicorn says that the application could not be started
            return False
        return self.started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        for each in sockets or []:
            each.listen(BACKLOG)  # the kernel may keep more than are accepted at one stroke
        if self._around.parent is not None:
            asyncio.get_running_loop().add_reader(self._around.parent, self._is_left_alone)
        if self.started:
            self._around.on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections, and say of now and then which of them were ended."""
        if counter % 10 == 0:
            end_overdue(self.server_state.connections)  # type: ignore[arg-type]  # they are ours
            self._around.on_second(len(self.server_state.connections))
            if ENDED and time.monotonic() - self._told_of_ended > _TELL:
                log.warning("connections ended", extra=dict(ENDED))
                ENDED.clear()
                self._told_of_ended = time.monotonic()
        return await super().on_tick(counter)

    def _is_left_alone(self) -> None:
        """The process that looks after this one has died, and can tell it nothing any more."""
        assert self._around.parent is not None
        asyncio.get_running_loop().remove_reader(self._around.parent)
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note what the process is told."""
        self._told.append(sig)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop in steps, each of which a further signal cuts short."""
        log.info("stopping", extra={"grace": self._around.grace})
        self._around.on_leaving()
        self.config.encoded_headers.append(_CLOSE)
        self.server_state.default_headers.append(_CLOSE)  # this very list is what requests under way will send
        in_a_hurry = signal.SIGINT in self._told
        if not in_a_hurry:
            await self._go_on(self._around.grace)
        await self._accept_the_last(sockets or [])
        for server in self.servers:
            server.close()
        close(sockets or [])
        if not in_a_hurry:
            await self._go_on(_SILENT, while_there=True)
        await super().shutdown(sockets)

    async def _accept_the_last(self, sockets: Sequence[socket.socket]) -> None:
        """Let nobody come any more, but in whoever has."""
        with suppress(OSError):  # not every system knows how
            for each in sockets:
                take_no_more(each)
        await self._go_on(_COMING)
        for _ in range(int(_SILENT / _TICK)):
            waiting, _, _ = select.select(sockets, [], [], 0)
            await asyncio.sleep(_TICK)  # also those who were accepted last are being attended to afterwards
            if not waiting:
                return

    async def _go_on(self, seconds: float, *, while_there: bool = False) -> None:
        """Serve for some seconds, or as long as anybody is connected."""
        until, told = time.monotonic() + seconds, len(self._told)
        while time.monotonic() < until and len(self._told) == told:
            if while_there and not self.server_state.connections:
                return
            await self.on_tick(0)  # the time of day in answers
            await asyncio.sleep(_TICK)
