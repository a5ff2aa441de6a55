"""Who is in front of the portal: proxies that are named are believed when they say for whom they ask, nobody else is.

It is remembered what requests showed of them, so that a wrong setting is found before it harms. What becomes of that is
decided where the portal is put together.
"""

from collections.abc import Collection
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


class Seen:
    """What requests showed of proxies since it was last asked for."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def note(self, what: str, told: str = "") -> None:
        """`forwarded` or `unforwarded`, as one that is named says for whom it asks or not, or `unnamed`, and where."""
        self._told[what] = told

    def take(self) -> dict[str, str]:
        """What was seen, each with what is to be told of it; from now on it counts anew."""
        told, self._told = self._told, {}
        return told


class Proxies:
    """Lets the portal see for whom a proxy asks, if it is one of those that are named, and notes what was seen.

    Requests for `unwatched` paths, such as those that only ask whether the process lives, come from anybody and show
    nothing. Nor may anybody else number requests: a number that somebody chose would stand in the log.
    """

    def __init__(self, app: ASGIApp, named: Collection[str], unwatched: Collection[str], seen: Seen) -> None:
        self._believing = ProxyHeadersMiddleware(app, list(named))  # type: ignore[arg-type]  # two names for the same
        self._unwatched, self._seen = frozenset(unwatched), seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look from whom a request comes, and go on."""
        if scope["type"] == "http" and scope.get("client") and scope.get("path") not in self._unwatched:
            says_for_whom = any(name == b"x-forwarded-for" for name, _ in scope["headers"])
            self._look(scope["client"][0], says_for_whom=says_for_whom)
        if scope["type"] == "http" and (scope.get("client") or ("",))[0] not in self._believing.trusted_hosts:
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        await self._believing(scope, receive, send)  # type: ignore[arg-type]

    def _look(self, peer: str, *, says_for_whom: bool) -> None:
        if peer in self._believing.trusted_hosts:
            self._seen.note("forwarded" if says_for_whom else "unforwarded")
        elif says_for_whom:
            self._seen.note("unnamed", _told(peer))


def _told(peer: str) -> str:
    """An address of a network of one's own is a machine's; any other may be a person's, and is not kept."""
    try:
        return peer if ip_address(peer).is_private else "a public address"
    except ValueError:
        return "an unknown address"
