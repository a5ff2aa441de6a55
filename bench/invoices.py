"""Measures the search among 1 000 000 invoices of 1 000 customers; exit code 1 where a budget is broken.

python -m bench.invoices [sqlite|postgresql|both]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench.databases import UNCHECKED, new_databases
from bench.table import BROKEN, Figure, of_rounds, show
from models.core.database import Database
from models.core.scope import Right, Scope, Units
from models.invoices.invoice import Status
from models.invoices.search import Criteria, find_invoices, owed
from models.invoices.sorts import Column, Sort
from models.migrations import migrate

CUSTOMERS, TOTAL = 1_000, 1_000_000
LARGEST = 100_000
"""What one of them has; the others share the rest."""
ORDINARY, LARGE = 2, 1
UNITS = 10
TODAY = date(2026, 10, 1)
BUDGET = 10.0
"""Milliseconds in the database."""
ROUNDS = 25

_FILL = """
INSERT INTO customers (id, name, organisation_number)
WITH RECURSIVE n(c) AS (SELECT 1 UNION ALL SELECT c + 1 FROM n WHERE c < {customers})
SELECT c, 'Kunde ' || c, CAST(100000000 + c AS VARCHAR(9)) FROM n;
INSERT INTO units (id, customer_id, path, name)
WITH RECURSIVE n(c) AS (SELECT 1 UNION ALL SELECT c + 1 FROM n WHERE c < {customers}),
  p(place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM p WHERE place < {units} - 1)
SELECT c * 100 + place, c, '/' || (c * 100 + place) || '/', 'Avdeling ' || place FROM n, p;
INSERT INTO invoices (number, number_key, number_compact, seller_id, is_credit_note, currency, issued_on, due_on,
  due_key, total, payable, outstanding, paid, credited, received_at, unit_id, customer_id, kid, buyer_reference)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {total} - 1),
  f AS (SELECT i, 100000 + i AS number, {day} AS issued_on, {day} AS due_on,
    (CAST(i AS BIGINT) * 7919) % 1000000 AS amount,
    CASE WHEN i < {largest} THEN 1 ELSE 2 + i % ({customers} - 1) END AS customer,
    CASE WHEN i % 23 = 0 THEN 1 ELSE 0 END AS is_open FROM n)
SELECT '2026-' || number, '000000002026-' || {padded} || ' 2026-' || number, '2026' || number, '0192:310000019',
  {false}, CASE WHEN i % 50 = 0 THEN 'EUR' ELSE 'NOK' END, issued_on, due_on, due_on, amount, amount, amount * is_open,
  amount * (1 - is_open), 0, '2026-01-01', customer * 100 + i / 7 % {units}, customer, CAST(number AS VARCHAR(25)),
  'PO-' || i % 5000
FROM f;
"""
_OF_KIND = {
    "sqlite": {
        "day": "date('2020-01-01', '+' || (i % 2465) || ' days')",
        "padded": "printf('%012d', number)",
        "false": "0",
    },
    "postgresql": {"day": "date '2020-01-01' + i % 2465", "padded": "lpad(number::text, 12, '0')", "false": "false"},
}

SEARCHES: dict[str, Criteria] = {
    "the first page": Criteria(),
    "unpaid": Criteria(status=Status.UNPAID),
    "overdue": Criteria(status=Status.OVERDUE),
    "part of a number": Criteria(number="4711"),
    "a month": Criteria(from_date=date(2026, 8, 1), to_date=date(2026, 8, 31)),
    **{f"by {column}, newest or largest first": Criteria(sort=Sort(column, descending=True)) for column in Column},
}


def main(words: list[str]) -> int:
    """Carry out the measurements."""
    parser = argparse.ArgumentParser(prog="python -m bench.invoices", description="Measures the search among invoices.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args(words)
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder, _filled(kind, Path(folder)) as database:
                figures += _figures(kind, database)
    show(figures)
    return 1 if any(figure.verdict == BROKEN for figure in figures) else 0


@contextmanager
def _filled(kind: str, folder: Path) -> Iterator[Database]:
    with new_databases(kind, folder, "invoices") as [url]:
        database = Database(url)
        migrate(database.engine)
        bulk = create_engine(url, connect_args={} if database.is_sqlite else {"options": UNCHECKED})
        fill_with(kind, bulk, customers=CUSTOMERS, total=TOTAL, largest=LARGEST)
        bulk.dispose()
        yield database
        database.close()


def fill_with(kind: str, bulk: Engine, *, customers: int, total: int, largest: int) -> None:
    """Customers with ten units each and invoices: the first has `largest` of them, the others share the rest."""
    with bulk.begin() as connection:
        facts = {"customers": customers, "total": total, "largest": largest, "units": UNITS, **_OF_KIND[kind]}
        for statement in _FILL.format(**facts).split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
    with bulk.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE" if kind == "sqlite" else "VACUUM ANALYZE"))


def _figures(kind: str, database: Database) -> Iterator[Figure]:
    """An ordinary customer is held to the budget; the largest one and a narrow right in it are told."""
    whose: list[tuple[str, int, Units, float | None]] = [
        ("1 000 of", ORDINARY, None, BUDGET),
        ("100 000 of", LARGE, None, None),
        ("a unit's 10 000 of", LARGE, frozenset({LARGE * 100 + 3}), None),
    ]
    for name, customer, units, budget in whose:
        scope = Scope(customer, dict.fromkeys(Right, units))
        with database.session(scope, read_only=True) as db:
            for search, criteria in SEARCHES.items():
                rounds = _times(lambda criteria=criteria: find_invoices(db, criteria, TODAY))  # type: ignore[misc]
                yield of_rounds(f"{kind}: {name} 1 000 000, {search}", rounds, "ms", budget=budget)
            yield of_rounds(
                f"{kind}: {name} 1 000 000, what is owed", _times(lambda: owed(db, TODAY)), "ms", budget=budget
            )


def _times(work: Callable[[], object]) -> list[float]:
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
