"""The list of orders of the portal and of its peers, on the same 200 000 rows in SQLite, in turns.

python -m bench peers [--rounds 3] [--seconds 4] [--only NAME …]

Each peer has an environment of its own under var/bench, made at the first run with the versions below, and one
process. Requests per second are of the clock; the ratios are of the processor time that a request costs the server,
which busy neighbours disturb less. On a quiet machine they are the same.
"""

import argparse
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from bench.databases import OTHERS, Filled, filled_with
from bench.peers.running import Peer, processor_seconds, running
from bench.portal import BYTES, NOTHING, TEMPLATE_ONLY
from bench.server import serving
from bench.table import BROKEN, Figure, show

ORDERS = 200_000
LIST = "/orders"
CONNECTIONS = 8
_IDLE = 0.02
"""Seconds of processor time in ten times as long that are no work."""
BUDGETS = {"Django admin": 10, "sqladmin": 10, "Datasette": 15, "a plain Django view": 4}
"""How many times as often as each the portal's list is answered."""
_DJANGO = ("django==5.2.*", "gunicorn==23.*")
PEERS = (
    Peer("Django admin", "django", _DJANGO, "/admin/records/order/"),
    Peer(
        "sqladmin", "sqladmin", ("sqladmin==0.*", "uvicorn[standard]", "sqlalchemy[asyncio]==2.*"), "/admin/order/list"
    ),
    Peer("Datasette", "datasette", ("datasette==0.65.*",), "/peer/orders?_size=25"),
    Peer("a plain Django view", "django", _DJANGO, "/orders"),
)


@dataclass
class Line:
    """Somebody who answers, and how it went in each round."""

    name: str
    port: int
    pid: int
    path: str
    headers: dict[str, str]
    per_second: list[float] = field(default_factory=list)
    """By the clock,"""
    cost: list[float] = field(default_factory=list)
    """and milliseconds of processor time of each request."""
    size: int = 0

    def warm(self) -> None:
        """Once alone, to see how much it sends, and a second that is not counted."""
        asked = Request(f"http://127.0.0.1:{self.port}{self.path}", headers=self.headers)  # ours
        with urlopen(asked) as answer:  # noqa: S310
            self.size = len(answer.read())
        _load(self.port, self.path, self.headers, 1)

    def take(self, seconds: float) -> None:
        """One turn: twice as long where not even the first answer came, since it works on for those who left."""
        self._come_to_rest()
        before, began = processor_seconds(self.pid), time.perf_counter()
        requests = _load(self.port, self.path, self.headers, seconds)
        if not requests:
            return self.take(2 * seconds)
        self.per_second.append(requests / (time.perf_counter() - began))
        self._come_to_rest()
        begun = requests + CONNECTIONS  # one a connection is not waited for at the end
        self.cost.append(1000 * (processor_seconds(self.pid) - before) / begun)
        return None

    def _come_to_rest(self) -> None:
        """Wait until it works no more: what nobody waits for is a cost, too, but not the next turn's."""
        before = -1.0
        while (used := processor_seconds(self.pid)) > before + _IDLE:
            before = used
            time.sleep(_IDLE * 10)


def main(words: list[str]) -> int:
    """Carry it out, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench peers", description="Measures the portal beside its peers.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", nargs="*", help="names of peers")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="peers-") as name, ExitStack() as afterwards:
        lines = [*_lines(afterwards, Path(name), asked.only)]
        for line in lines:
            line.warm()
        for _ in range(asked.rounds):
            for line in lines:
                line.take(asked.seconds)
    _show_lines(lines)
    figures = list(_figures(lines))
    show(figures)
    return 1 if any(figure.verdict == BROKEN for figure in figures) else 0


def _lines(afterwards: ExitStack, folder: Path, only: list[str] | None) -> Iterator[Line]:
    """The portal, what it is held against of itself, and its peers, all of them running."""
    yield from _ours(afterwards, filled_with(f"sqlite:///{folder / 'peer.db'}", ORDERS), folder)
    for peer in PEERS:
        if not only or peer.name in only:
            port, pid, headers = afterwards.enter_context(running(peer, folder))
            yield Line(peer.name, port, pid, peer.path, headers)


def _ours(afterwards: ExitStack, filled: Filled, folder: Path) -> Iterator[Line]:
    server = afterwards.enter_context(serving(filled, folder))
    # What a browser sends but for the compression, which none of the others has.
    headers = server.signed_in(OTHERS) | {"Accept-Encoding": "identity"}
    server.get(LIST, headers)
    pid = server.process().id
    for name, path in (
        ("the portal", LIST),
        ("its template alone", TEMPLATE_ONLY),
        ("its bytes, sent by bare Starlette", BYTES),
        ("its stack, when nothing is done", NOTHING),
    ):
        yield Line(name, server.port, pid, path, headers)


def _load(port: int, path: str, headers: dict[str, str], seconds: float) -> int:
    """Ask over that many connections for so long; how many answers came, all of them good."""
    given = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    words = f"wrk -t1 -c{CONNECTIONS} --timeout 60s -d{seconds:g}s".split()
    done = subprocess.run(
        [*words, *given, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"(\d+) requests in", done)
    if found is None or "Non-2xx" in done or "Socket errors" in done:
        raise RuntimeError(f"{path}: {done}")
    return int(found[1])


def _figures(lines: list[Line]) -> Iterator[Figure]:
    portal = lines[0]
    for line in lines[1:]:
        ratios = [other / ours for ours, other in zip(portal.cost, line.cost, strict=True)]
        noise = (max(ratios) - min(ratios)) / 2
        yield Figure(
            f"the portal's list against {line.name}", median(ratios), "x", BUDGETS.get(line.name), "at least", noise
        )


def _show_lines(lines: list[Line]) -> None:
    print(f"\n{'':36}{'requests/s':>26}{'ms of processor time':>26}{'bytes':>10}")
    for line in lines:
        rates, costs = (
            " · ".join(f"{value:.{n}f}" for value in values) for values, n in ((line.per_second, 0), (line.cost, 2))
        )
        print(f"{line.name:36}{rates:>26}{costs:>26}{line.size:>10}")
    print()
