"""What a worker holds after many requests, of which a fifth are saves: whether it grows for ever, or comes to rest.

python -m bench.memory [sqlite|postgresql] [--requests 100000] [--every 10000]

Exit code 1 where the last half added more than a twentieth to what was held after the first. The memory is that of one
worker, as the system counts it (`RssAnon`): what it alone holds, without the files that it shares with others.
"""

import argparse
import http.client
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from bench.demo import FORM, Client, demo_database, serving_demo, sign_in
from bench.saves import orders_of
from models.core.clock import Clock
from models.core.database import Database

_CLIENTS, _ORDERS_EACH, _SAVES = 4, 5, 5
"""One request in so many is a save."""
_GROWS = 1.05
_LOOKS = ("/orders", "/employees", "/orders?q=kurs", "/info")


def main(words: list[str]) -> int:
    """Ask and save, and look at the worker in between."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--every", type=int, default=10_000)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="memory-") as name:
        folder = Path(name)
        with (
            demo_database(asked.database, folder, Clock()) as url,
            serving_demo(url, folder, workers=1, PORTAL_TODAY="") as port,
        ):
            database = Database(url)
            clients, orders = sign_in(database, _CLIENTS, Clock()), orders_of(database, _CLIENTS * _ORDERS_EACH)
            database.close()
            worker, held = _process_at(port), list[float]()
            for done in range(asked.every, asked.requests + 1, asked.every):
                share = asked.every // _CLIENTS
                with ThreadPoolExecutor(_CLIENTS) as pool:
                    for at, client in enumerate(clients):
                        pool.submit(_ask, port, client, orders[at::_CLIENTS], share)
                held.append(_held(worker))
                print(f"{asked.database}: {held[-1]:.1f} MiB after {done} requests", flush=True)
    return 1 if held[-1] > held[len(held) // 2] * _GROWS else 0


def _ask(port: int, client: Client, orders: list[int], requests: int) -> None:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for turn in range(requests):
        if turn % _SAVES:
            wire.request("GET", _LOOKS[turn % len(_LOOKS)], headers={"Cookie": client.cookie})
        else:
            body = urlencode({"csrf_token": client.token, "reference": f"PO {turn}"})
            path = f"/orders/{orders[turn % len(orders)]}/reference"
            wire.request("POST", path, body, {**FORM, "Cookie": client.cookie})
        answer = wire.getresponse()
        answer.read()
        assert answer.status in {200, 303}, answer.status
    wire.close()


def _process_at(port: int) -> int:
    """The process that listens there; on Linux."""
    listening = next(
        fields[9]
        for fields in (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        if fields[1].endswith(f":{port:04X}") and fields[3] == "0A"
    )
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{listening}]":
                return int(link.parts[2])
        except OSError:  # it ended meanwhile
            continue
    raise RuntimeError("nobody listens")


def _held(process: int) -> float:
    """Its own memory in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
