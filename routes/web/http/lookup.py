"""Which lines of the map an address is held against: those that begin as it does, not all of them.

Which of these answers it, is Starlette's to say; what a line is, is in `routes.web.lines`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.routing import BaseRoute, Route, Router
from starlette.types import Lifespan, Receive, Scope, Send


class Lookup(Router):
    """All lines in the order of the map; an address is shown only those with its first segment, in the same order."""

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Lifespan[Any]) -> None:
        super().__init__(routes, redirect_slashes=False, lifespan=lifespan)
        self._found: dict[str, Router] = {}
        self._made_of = 0

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one of the lines answer."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        if self._made_of != len(self.routes):  # at the first request, or once lines were added
            self._look_up()
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        found = self._found.get(_first_segment(path), self._found[_ANY])
        await found.app(scope, receive, send)

    def _look_up(self) -> None:
        begins = [_first_segment(route.path) if isinstance(route, Route) else _ANY for route in self.routes]
        lines = partial(zip, begins, self.routes, strict=True)
        self._found = {
            name: Router([route for begin, route in lines() if begin in {name, _ANY}], redirect_slashes=False)
            for name in {*begins, _ANY}
        }
        self._made_of = len(self.routes)


_ANY = "{}"
"""The segment of lines that begin with a parameter; no line has it as a name."""


def _first_segment(path: str) -> str:
    first = path[1:].partition("/")[0]
    return _ANY if "{" in first else first
