"""Counts each request by the pattern of its route, and for how long whoever asked waited for the answer to begin.

Where the counts are kept is in `tally`.
"""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from routes.web.serving.tally import OTHER, UNKNOWN, Gauge, Tally


class Counting:
    """Stands around everything that answers."""

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self._app, self._tally = app, tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it once its answer begins; who leaves before that is not counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, counted = time.perf_counter(), False

        def count(status: int) -> None:
            nonlocal counted
            counted = True
            self._tally.answered(_route(scope), status, time.perf_counter() - began)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        self._tally.add(Gauge.UNDER_WAY, 1)
        try:
            await self._app(scope, receive, send_counted)
        except Exception:
            if not counted:
                count(500)  # so it is answered around here
            raise
        finally:
            self._tally.add(Gauge.UNDER_WAY, -1)


def _route(scope: Scope) -> tuple[str, str]:
    """A method and a pattern as the map has them; HEAD is counted as GET."""
    pattern = getattr(scope.get("route"), "path", None)
    if pattern is None:
        return UNKNOWN
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return (method if method in {"GET", "POST"} else OTHER, pattern)
