"""SQLite's write lock in another process's hands: what saves and everybody else see of it meanwhile.

python -m bench.lock [--held 8] [--saves 6]

Exit code 1 where a save was refused that had only to wait, or somebody who writes nothing waited.
"""

import argparse
import http.client
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from bench.demo import FORM, Client, demo_database, serving_demo, sign_in
from bench.saves import orders_of
from models.core.clock import Clock
from models.core.database import Database

_AT_MOST = 0.25
"""Seconds that a reader may wait while others wait for the lock."""
_HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print(flush=True)
time.sleep(float(sys.argv[2]))
held.execute("ROLLBACK")
"""


def main(words: list[str]) -> int:
    """Hold the lock, save, and look."""
    parser = argparse.ArgumentParser(prog="python -m bench.lock")
    parser.add_argument("--held", type=float, default=8.0, help="for how many seconds the lock is held")
    parser.add_argument("--saves", type=int, default=6)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="lock-") as name:
        folder = Path(name)
        with (
            demo_database("sqlite", folder, Clock()) as url,
            serving_demo(url, folder, workers=1, PORTAL_TODAY="") as port,
        ):
            database = Database(url)
            clients = sign_in(database, asked.saves + 1, Clock())
            orders = orders_of(database, asked.saves)
            database.close()
            return _look(folder / "portal.db", port, clients, orders, asked.held)


def _look(file: Path, port: int, clients: list[Client], orders: list[int], held: float) -> int:
    reader, savers = clients[0], clients[1:]
    waited: dict[str, list[float]] = {"/healthz": [], "/orders": []}
    _save(port, reader, orders[0])  # the first of each kind is slow in any case
    for path in waited:
        _get(port, path, reader)
    stop = threading.Event()
    command = [sys.executable, "-c", _HOLD, str(file), str(held)]
    with ThreadPoolExecutor(len(clients) + 1) as pool, subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        looks = [pool.submit(_read, port, path, reader, taken, stop) for path, taken in waited.items()]
        time.sleep(0.2)
        saves = list(pool.map(lambda given: _save(port, *given), zip(savers, orders, strict=True)))
        stop.set()
        for look in looks:
            look.result()
    statuses, slowest = Counter(status for status, _ in saves), max(seconds for _, seconds in saves)
    print(f"held {held:g} s: saves {dict(statuses)}, the slowest {slowest:.1f} s")
    for path, taken in waited.items():
        print(f"{path}: {len(taken)} times, at worst {max(taken) * 1000:.0f} ms")
    return 1 if statuses.keys() != {303} or max(map(max, waited.values())) > _AT_MOST else 0


def _save(port: int, client: Client, order: int) -> tuple[int, float]:
    began, wire = time.monotonic(), http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    body = urlencode({"csrf_token": client.token, "reference": f"PO {order}"})
    wire.request("POST", f"/orders/{order}/reference", body, {**FORM, "Cookie": client.cookie})
    answer = wire.getresponse()
    answer.read()
    wire.close()
    return answer.status, time.monotonic() - began


def _read(port: int, path: str, client: Client, taken: list[float], stop: threading.Event) -> None:
    """Ask again and again, on connections of their own."""
    while not stop.is_set():
        taken.append(_get(port, path, client))
        stop.wait(0.05)


def _get(port: int, path: str, client: Client) -> float:
    began, wire = time.monotonic(), http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    wire.request("GET", path, headers={"Cookie": client.cookie})
    answer = wire.getresponse()
    answer.read()
    wire.close()
    assert answer.status == 200, (path, answer.status)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
