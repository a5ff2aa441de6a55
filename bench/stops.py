"""The portal told to stop again and again while customers ask, save and come: nobody who was connected sees a reset.

python -m bench.stops [sqlite|postgresql|both] [--stops 50] [--workers 2]

At each stop four customers save on connections that they keep, four ask on a new one each time, and four have connected
and say nothing until the portal has begun to stop. All go on until nobody can connect any more, which is the only end
that is right. Exit code 1 where a connection was cut, an answer was not what it should be, or a save was lost.
"""

import argparse
import http.client
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from bench.demo import FORM, TODAY, Client, demo_database, environment, sign_in
from bench.kills import is_ready
from bench.saves import orders_of
from models.core.database import Database
from models.core.scope import across_customers
from models.orders.order import Order

_CLIENTS, _GRACE = 4, 1
_PATIENCE = 30.0


@dataclass(slots=True)
class _Seen:
    """What clients saw over all stops."""

    answers: Counter[str] = field(default_factory=Counter)
    """By who asked: how often as it should be,"""
    faults: Counter[str] = field(default_factory=Counter)
    """and what else, with who saw it."""
    saved: dict[int, str] = field(default_factory=dict)
    """By the order, the reference of the last save that was answered."""


def main(words: list[str]) -> int:
    """Stop, and ask everybody what they saw."""
    parser = argparse.ArgumentParser(prog="python -m bench.stops")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(words)
    is_wrong = False
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with tempfile.TemporaryDirectory(prefix="stops-") as name:
                is_wrong |= bool(_stop(kind, Path(name), asked.stops, asked.workers))
    return int(is_wrong)


def _stop(kind: str, folder: Path, stops: int, workers: int) -> Counter[str]:
    seen = _Seen()
    with demo_database(kind, folder) as url:
        database = Database(url)
        clients, orders = sign_in(database, _CLIENTS), orders_of(database, _CLIENTS)
        for stop in range(stops):
            with _serving(url, folder, workers) as (port, process):
                if not is_ready(port):
                    seen.faults["the portal did not start"] += 1
                    break
                time.sleep(0.5)  # until every worker is there
                _ask_until_stopped(port, process, list(zip(clients, orders, strict=True)), stop, seen)
        with database.session(read_only=True) as db, across_customers(db):
            rows = db.execute(select(Order.number, Order.reference).where(Order.number.in_(orders)))
            stored = {row.number: row.reference for row in rows}
        seen.faults["a save that was answered is not there"] += sum(
            stored[order] != reference for order, reference in seen.saved.items()
        )
        database.close()
    print(
        f"{kind}, {workers} workers: {stops} stops, {dict(seen.answers)} answered, faults: {dict(+seen.faults)}",
        flush=True,
    )
    return +seen.faults


@contextmanager
def _serving(url: str, folder: Path, workers: int) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PORTAL_TODAY": TODAY.isoformat(), "PORT": str(port), "WORKERS": str(workers)}
    settings = environment(url, folder, **given, SHUTDOWN_GRACE=str(_GRACE))
    with (folder / "log").open("a") as log:
        process = subprocess.Popen([sys.executable, "app.py", "serve"], env=settings, stdout=log, stderr=log)
    try:
        yield port, process
        process.wait(_PATIENCE)
    finally:
        process.kill()
        process.wait()


def _ask_until_stopped(
    port: int, process: "subprocess.Popen[bytes]", pairs: list[tuple[Client, int]], stop: int, seen: _Seen
) -> None:
    """Begin as a day does, tell the portal to stop at a moment of chance, and wait until everybody has gone."""
    told = threading.Event()
    turns: list[tuple[str, Callable[[], None]]] = []
    for at, (client, order) in enumerate(pairs):
        turns += [
            ("save", partial(_save, port, client, order, f"{stop}-{at}", seen)),
            ("come", partial(_come, port, client, seen)),
            ("silent", partial(_say_nothing_until, told, port, client, seen)),
        ]
    threads = [threading.Thread(target=_noting, args=(who, turn, seen), daemon=True) for who, turn in turns]
    for thread in threads:
        thread.start()
    time.sleep(random.uniform(0.5, 1.5))
    process.terminate()
    told.set()
    for thread in threads:
        thread.join(_PATIENCE)
        seen.faults["somebody waits for ever"] += thread.is_alive()


def _noting(who: str, turn: Callable[[], None], seen: _Seen) -> None:
    try:
        turn()
    except ConnectionRefusedError:
        return
    except (OSError, http.client.HTTPException) as error:
        seen.faults[f"{who}: {type(error).__name__}"] += 1


def _save(port: int, client: Client, order: int, name: str, seen: _Seen) -> None:
    """Keep the connection for as long as the portal does; where it says that it closes, connect anew."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    for turn in range(100_000):
        reference = f"PO {name}-{turn}"
        body = urlencode({"csrf_token": client.token, "reference": reference})
        wire.request("POST", f"/orders/{order}/reference", body, {**FORM, "Cookie": client.cookie})
        if _is_answered("save", wire, 303, seen):
            seen.saved[order] = reference


def _come(port: int, client: Client, seen: _Seen) -> None:
    while True:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        wire.request("GET", "/orders", headers={"Cookie": client.cookie, "Connection": "close"})
        _is_answered("come", wire, 200, seen)
        wire.close()


def _say_nothing_until(told: threading.Event, port: int, client: Client, seen: _Seen) -> None:
    """Connect, as browsers do beforehand, and ask when the portal has begun to stop."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    wire.connect()
    told.wait(_PATIENCE)
    time.sleep(random.uniform(0, _GRACE / 2))
    wire.request("GET", "/orders", headers={"Cookie": client.cookie})
    _is_answered("silent", wire, 200, seen)
    wire.close()


def _is_answered(who: str, wire: http.client.HTTPConnection, status: int, seen: _Seen) -> bool:
    answer = wire.getresponse()
    answer.read()
    if answer.status != status:
        seen.faults[f"{who}: {answer.status}"] += 1
        return False
    seen.answers[who] += 1
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
