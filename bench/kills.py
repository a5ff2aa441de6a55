"""The portal killed again and again while customers save: nothing that was answered is lost, nothing is half done.

python -m bench.kills [sqlite|postgresql|both] [--loops 100]

Each loop starts `serve`, lets four customers save the references of orders, kills every process of it with SIGKILL at
a moment of chance, and looks: each order has the reference of its last answered save, or of the one that was on its
way; the CRM will be told of each save that is kept, and of no other. At the end the log's chains are verified. Exit
code 1 where something was lost, told without being kept, or where the portal did not come back.
"""

import argparse
import http.client
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

import app
from bench.demo import FORM, TODAY, Client, demo_database, environment, sign_in
from bench.saves import orders_of
from models.core.database import Database
from models.core.scope import across_customers
from models.exchange.crm.webhooks import new_secret
from models.orders.order import Order
from models.outbox.message import Channel, Message

_CLIENTS, _ORDERS = 4, 20
_LONGEST, _PATIENCE = 1.0, 20.0
"""Seconds that customers go on saving before everything is killed, and that their first saves may take."""
_SECRET = new_secret()
_FORKS = multiprocessing.get_context("forkserver")
"""Loads the portal once; each start is a fork of that."""
_FORKS.set_forkserver_preload(["app"])


@dataclass(slots=True)
class Kept:
    """What customers know of their saves, over all loops."""

    answered: dict[int, str] = field(default_factory=dict)
    """By the order, the reference of the last save that was answered,"""
    on_its_way: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """and of those that were sent after it, and were not."""
    saves: Counter[int] = field(default_factory=Counter)
    """How many saves of an order were answered,"""
    unknown: Counter[int] = field(default_factory=Counter)
    """and of how many nobody knows."""
    problems: list[str] = field(default_factory=list)


def main(words: list[str]) -> int:
    """Kill, start again, and look."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--loops", type=int, default=100)
    asked = parser.parse_args(words)
    is_wrong = False
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with tempfile.TemporaryDirectory(prefix="kills-") as name:
                is_wrong |= bool(_kill(kind, Path(name), asked.loops))
    return int(is_wrong)


def _kill(kind: str, folder: Path, loops: int) -> list[str]:
    kept, back = Kept(), list[float]()
    with demo_database(kind, folder) as url:
        database = Database(url)
        clients, orders = sign_in(database, _CLIENTS), orders_of(database, _ORDERS)
        for loop in range(1, loops + 1):
            began = time.monotonic()
            with _serving(url, folder) as port:
                if not is_ready(port):
                    kept.problems.append(f"loop {loop}: the portal did not come back")
                    break
                back.append(time.monotonic() - began)
                _save_until_killed(port, clients, orders, loop, kept)
            _look(database, orders, loop, kept)
        if database.is_sqlite:
            with database.engine.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
                kept.problems += [row for row in found if row != "ok"]
        database.close()
        verified = _verify(url, folder)
        if verified.returncode:
            kept.problems.append(f"the log is not as it was written: {verified.stderr.strip()}")
    slowest = f"back within {max(back):.1f} s at the slowest" if back else "never there"
    saves = f"{sum(kept.saves.values())} saves answered, {sum(kept.unknown.values())} cut off"
    print(f"{kind}: {len(back)} kills, {saves}, {slowest}, {len(kept.problems)} problems", flush=True)
    for problem in kept.problems:
        print(f"  {problem}", flush=True)
    return kept.problems


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[int]:
    """The portal; at the end every process of it is killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PORTAL_TODAY": TODAY.isoformat(), "PORT": str(port), "WORKERS": "1"}
    nowhere = {"CRM_URL": "http://127.0.0.1:9/", "CRM_SECRETS": _SECRET}
    settings = environment(url, folder, **given, **nowhere)
    process = _FORKS.Process(target=_serve, args=(settings, folder / "log"), daemon=True)
    process.start()
    try:
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()


def _serve(settings: dict[str, str], log: Path) -> None:
    """What `python app.py serve` does, in a process that has loaded it already."""
    os.setsid()
    os.environ.clear()
    os.environ.update(settings)
    with log.open("a") as said:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(said.fileno(), stream.fileno())
    sys.exit(app.main(["serve"]))


def is_ready(port: int) -> bool:
    """Wait for a minute at most until it says so."""
    for _ in range(1200):
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            wire.request("GET", "/readyz")
            if wire.getresponse().status == 200:
                return True
        except (OSError, http.client.HTTPException):
            pass
        finally:
            wire.close()
        time.sleep(0.05)
    return False


def _save_until_killed(port: int, clients: list[Client], orders: list[int], loop: int, kept: Kept) -> None:
    """Each customer saves orders of its own, one after the other; returns when it is time to kill."""
    before, began = sum(kept.saves.values()), time.monotonic()
    for at, client in enumerate(clients):
        mine = orders[at::_CLIENTS]
        threading.Thread(target=_save, args=(port, client, mine, f"{loop}-{at}", kept), daemon=True).start()
    while sum(kept.saves.values()) < before + _CLIENTS and time.monotonic() < began + _PATIENCE:
        time.sleep(0.01)
    time.sleep(random.uniform(0, _LONGEST))


def _save(port: int, client: Client, orders: list[int], name: str, kept: Kept) -> None:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for turn in range(100_000):
        order, reference = orders[turn % len(orders)], f"PO {name}-{turn}"
        body = urlencode({"csrf_token": client.token, "reference": reference})
        kept.on_its_way[order].add(reference)
        try:
            wire.request("POST", f"/orders/{order}/reference", body, {**FORM, "Cookie": client.cookie})
            answer = wire.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            kept.unknown[order] += 1
            return
        if answer.status == 303:
            kept.answered[order] = reference
            kept.saves[order] += 1
            kept.on_its_way.pop(order, None)
        else:
            kept.problems.append(f"{name}: a save was answered with {answer.status}")
            return


def _look(database: Database, orders: list[int], loop: int, kept: Kept) -> None:
    """Compare what is stored with what customers know."""
    time.sleep(0.2)  # until each customer has noticed
    with database.session(read_only=True) as db, across_customers(db):
        references = select(Order.number, Order.reference).where(Order.number.in_(orders)).order_by(Order.number)
        stored = {row.number: row.reference for row in db.execute(references)}
        events = select(Message.about, func.count().label("count")).where(Message.channel == Channel.CRM)
        told = Counter({row.about: row.count for row in db.execute(events.group_by(Message.about))})
    for order in orders:
        good = {kept.answered.get(order)} | kept.on_its_way[order]
        if order in kept.answered and stored[order] not in good:
            kept.problems.append(
                f"loop {loop}: order {order} has {stored[order]}, and not one of {sorted(map(str, good))}"
            )
        least, most = kept.saves[order], kept.saves[order] + kept.unknown[order]
        if not least <= told[f"order:{order}"] <= most:
            kept.problems.append(
                f"loop {loop}: order {order} was saved {least} to {most} times, and told {told[f'order:{order}']}"
            )


def _verify(url: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "app.py", "verify-log"]
    return subprocess.run(words, env=environment(url, folder), capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
