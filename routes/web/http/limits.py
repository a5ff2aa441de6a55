"""The first check of every request, before anything reads it: how long its address and its headers are.

How much a body may weigh is in `body`; what a field may hold, in `routes.web.fields`.
"""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LONGEST_HEADER = 8 * 1024
"""Bytes of one header with its name; all browsers' headers together are shorter."""
LONGEST_HEADERS = 32 * 1024
"""Bytes of all of them."""
MOST_HEADERS = 100
LONGEST_QUERY = 8 * 1024
LONGEST_PATH = 2 * 1024

_ADDRESS = "Adressen er for lang. Gå tilbake, og gjør det du søker etter, kortere."
_HEADERS = "Nettleseren sendte for mye. Slett informasjonskapslene for portalen, og prøv igjen."


class Limits:
    """Refuses what is longer than any browser of ours sends: what parses it may take the square of its length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 414 or 431 without reading any further."""
        if scope["type"] == "http" and (refusal := _refusal(scope)):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if len(scope["query_string"]) > LONGEST_QUERY or len(scope.get("raw_path") or scope["path"]) > LONGEST_PATH:
        return PlainTextResponse(_ADDRESS, 414)
    lengths = [len(name) + len(value) for name, value in scope["headers"]]
    if len(lengths) > MOST_HEADERS or sum(lengths) > LONGEST_HEADERS or max(lengths, default=0) > LONGEST_HEADER:
        return PlainTextResponse(_HEADERS, 431)
    return None
