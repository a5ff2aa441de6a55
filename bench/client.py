"""The load: a small HTTP/1.1 client over raw sockets, so that it is not what is measured.

python -m bench.client   reads a Load as JSON from standard input, and prints the seconds that each request took

It runs in a process of its own and imports nothing of the portal.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Load:
    """So many requests for one path, over some connections that are kept open."""

    port: int
    path: str
    headers: dict[str, str]
    requests: int
    connections: int = 8


@dataclass(slots=True)
class Taken:
    """How long a load took, in seconds: all of it, and each request."""

    whole: float = 0.0
    each: list[float] = field(default_factory=list)


class Refused(Exception):
    """An answer was something else than 200 with a length."""


def request_bytes(path: str, headers: dict[str, str]) -> bytes:
    """A GET request as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def length_of(head: bytes) -> int:
    """How many bytes of body follow a head; raises Refused."""
    status, _, headers = head.partition(b"\r\n")
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    if b" 304 " in status:
        return 0
    raise Refused(status.decode(errors="replace"))


class _Connection(asyncio.Protocol):
    """Asks again as soon as it has been answered, until nothing is left to ask."""

    def __init__(self, request: bytes, left: list[int], taken: Taken) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = request
        self._left = left
        self._taken = taken
        self._asked_at = 0.0
        self._received = bytearray()
        self._expected = 0
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        if not self._left[0]:
            self._transport.close()
            self.done.set_result(None)
            return
        self._left[0] -= 1
        self._asked_at = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._expected:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._received[:end])
            if not head.startswith(b"HTTP/1.1 200 "):
                self.done.set_exception(Refused(head.partition(b"\r\n")[0].decode(errors="replace")))
                self._transport.close()
                return
            self._expected = end + 4 + length_of(head)
        if len(self._received) >= self._expected:
            self._taken.each.append(time.perf_counter() - self._asked_at)
            self._received.clear()
            self._expected = 0
            self._ask()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem or Refused("the connection was closed"))


async def _carry_out(load: Load) -> Taken:
    taken, left = Taken(), [load.requests]
    request = request_bytes(load.path, load.headers)
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    made = [
        await loop.create_connection(lambda: _Connection(request, left, taken), "127.0.0.1", load.port)
        for _ in range(load.connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in made))
    taken.whole = time.perf_counter() - started
    return taken


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_carry_out(Load(**json.load(sys.stdin)))))))
