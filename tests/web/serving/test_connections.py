"""Connections that keep the portal waiting: each is ended in time, and never in the way of others; with each parser."""

import asyncio
import re
import resource
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from routes.web.http.limits import MOST_HEADERS, Limits
from routes.web.serving import connections
from routes.web.serving.parsers import IN_C, InPython
from routes.web.serving.server import Around, Server
from routes.web.serving.sockets import listen

PATIENCE = 30
MOST_KEPT = 2 * MOST_HEADERS
"""Headers of a request; as long as they are more than `limits` lets in, none is lost of a request that is answered."""
HOST = b"HTTP/1.1\r\nHost: 127.0.0.1\r\n"


class Served:
    """A server with an application of a few lines, in a thread."""

    def __init__(self, most: int, kind: type[connections.Watched]) -> None:
        self.left: list[str] = []
        self.free = threading.Event()
        self.connections: list[Any] = []
        sockets = listen("127.0.0.1", 0)
        self.port = sockets[0].getsockname()[1]
        ready = threading.Event()
        app = Starlette(routes=[Route(path, page, methods=["GET", "POST"]) for path, page in self.pages().items()])
        self.server = Server(Limits(app), Around(on_ready=ready.set, connections=most), self.noting(kind))
        self.thread = threading.Thread(target=self.server.serve_at, args=(sockets,))
        self.thread.start()
        assert ready.wait(PATIENCE)

    def pages(self) -> dict[str, Callable[[Request], Awaitable[Response]]]:
        async def page(request: Request) -> Response:
            try:
                count = len(await request.body())
                return PlainTextResponse(f"{request.headers.get('x-late', '')}{count} bytes")
            except ClientDisconnect:
                self.left.append("body")
                raise

        async def slow(_request: Request) -> Response:
            while not self.free.is_set():  # noqa: ASYNC110  # set in another thread
                await asyncio.sleep(0.05)
            return PlainTextResponse("at last")

        async def large(_request: Request) -> Response:
            return Response(bytes(50_000_000))

        return {"/page": page, "/slow": slow, "/large": large}

    def noting(self, kind: type[connections.Watched]) -> type[connections.Watched]:
        """Connections of this kind, each of which is kept to be looked at."""
        made = self.connections

        def connection_made(self: connections.Watched, transport: asyncio.BaseTransport) -> None:
            made.append(self)
            kind.connection_made(self, transport)

        return type("Noted", (kind,), {"connection_made": connection_made})

    def connect(self) -> socket.socket:
        """Connect, and say nothing."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, path: str) -> str:
        """One request on a connection of its own."""
        with self.connect() as wire:
            wire.sendall(b"GET " + path.encode() + b" " + HOST + b"Connection: close\r\n\r\n")
            return rest(wire)

    def close(self) -> None:
        """Stop it."""
        self.free.set()
        self.server.should_exit = True
        self.thread.join()


def rest(wire: socket.socket) -> str:
    """All that comes until the connection is closed."""
    with wire.makefile("rb") as answer:
        return answer.read().decode()


@pytest.fixture(params=[InPython, IN_C], ids=["python", "c"])
def served(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server that is soon impatient."""
    for name in ("HEAD", "BODY_SILENCE", "ANSWER"):
        monkeypatch.setattr(connections, name, 0.5)
    if request.param is None:
        pytest.skip("httptools is not installed")
    here = Served(16, request.param)
    here.server.config.timeout_keep_alive = 1
    yield here
    here.close()


@pytest.mark.rest  # it waits
def test_who_keeps_it_waiting_is_left(served: Served) -> None:
    with ExitStack() as open_ones:
        silent, half, again, body, answer = (open_ones.enter_context(served.connect()) for _ in range(5))
        half.sendall(b"GET /page HTT")
        again.sendall(b"GET /page " + HOST + b"\r\n")
        assert again.recv(1000).startswith(b"HTTP/1.1 200")
        again.sendall(b"GET /page " + HOST)  # and not the end of its head
        body.sendall(b"POST /page " + HOST + b"Content-Length: 10\r\n\r\n12345")
        answer.sendall(b"GET /large " + HOST + b"\r\n")
        began = time.monotonic()
        for wire in (silent, half, again, body):
            assert "HTTP/1.1 408 Request Timeout" in rest(wire)
        assert time.monotonic() - began < PATIENCE / 2
        until = time.monotonic() + PATIENCE
        while (served.server.server_state.connections or not served.left) and time.monotonic() < until:
            time.sleep(0.05)
        assert served.server.server_state.connections == set()
        assert served.left == ["body"], "the application is told"
    assert served.ask("/page").endswith("0 bytes")


def test_silent_connections_keep_nobody_out_and_busy_ones_say_so(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD", 60.0)
    with ExitStack() as open_ones:
        for _ in range(60):
            open_ones.enter_context(served.connect()).sendall(b"GET /page HTT")
            if _ % 20 == 0:
                assert served.ask("/page").endswith("0 bytes")
        busy = [open_ones.enter_context(served.connect()) for _ in range(16)]
        for wire in busy:
            wire.sendall(b"GET /slow " + HOST + b"Connection: close\r\n\r\n")
        until = time.monotonic() + PATIENCE
        while len(served.server.server_state.tasks) < 16 and time.monotonic() < until:
            time.sleep(0.02)
        with served.connect() as wire:
            assert rest(wire).startswith("HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\n")
        served.free.set()
        assert [rest(wire)[-7:] for wire in busy] == ["at last"] * 16


CHUNKED = b"POST /page " + HOST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.rest  # hundreds of connections
def test_what_is_too_much_or_nonsense_is_answered_alike(served: Served) -> None:
    for sent, answered in (
        (b"GET /page " + HOST + b"X-Long: " + b"a" * 70_000 + b"|" + b"a" * 70_000, r"HTTP/1.1 4(00|31) "),
        (b"GET /page " + HOST + b"Connection: close\r\n" + b"X: 1\r\n" * 5_000 + b"\r\n", "HTTP/1.1 431 "),
        (b"GET /page " + HOST + b"Connection: close\r\nX-Long: " + b"a" * 9_000 + b"\r\n\r\n", "HTTP/1.1 431 "),
        (b"GET /" + b"a" * 9_000 + b" " + HOST + b"Connection: close\r\n\r\n", "HTTP/1.1 414 "),
        (CHUNKED + b"1;" + b"a" * 9_000, r"HTTP/1.1 4(00|08) "),
        (CHUNKED + b"1\r\na\r\n0\r\nX-Late: seen\r\n\r\n", r"HTTP/1.1 200 [^~]*\r\n\r\n1 bytes$"),
        (CHUNKED + b"nonsense\r\n", "HTTP/1.1 400 "),
        (b"POST /page " + HOST + b"Content-Length: 0\r\n\r\nnonsense\r\n", r"HTTP/1.1 200 [^~]*\r\n\r\n0 bytes"),
        (b"GET /page " + HOST + b"Connection: upgrade\r\nUpgrade: other\r\n\r\n", "HTTP/1.1 200 "),
        (b"nonsense\r\n\r\n", "HTTP/1.1 400 "),
    ):
        with served.connect() as wire:
            for piece in sent.split(b"|"):
                wire.sendall(piece)
                time.sleep(0.02)  # so that it is mostly a segment of its own; what is tested does not depend on it
            assert re.match(answered, rest(wire)), sent[:100]


@pytest.mark.rest  # hundreds of requests
def test_many_requests_at_once_are_answered_in_turn_and_few_of_them_wait(served: Served) -> None:
    asked = [b"POST /page " + HOST + b"Content-Length: %d\r\n\r\n" % count + b"a" * count for count in range(300)]
    with served.connect() as wire:
        wire.sendall(b"GET /slow " + HOST + b"\r\n" + b"".join(asked))
        until = time.monotonic() + PATIENCE
        while not served.server.server_state.tasks and time.monotonic() < until:
            time.sleep(0.02)
        assert len(getattr(served.connections[-1], "pipeline", ())) <= 8
        served.free.set()
        sizes = [int(size) for size in re.findall(r"(\d+) bytes", rest(wire))]
    assert sizes == list(range(len(sizes)))
    with served.connect() as wire:
        wire.sendall(CHUNKED + b"0\r\n" + b"X: 1\r\n" * 5_000)
        assert re.match(r"HTTP/1.1 4(00|08) ", rest(wire)), "a trailer does not end"
        assert len(served.connections[-1].headers) <= MOST_KEPT, "nor is it kept"


def test_there_are_no_more_than_there_are_descriptors_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: given.append(limits))
    for limits, room, asked in (
        ((128, 128), 48, [(128, 128)]),
        ((1024, 4096), 1000, [(1080, 4096)]),
        ((256, resource.RLIM_INFINITY), 1000, [(1080, resource.RLIM_INFINITY)]),
        ((20_000, 20_000), 1000, []),
        ((resource.RLIM_INFINITY,) * 2, 1000, []),
    ):
        given.clear()
        monkeypatch.setattr(resource, "getrlimit", lambda _which, limits=limits: limits)
        assert (connections.room_for(1000), given) == (room, asked)
