"""A second application on a port of its own, which nobody reaches by the first one's, whatever a request says.

Which sockets there are is in `sockets`.
"""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Ports:
    """Decides by the port that a connection came in at."""

    app: ASGIApp
    port: int
    beside: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to whom it belongs."""
        local = scope.get("server")
        is_beside = scope["type"] == "http" and local is not None and local[1] == self.port
        await (self.beside if is_beside else self.app)(scope, receive, send)
