"""How PostgreSQL finds the rows of each list where a customer's tables hold ten million: by indexes, and as accepted.

The tables of the story hold the demo, and the planner is told that they hold more. What it chooses is in `plans/`, a
file for each list. Where a statement is meant to be another one, `PLANS=accept` before the command writes them anew.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import Connection, event, make_url

from routes import MAP
from tests.stage.house import House

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("store", ["postgresql"], indirect=True),
    pytest.mark.rest,  # that lists stay quick is measured; how they are found is looked at after a change of one
]

PLANS = Path(__file__).parent / "plans"
ROWS = 10_000_000
FEWER = {"customers": 1_000, "units": 20_000}
"""Tables that grow with the customers, not with the years."""
SEARCHES: dict[str, list[dict[str, str]]] = {
    "orders": [
        *({}, {"status": "open"}, {"status": "waiting"}, {"status": "Planlagt"}, {"number": "3073"}),
        *({"from": "01.01.2026", "to": "31.01.2026"}, {"product_group": "Kurs"}),
    ],
    "employees": [{}, {"q": "hansen"}, {"q": "nil"}, {"inactive": "1"}],
    "invoices": [{}, {"status": "unpaid"}, {"status": "overdue"}, {"number": "1184"}, {"sort": "-total"}],
    "desk_orders": [{}, {"whose": "all"}, {"whose": "all", "status": "open"}],
    "search": [{"q": "3073"}, {"q": "hansen"}],
    "desk_search": [{"q": "3073"}, {"q": "hansen"}],
}
"""What is asked of a list, where that is more than its first page."""
SMALL = {"customers", "units", "account_managers", "catalogue", "users"}
"""Tables that may be read as a whole: they hold customers, people, and the provider's own words and staff."""
COUNTED = {"desk_orders": {"orders"}}
"""Where nothing restricts, and the first thousand rows are counted as they come; the steps say `Limit` above."""
LISTS = [
    line
    for line in MAP
    if line.from_replica and "{" not in line.path and not re.search(r"\.\w+$", line.path) and "figures" not in line.name
]


@pytest.fixture
def large(quiet_house: House) -> Iterator[House]:
    """A portal whose database believes that it holds many rows, of which it knows nothing more."""
    url = make_url(quiet_house.portal.database.engine.url).set(drivername="postgresql", username="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as owner:
        # Other stories have left gaps in tables and indexes, and how long they are is what the planner goes by.
        owner.execute("VACUUM (FULL)")
        owner.execute("DELETE FROM pg_statistic WHERE starelid >= 16384")
        for (table,) in owner.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('customer_id', 'organisation_number')"
        ).fetchall():
            believed = "UPDATE pg_class SET reltuples = %s, relpages = greatest(pg_relation_size(oid) / 8192, 1)"
            owner.execute(f"{believed} WHERE oid = %s::regclass", [FEWER.get(table, ROWS), table])
        yield quiet_house
        owner.execute("ANALYZE")


@contextmanager
def explained(house: House) -> Iterator[list[str]]:
    """How each statement that is asked finds its rows, told where it is asked: in its transaction, by its role."""
    engine, told = house.portal.database.engine, list[str]()

    def explain(connection: Connection, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            plan = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", values).scalars()
            told.append(steps("\n".join(plan)))

    event.listen(engine, "after_cursor_execute", explain)
    try:
        yield told
    finally:
        event.remove(engine, "after_cursor_execute", explain)


def steps(plan: str) -> str:
    """The steps of a plan, without what is asked of their rows, nor what the wall asks of the session each time."""
    plan = re.sub(r"\n\s*[A-Z][\w ]*: .*", "", plan)
    plan = re.sub(r"\n\s*InitPlan \d+\n\s*->  Result\b", "", plan)
    return re.sub(r"\b(InitPlan|SubPlan) \d+", r"\1", plan)


def test_each_list_finds_its_rows_by_an_index_as_accepted(large: House) -> None:
    found: dict[str, str] = {}
    for line in LISTS:
        at_desk, parts = line.name.startswith("desk"), list[str]()
        who, asks_who = (large.sign_in("kam.lie"), 2) if at_desk else (large.sign_in("hr.solvik"), 1)
        for asked in SEARCHES.get(line.name, [{}]):
            with explained(large) as told:
                assert who.send("GET", f"{line.path}?{urlencode(asked)}").status_code == 200, line.path
            # The catalogue is remembered, and so not asked for each time.
            plans = [plan for plan in told[asks_who:] if re.findall(r" on (\w+)", plan) != ["catalogue"]]
            new = [plan for plan in plans if plan not in parts]
            parts += [f"# {urlencode(asked) or 'as it is opened'}", *new]
        found[line.name] = "\n\n".join(parts) + "\n"
    if os.environ.get("PLANS") == "accept":
        for name, plan in found.items():
            (PLANS / f"{name}.txt").write_text(plan, encoding="utf-8")
    accepted = {path.stem: path.read_text(encoding="utf-8") for path in PLANS.glob("*.txt")}
    assert {name: gone_through(plan) for name, plan in accepted.items()} == {name: set() for name in found} | COUNTED
    assert found == accepted


def gone_through(plan: str) -> set[str]:
    """The tables of a plan that are read from their first row to their last, though they grow with the years."""
    return set(re.findall(r"Seq Scan on (\w+)", plan)) - SMALL
