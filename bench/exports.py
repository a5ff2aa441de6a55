"""Measures the export of 100 000 invoices: how long, what the worker holds, and what others wait meanwhile.

python -m bench.exports [sqlite|postgresql|both]
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.databases import Filled, new_databases
from bench.invoices import fill_with
from bench.server import Server, serving
from bench.table import BROKEN, Figure, show
from models.core.database import Database
from models.core.scope import across_customers
from models.migrations import migrate
from models.users.sessions import open_session
from models.users.user import Grant, User

ROWS, CUSTOMERS = 100_000, 2
MEASURED = 1
GROWTH = 16 * 1024 * 1024
"""Bytes that the worker may hold more in the middle of an export than before it."""
MEANWHILE = 3.0
"""How many times as long as alone a list may take while one export is on its way."""
LIST, ROUNDS = "/invoices", 40


def main(words: list[str]) -> int:
    """Carry out the measurements."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description="Measures the export of invoices.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args(words)
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with (
                tempfile.TemporaryDirectory(prefix="bench-") as folder,
                new_databases(kind, Path(folder), "exports") as [url],
                serving(_filled(kind, url), Path(folder)) as server,
            ):
                for file in ("csv", "xlsx"):
                    figures += _figures(f"{kind}, {file}", f"/invoices.{file}", server)
    show(figures)
    return 1 if any(figure.verdict == BROKEN for figure in figures) else 0


def _filled(kind: str, url: str) -> Filled:
    database = Database(url)
    migrate(database.engine)
    bulk = create_engine(url)
    fill_with(kind, bulk, customers=CUSTOMERS, total=ROWS + 1000, largest=ROWS)
    bulk.dispose()
    with database.session() as db, across_customers(db):
        secret = _add_somebody(db)
        db.commit()
    database.close()
    return Filled(url, {MEASURED: secret})


def _add_somebody(db: Session) -> str:
    """A user who sees all units of the measured customer; returns the secret of the session."""
    name = "maalt"
    db.add(User(id=1, username=name, username_folded=name, full_name="Målfrid Målt", email="", password_hash=""))
    db.flush()
    for place in range(10):
        grant = Grant(user_id=1, customer_id=MEASURED, unit_id=MEASURED * 100 + place)
        grant.orders = grant.employees = grant.reports = False
        grant.invoices = True
        db.add(grant)
    return open_session(db, 1, MEASURED, datetime.now(UTC))


def _figures(name: str, path: str, server: Server) -> Iterator[Figure]:
    """One export while somebody else looks at the list, again and again."""
    headers = server.signed_in(MEASURED)
    alone = [_look(server, headers) for _ in range(ROUNDS)]
    before = server.process().held
    held: list[int] = []
    waits: list[float] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            waits.append(_look(server, headers))
            held.append(server.process().held)

    others = threading.Thread(target=look)
    began = time.perf_counter()
    others.start()
    size = _take(server.port, path, headers)
    took = time.perf_counter() - began
    done.set()
    others.join()
    yield Figure(f"{name}: 100 000 rows are sent in", took, "s")
    yield Figure(f"{name}: the file", size / 1e6, "MB")
    yield Figure(f"{name}: the worker holds more meanwhile", (max(held) - before) / 1e6, "MB", GROWTH / 1e6)
    yield Figure(f"{name}: a list alone", median(alone), "ms")
    yield Figure(f"{name}: a list meanwhile", median(waits), "ms")
    yield Figure(f"{name}: a list meanwhile, against alone", median(waits) / median(alone), "times", MEANWHILE)


def _look(server: Server, headers: dict[str, str]) -> float:
    """How many milliseconds a list takes."""
    began = time.perf_counter()
    server.get(LIST, headers)
    return (time.perf_counter() - began) * 1000


def _take(port: int, path: str, headers: dict[str, str]) -> int:
    """Take a file as it comes, and forget it; gives its size."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path, headers=headers | {"Accept-Encoding": "identity"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    size = 0
    while piece := answer.read(65536):
        size += len(piece)
    connection.close()
    return size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
