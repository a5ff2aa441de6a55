"""The search for employees: a million of them at a thousand customers, a hundred thousand at the measured one."""

import asyncio
import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, cast

from sqlalchemy import Connection, Table, create_engine, insert, text

from bench.databases import UNCHECKED
from bench.table import Figure, of_rounds
from models.core.database import Database, run
from models.core.scope import Scope
from models.customers.customer import Customer
from models.customers.units import Unit
from models.demo.people import FAMILY_NAMES, MEN, WOMEN, address
from models.employees.employee import Employee, derived
from models.employees.search import Criteria, find_employees
from models.migrations import migrate
from models.values.email_address import folded

TOTAL, CUSTOMERS = 1_000_000, 1000
MEASURED = 1
"""The customer with each tenth of all employees; their rows lie between those of the others, as in years of use."""
_UNITS = 20
"""Of each customer."""
_AT_ONCE = 10_000
_BUDGET = 10
"""Milliseconds in the database."""

RARE = ("Vilma", "Quisling-Ødemark")
SEARCHES = {
    "a common name": "hansen",
    "given name and family name": "kari hansen",
    "a rare name": "quisling",
    "an e-mail": "vilma.quisling-odemark@kunde1.example",
    "a mobile": "+47 999 88 777",
    "three letters": "nil",
    "a unit of 5 000": "berg",
    "no text": "",
}


def fill(url: str) -> None:
    """Migrate an empty database and add all the employees."""
    database = Database(url)
    migrate(database.engine)
    bulk = create_engine(url, connect_args={} if database.is_sqlite else {"options": UNCHECKED})
    with bulk.begin() as connection:
        _add_customers(connection)
        rng = Random(1)
        table = cast("Table", Employee.__table__)
        for first in range(0, TOTAL, _AT_ONCE):
            connection.execute(insert(table), [_employee(place, rng) for place in range(first, first + _AT_ONCE)])
    bulk.dispose()
    if not database.is_sqlite:  # what the server does by itself in the background
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
    database.close()


def _add_customers(connection: Connection) -> None:
    customers, units = cast("Table", Customer.__table__), cast("Table", Unit.__table__)
    ids = range(1, CUSTOMERS + 1)
    connection.execute(
        insert(customers), [{"id": id, "name": f"Kunde {id} AS", "organisation_number": f"{id:09}"} for id in ids]
    )
    rows = [(id, _unit_of(id, place)) for id in ids for place in range(_UNITS)]
    connection.execute(
        insert(units),
        [
            {"id": unit, "customer_id": id, "parent_id": None, "path": f"/{unit}/", "name": f"Avdeling {unit}"}
            for id, unit in rows
        ],
    )


def _unit_of(customer_id: int, place: int) -> int:
    return customer_id * 100 + place


def _employee(place: int, rng: Random) -> dict[str, Any]:
    customer_id = place // 10 % (CUSTOMERS - 1) + 2 if place % 10 else MEASURED
    given_name, family_name = rng.choice(WOMEN + MEN), rng.choice(FAMILY_NAMES)
    mobile = f"1{rng.randrange(10**7):07}"
    if place == TOTAL // 2:
        (given_name, family_name), mobile = RARE, "99988777"
    email = address(given_name, family_name, f"kunde{customer_id}.example")
    return {
        "id": place + 1,
        "customer_id": customer_id,
        "unit_id": _unit_of(customer_id, rng.randrange(_UNITS)),
        "given_name": given_name,
        "family_name": family_name,
        "email": email,
        "mobile": mobile,
        "birth_date": date(1960, 1, 1) + timedelta(days=rng.randrange(45 * 365)),
        "language": "nb",
        "version": 1,
        **derived(customer_id, given_name, family_name, email, mobile),
        "email_folded": folded(email),
    }


def search(kind: str, url: str, rounds: int) -> Iterator[Figure]:
    """Each search as find_employees asks it, after one that warms; all of it in the database but for the rows."""
    for name, words in SEARCHES.items():
        unit_ids = frozenset({_unit_of(MEASURED, 7)}) if "unit" in name else None
        taken = asyncio.run(_times(url, Criteria(words, unit_ids), rounds))
        figure = of_rounds(f"{kind}: employee search, 100 000 of 1 000 000, {name}", taken, "ms", budget=_BUDGET)
        yield figure
        yield Figure(f"{kind}: the same, from least to most", min(taken), f"to {max(taken):.1f} ms")


async def _times(url: str, criteria: Criteria, rounds: int) -> list[float]:
    database = Database(url, asynchronous=True)
    taken = [await run(_find, database, criteria) for _ in range(rounds + 3)]
    await run(database.close)
    return taken[3:]


def _find(database: Database, criteria: Criteria) -> float:
    with database.session(Scope.whole(MEASURED), read_only=True) as db:
        started = time.perf_counter()
        find_employees(db, MEASURED, criteria)
        return 1000 * (time.perf_counter() - started)
