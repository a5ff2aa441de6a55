"""The last places: 2 000 sign-ups from 20 clients want 50 places of a portal with several worker processes.

python -m bench.race [sqlite|postgresql|both] [--runs 30] [--workers 2]

Exit code 1 where a place was given twice, somebody sits twice, a count is wrong, or an answer is neither 303 nor 409.
"""

import argparse
import http.client
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import time as wall
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.demo import FORM, TODAY, Client, demo_database, serving_demo, sign_in
from models.bookings.series import Facts, Series, publish
from models.bookings.sign_ups.sign_up import HOLDING, SignUp
from models.bookings.slots import Slot
from models.core.audit import THE_PORTAL
from models.core.clock import Clock, today_in_oslo
from models.core.database import Database
from models.core.scope import across_customers
from models.customers.units import Unit
from models.employees.employee import Employee

CLIENTS, ATTEMPTS, SLOTS, CAPACITY = 20, 2_000, 10, 5


@dataclass(frozen=True, slots=True)
class Prize:
    """What is run for, and who may have it."""

    booking_id: int
    slots: list[int]
    employees: list[int]


def main(words: list[str]) -> int:
    """Run the race on the databases that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.race")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(words)
    wrong = 0
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with tempfile.TemporaryDirectory(prefix="race-") as folder:
                wrong += _races(kind, Path(folder), asked.runs, asked.workers)
    return 1 if wrong else 0


def _races(kind: str, folder: Path, runs: int, workers: int) -> int:
    wrong, speeds = 0, []
    with demo_database(kind, folder) as url, serving_demo(url, folder, workers) as port:
        database = Database(url)
        clients = sign_in(database, CLIENTS)
        for run in range(runs):
            prize = _prize(database)
            statuses, seconds = _run(port, clients, prize, Random(run))
            speeds.append(ATTEMPTS / seconds)
            problems = _problems(database, prize.booking_id, statuses)
            wrong += bool(problems)
            print(f"{kind} {run + 1:>2}: {dict(statuses)} {speeds[-1]:.0f}/s {'; '.join(problems)}", flush=True)
        database.close()
    print(f"{kind}: {runs} runs, {wrong} wrong, median {sorted(speeds)[len(speeds) // 2]:.0f} attempts/s", flush=True)
    return wrong


def _run(port: int, clients: list[Client], prize: Prize, dice: Random) -> tuple[Counter[int], float]:
    """Everybody at once; each client has one connection, and one attempt after the other."""
    each = ATTEMPTS // len(clients)
    plans = [[(dice.choice(prize.slots), dice.choice(prize.employees)) for _ in range(each)] for _ in clients]

    def runs(client: Client, plan: list[tuple[int, int]]) -> Counter[int]:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        ended: Counter[int] = Counter()
        for slot, employee in plan:
            body = urlencode({"csrf_token": client.token, "slot": slot, "employee": employee})
            wire.request("POST", f"/bookings/{prize.booking_id}/signups", body, {**FORM, "Cookie": client.cookie})
            answer = wire.getresponse()
            answer.read()
            ended[answer.status] += 1
        wire.close()
        return ended

    began = time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        found = list(pool.map(runs, clients, plans))
    return sum(found, Counter()), time.perf_counter() - began


def _problems(database: Database, booking_id: int, statuses: Counter[int]) -> list[str]:
    with database.session() as db, across_customers(db):
        holding = select(SignUp).where(SignUp.booking_id == booking_id, SignUp.state.in_(HOLDING))
        rows = db.scalars(holding).all()
        slots = db.scalars(select(Slot).where(Slot.booking_id == booking_id)).all()
    per_slot = Counter(row.slot_id for row in rows)
    found = []
    if len(rows) != SLOTS * CAPACITY:
        found.append(f"{len(rows)} seated")
    if len({row.employee_id for row in rows}) != len(rows):
        found.append("somebody sits twice")
    if any(slot.taken != per_slot[slot.id] or slot.taken > slot.capacity for slot in slots):
        found.append("a count is wrong")
    if statuses.keys() - {303, 409}:
        found.append("an answer is neither 303 nor 409")
    return found


def _prize(database: Database) -> Prize:
    with database.session() as db, across_customers(db):
        unit = db.scalars(select(Unit).where(Unit.name == "Helse og omsorg")).one()
        day = today_in_oslo(Clock(TODAY).now()) + timedelta(days=30)
        ahead = db.scalar(select(func.count()).select_from(SignUp)) or 0  # a day of its own: nobody is busy
        series = Series((day + timedelta(days=ahead),), ((wall(8), wall(13)),), timedelta(minutes=30), CAPACITY)
        booking = publish(
            db,
            unit.id,
            series,
            Facts("Kappløp", "Gangen", closes_before=timedelta(hours=24)),
            by=THE_PORTAL,
            now=Clock(TODAY).now(),
        )
        slots = list(db.scalars(select(Slot.id).where(Slot.booking_id == booking.id)))
        active = Employee.email.is_not(None) & Employee.deactivated_at.is_(None)
        employees = list(db.scalars(select(Employee.id).where(Employee.customer_id == unit.customer_id, active)))
        db.commit()
        return Prize(booking.id, slots, employees)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
