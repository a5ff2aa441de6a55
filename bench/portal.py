"""The portal as it is measured: the real application and a few lines more, in a process of its own.

python -m bench.portal   serves on a free port of the loopback, and prints the port
"""

import os
import resource
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app import create_app
from models.core.logs import configure_logs
from routes.web import search
from routes.web.answers import page
from routes.web.http.asked import Asked
from routes.web.visit import Visit

TEMPLATE_ONLY = "/bench/template-only"
BYTES = "/bench/bytes"
"""What the list was last, sent by Starlette alone."""
NOTHING = "/healthz"
PROCESS = "/bench/process"


class TemplateOnly:
    """The list of orders as it was answered before, drawn anew: no session is looked up and no order found.

    What it keeps is what the list gave to `page`, once for the whole document and once for the part.
    """

    def __init__(self) -> None:
        self._kept: dict[bool, tuple[Visit, str, dict[str, Any]]] = {}
        self.last = b""
        """The whole document, as it was drawn last."""
        vars(search)["page"] = self._keep

    def _keep(self, visit: Visit, place: str, **answer: Any) -> Response:
        self._kept[visit.asked.partial] = (visit, place, answer)
        if len(self._kept) == 2:
            vars(search)["page"] = page
        return page(visit, place, **answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        request = Request(scope, receive)
        asked = Asked.by(request)
        before, place, answer = self._kept[asked.partial]
        visit = replace(before, request=request, asked=asked, now=before.portal.clock.now())
        response = page(visit, place, **answer)
        self.last = bytes(response.body)
        await response(scope, receive, send)


class BytesOnly:
    """The list of orders as it was drawn last by a `TemplateOnly`, as bytes in hand."""

    def __init__(self, drawn: TemplateOnly) -> None:
        self._drawn = drawn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await Response(self._drawn.last, media_type="text/html")(scope, receive, send)


def process(_request: Request) -> Response:
    """What this process holds, in bytes, and the processor time that it has used, in seconds."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        held = int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    else:  # macOS, which tells the peak, in bytes
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return JSONResponse({"id": os.getpid(), "held": held, "used": time.process_time()})


def create() -> Starlette:
    """The portal, without the postman."""
    app = create_app(with_postman=False)
    drawn = TemplateOnly()
    app.router.routes += [
        Route(TEMPLATE_ONLY, drawn, methods=["GET"]),
        Route(BYTES, BytesOnly(drawn), methods=["GET"]),
        Route(PROCESS, process),
    ]
    return app


def main() -> None:
    """Serve as `python app.py serve` does, until the process is told to stop."""
    configure_logs("text")
    # Named as TCP, for only then asyncio switches Nagle's algorithm off, as it does where it binds by itself.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # who reads the port may ask at once
    config = uvicorn.Config(create(), log_config=None, access_log=False, server_header=False)
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
