"""How long `/healthz` and a list take while an export, an import and a large PDF are on their way in the same process.

python -m bench.meanwhile [sqlite|postgresql] [--orders 200000] [--rows 10000]

Exit code 1 where one of them takes three times as long as alone.
"""

import argparse
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from bench.demo import Client, demo_database, serving_demo, sign_in
from bench.lists import do, send_list
from bench.table import BROKEN, Figure, show
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import across_customers
from models.customers.units import Unit
from models.orders.order import Order
from models.users.user import Grant

BUDGET = 3.0
LOOKS = ("/healthz", "/orders")
ALONE, MOST_PDFS = 60, 8
_FIRST, _DAY = 1_000_000, date(1990, 1, 1)
"""The number of the first order that is added, and its day."""
_AT_ONCE = 10_000


def main(words: list[str]) -> int:
    """Carry it out on a demo of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench.meanwhile")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--rows", type=int, default=10_000)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="meanwhile-") as name:
        folder = Path(name)
        with demo_database(asked.database, folder, Clock()) as url:
            database = Database(url)
            clients = sign_in(database, 4, Clock())
            with database.session() as db, across_customers(db):
                _prepare(db, asked.orders)
                db.commit()
            database.close()
            with serving_demo(url, folder, workers=1, PORTAL_TODAY="") as port:
                figures = _figures(asked.database, port, clients, asked.rows)
    show(figures)
    return 1 if any(figure.verdict == BROKEN for figure in figures) else 0


def _prepare(db: Session, orders: int) -> None:
    """So many orders of the customer that the clients are signed in to, who may see its reports as well."""
    db.execute(update(Grant).values(reports=True).execution_options(synchronize_session=False))
    unit = db.scalars(select(Unit).where(Unit.name == "Solvik kommune", Unit.parent_id.is_(None))).one()
    table = cast("Table", Order.__table__)
    some = select(table).where(table.c.customer_id == unit.customer_id).order_by(table.c.number).limit(1)
    one = dict(db.connection().execute(some).mappings().one()) | {"written_by_id": None, "idempotency_key": None}
    for first in range(0, orders, _AT_ONCE):
        places = range(first, min(first + _AT_ONCE, orders))
        rows = [one | {"number": _FIRST + place, "ordered_on": _DAY + timedelta(place // 20)} for place in places]
        db.connection().execute(insert(table), rows)


def _figures(kind: str, port: int, clients: list[Client], rows: int) -> list[Figure]:
    exporter, sender, printer, reader = clients
    at = send_list(port, sender, rows)
    alone = {path: [_take(port, reader, path) for _ in range(ALONE)] for path in LOOKS}
    taken: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> threading.Thread:
        def carry_out() -> None:
            began = time.perf_counter()
            work()
            taken[name] = time.perf_counter() - began

        thread = threading.Thread(target=carry_out)
        thread.start()
        return thread

    pdf = "/reports/annual-report.pdf"
    works = [
        timed("the export", lambda: _take(port, exporter, "/orders.csv")),
        timed("the import", lambda: do(port, sender, at, "application")),
        timed(f"{MOST_PDFS} PDFs", lambda: [_take(port, printer, pdf) for _ in range(MOST_PDFS)]),
    ]
    meanwhile: dict[str, list[float]] = {path: [] for path in LOOKS}
    while any(work.is_alive() for work in works):
        for path, waits in meanwhile.items():
            waits.append(_take(port, reader, path))
    found = [Figure(f"{kind}: {name}", seconds, "s") for name, seconds in taken.items()]
    for path, waits in meanwhile.items():
        ratio = median(waits) / median(alone[path])
        found += [
            Figure(f"{kind}: {path} alone", median(alone[path]), "ms"),
            Figure(f"{kind}: {path} meanwhile, of {len(waits)}", median(waits), "ms"),
            Figure(f"{kind}: the slowest of them", max(waits), "ms"),
            Figure(f"{kind}: {path} meanwhile against alone", ratio, "x", BUDGET),
        ]
    return found


def _take(port: int, client: Client, path: str) -> float:
    """How many milliseconds an answer takes, to its last byte."""
    began, wire = time.perf_counter(), http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    wire.request("GET", path, headers={"Cookie": client.cookie, "Accept-Encoding": "identity"})
    answer = wire.getresponse()
    while answer.read(65536):
        pass
    wire.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
