"""A number for each request, which its answer and each of its lines in the log have: so that one finds the other.

Who is believed when a request comes with one already is decided in `routes.web.serving.proxies`.
"""

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.core.logs import request_is

HEADER = "x-request-id"
_USUAL = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
"""As nginx and others make them, and as we do: 128 bits at random, which say nothing of anybody."""


class RequestId:
    """Gives each request its number, on the way in, and its answer, on the way out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its number."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        theirs = Headers(scope=scope).get(HEADER, "")
        id = theirs if _USUAL.fullmatch(theirs) else secrets.token_hex(16)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = id
            await send(message)

        with request_is(id):
            await self._app(scope, receive, send_with_id)
