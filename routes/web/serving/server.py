"""One process that serves: uvicorn, started on sockets that are there already.

Several of them are looked after in `routes.web.serving.processes`.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.types import ASGIApp

_UNFINISHED = 20
"""Seconds that answers under way may take when the process is told to stop."""


class Server(uvicorn.Server):
    """uvicorn's server, which says when it serves, and stops when it is left alone."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        proxies: Sequence[str] = (),
        on_ready: Callable[[], None] | None = None,
        parent: int | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                timeout_graceful_shutdown=_UNFINISHED,
            )
        )
        self._on_ready, self._parent = on_ready, parent

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
        if self._parent is not None:
            asyncio.get_running_loop().add_reader(self._parent, self._is_left_alone)
        if self.started and self._on_ready:
            self._on_ready()

    def _is_left_alone(self) -> None:
        """The process that looks after this one has died, and can tell it nothing any more."""
        assert self._parent is not None
        asyncio.get_running_loop().remove_reader(self._parent)
        self.should_exit = True
