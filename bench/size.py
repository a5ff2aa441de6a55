"""Each list and search as its table grows: the same page in 10 000, 1 000 000 and, if asked, 10 000 000 orders.

python -m bench size [sqlite|postgresql|both] [--sizes 10000 1000000 10000000]

Milliseconds of the clock, the quickest of many calls, with the statement's way through SQLAlchemy; in turns.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from bench.databases import MEASURED, OTHERS, Filled, filled_with, new_databases
from bench.table import BROKEN, Figure, show
from models.core.database import Database
from models.core.scope import Scope
from models.orders.search import Criteria, find_orders, orders_mentioning, quick_counts

_CALLS = 40
_BUDGET = 1.2
SEARCHES: dict[str, Callable[[Session], object]] = {
    "the first page": lambda db: find_orders(db, Criteria()),
    "a status": lambda db: find_orders(db, Criteria(status="Planlagt")),
    "the first digits of a number": lambda db: find_orders(db, Criteria(number=3001)),
    "a word on them": lambda db: find_orders(db, Criteria(q="arbeidsplass")),
    "what is open, and what waits, counted": quick_counts,
    "the box of the whole portal": lambda db: orders_mentioning("300123", 10, lambda asked: find_orders(db, asked, 10)),
}


def main(words: list[str]) -> int:
    """Carry it out."""
    parser = argparse.ArgumentParser(prog="python -m bench size", description="Measures lists as their tables grow.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    asked = parser.parse_args(words)
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with tempfile.TemporaryDirectory(prefix="size-") as folder:
                figures += _figures(kind, Path(folder), asked.sizes)
    show(figures)
    return 1 if any(figure.verdict == BROKEN for figure in figures) else 0


def _figures(kind: str, folder: Path, sizes: list[int]) -> Iterator[Figure]:
    with new_databases(kind, folder, *(f"with_{size}" for size in sizes)) as urls:
        filled = [filled_with(url, size) for url, size in zip(urls, sizes, strict=True)]
        for whose, customer_id in (("a fifth of the first ours", MEASURED), ("nearly all ours", OTHERS)):
            for name, search in SEARCHES.items():
                first, *others = _times(filled, customer_id, search)
                what = f"{kind}: {name}, {whose}"
                yield Figure(f"{what}, of {sizes[0]:,}".replace(",", " "), first, "ms")
                for size, taken in zip(sizes[1:], others, strict=True):
                    of = f"{what}, of {size:,} against {sizes[0]:,}".replace(",", " ")
                    yield Figure(of, taken / first, "x", _BUDGET, noise=0.1)


def _times(filled: list[Filled], customer_id: int, search: Callable[[Session], object]) -> list[float]:
    """The quickest call on each database, asked in turns."""
    databases = [Database(each.url) for each in filled]
    best = [float("inf")] * len(databases)
    for _ in range(_CALLS):
        for place, database in enumerate(databases):
            with database.session(Scope.whole(customer_id), read_only=True) as db:
                began = time.perf_counter()
                search(db)
                best[place] = min(best[place], 1000 * (time.perf_counter() - began))
    for database in databases:
        database.close()
    return best
