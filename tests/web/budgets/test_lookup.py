"""Which line of the map answers an address: the one that would if all of them were gone through."""

import asyncio
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from starlette.exceptions import HTTPException
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from routes import CALLS, MAP
from routes.web.http.lookup import Lookup

ODD = {
    "/",
    "",
    "*",
    "//",
    "/nowhere",
    "/orders/",
    "/Orders",
    "/orders/x",
    "//orders",
    "/static/",
    "/orders/1/2/3",
    "/{}",
}


class Told:
    """Answers with the line that led to it."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Tell it."""
        scope["told"] = (scope["route"].path, scope["route"].methods, scope["path_params"])


def answered(lines: Router, method: str, paths: Iterable[str]) -> dict[str, object]:
    """What somebody gets who asks for these addresses."""

    async def ask(path: str) -> object:
        scope = {"type": "http", "path": path, "method": method, "root_path": "", "app": None}
        try:
            await lines.app(scope, None, None)  # type: ignore[arg-type]  # nothing is sent
        except HTTPException as refused:
            return refused.status_code, {*(refused.headers or {}).get("Allow", "").split(", ")}
        return scope["told"]

    async def ask_all() -> dict[str, object]:
        return {path: await ask(path) for path in paths}

    with ThreadPoolExecutor(1) as apart:  # on this thread a browser may have a loop
        return apart.submit(asyncio.run, ask_all()).result()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_an_address_finds_the_line_that_it_would_find_in_the_whole_map(method: str) -> None:
    routes = [Route(line.path, Told(), methods=[line.method]) for line in MAP]
    routes += [Route(call.path, Told(), methods=[call.method]) for call in CALLS]
    routes += [Route("/{any}", Told(), methods=["GET"]), Route("/static/{file:path}", Told(), methods=["GET"])]
    lines, whole = Lookup(routes, lifespan=lambda _: nullcontext()), Router(routes, redirect_slashes=False)
    paths = {re.sub(r"{\w+(:\w+)?}", "7", route.path) for route in routes} | ODD
    assert answered(lines, method, paths) == answered(whole, method, paths)
    later = "/added/later"
    lines.routes.append(Route(later, Told(), methods=["GET"]))
    assert answered(lines, "GET", [later]) == {later: (later, {"GET", "HEAD"}, {})}
