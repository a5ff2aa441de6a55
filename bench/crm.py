"""What leaves for the CRM, measured against the reference CRM in a process of its own: nothing is lost or doubled.

python -m bench.crm [outage|kills|crowd|all] [sqlite|postgresql|both] [--outage 240] [--kills 100] [--rate 8]

outage  the portal under load, and a CRM that is killed and comes back
kills   a worker that is killed at random points
crowd   ten portal processes and three workers, on PostgreSQL

An hour does not fit into a measurement: the outage is as long as `--outage` says, in seconds. After 160 of them the
pauses between two probes are as long as they ever get, so that nothing is different after an hour; that it is not, the
suite shows with a clock of its own (`tests/exchange/test_endpoints.py`).

Prints figures, and how busy the machine was; exit code 1 where a promise is broken.
"""

import argparse
import base64
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from bench.demo import demo_database, environment, serving_demo
from bench.saves import Saves
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import across_customers
from models.outbox.endpoints import endpoints
from models.outbox.message import Channel, Message, Outgoing, post
from models.outbox.overview import counts
from tests.stage.outside.servers import ReferenceCrm

_SECRET = "whsec_" + base64.b64encode(b"a secret of the measurements only").decode()
_PATIENCE = 900


@dataclass
class Outbox:
    """The demo's database as the postmen see it, and the CRM that they tell."""

    kind: str
    url: str
    folder: Path
    crm: ReferenceCrm

    def __post_init__(self) -> None:
        self.database = Database(self.url)

    @property
    def told(self) -> dict[str, str]:
        """The settings of whoever tells the CRM; the day is today's, for the CRM looks at the time of a signature."""
        return {"CRM_URL": self.crm.url, "CRM_SECRETS": _SECRET, "PORTAL_TODAY": "", "LOG_FORMAT": "json"}

    def happen(self, records: int, events: int) -> None:
        """Let so many things happen to each of so many records, in turns."""
        for turn in range(events):
            with self.database.session() as db, across_customers(db):
                for number in range(records):
                    _post(db, number, str(turn))
                db.commit()

    def waiting(self) -> int:
        """How many events wait."""
        with self.database.session(read_only=True) as db, across_customers(db):
            return counts(db).waiting

    def fewer_than(self, count: int) -> bool:
        """Whether fewer than so many wait."""
        return self.waiting() < count

    def claims(self) -> set[str | None]:
        """By what is claimed, alive or dead."""
        with self.database.session(read_only=True) as db, across_customers(db):
            return set(db.scalars(select(Message.claim).where(Message.claimed_until > datetime.now(UTC))))

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """A postman in a process of its own, ended at the end."""
        words = [sys.executable, "app.py", "worker"]
        given = environment(self.url, self.folder, **self.told)
        with subprocess.Popen(words, env=given, stderr=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.terminate()

    def problems(self) -> list[str]:
        """What was lost, came out of order, is not known to the portal, or left a record as it is not."""
        with self.database.session(read_only=True) as db, across_customers(db):
            told = db.execute(
                select(Message.public_id, Message.about, Message.payload, Message.delivered_at)
                .where(Message.channel == Channel.CRM.value, Message.kind == "order.reference_changed")
                .order_by(Message.id)
            ).all()
        events = [event for event in self.crm.events() if event["type"] == "order.reference_changed"]
        there, versions = {event["id"] for event in events}, defaultdict(list)
        for event in events:
            versions[event["subject"]].append(event["version"])
        records = self.crm.records()
        last = {message.about: message.payload["reference"] for message in told}
        found = {
            "lost": sum(message.public_id not in there for message in told),
            "not noted as delivered": sum(message.delivered_at is None for message in told),
            "unknown": len(there - {message.public_id for message in told}),
            "records out of order": sum(seen != sorted(seen) for seen in versions.values()),
            "records not as told last": sum(
                records.get(about, {}).get("reference") != ref for about, ref in last.items()
            ),
        }
        return [f"{count} {what}" for what, count in found.items() if count]

    def again(self) -> int:
        """How often an event came that the CRM had already; it is applied once all the same."""
        return sum(event["times"] - 1 for event in self.crm.events())


def _post(db: Any, number: int, reference: str) -> None:
    event = Outgoing(
        channel=Channel.CRM,
        kind="order.reference_changed",
        about=f"order:{number}",
        customer_id=None,
        payload={"number": number, "reference": reference},
        at=datetime.now(UTC),
    )
    post(db, event)


def outage(outbox: Outbox, *, seconds: int, rate: float) -> list[str]:
    """Saves over HTTP before, while and after the CRM is dead; each must be with the CRM in the end."""
    calm = max(seconds // 4, 5)
    with serving_demo(outbox.url, outbox.folder, 2, **outbox.told) as port:
        saves = Saves(outbox.database, port, rate)
        with saves.going_on():
            saves.phase("before", calm)
            outbox.crm.die()
            saves.phase("outage", seconds)
            with outbox.database.session(read_only=True) as db, across_customers(db):
                endpoint = endpoints(db)[Channel.CRM]
                attempts = db.scalar(select(func.max(Message.attempts)).where(Message.delivered_at.is_(None)))
            rested, waiting = _since(endpoint.resting_since), outbox.waiting()
            saves.phase("back", 0)
            outbox.crm.start()
            back = datetime.now(UTC)
            _wait_until(partial(outbox.fewer_than, waiting))
            noticed = _since(back)
            _wait_until(partial(outbox.fewer_than, 20))
            caught_up = _since(back) - noticed
            saves.phase("after", calm)
        _wait_until(lambda: outbox.waiting() == 0)
    _tell(f"{outbox.kind}: the CRM was dead for {seconds} s under {rate:g} saves a second; {waiting} events waited")
    _tell(f"  its endpoint: {endpoint.failures} failures in a row, resting for {rested:.0f} s")
    _tell(f"  most attempts that a waiting event had spent: {attempts}")
    _tell(f"  it was back for {noticed:.0f} s until that was noticed; then all went out in {caught_up:.1f} s")
    _tell(f"  {outbox.again()} events came twice")
    for line in saves.lines():
        _tell(f"  {line}")
    _tell(f"  the insert of an event alone: {_insert(outbox) * 1000:.2f} ms (median)")
    return outbox.problems() + saves.problems(outbox.crm.events())


def _since(moment: datetime | None) -> float:
    return (datetime.now(UTC) - moment).total_seconds() if moment else 0


def _insert(outbox: Outbox) -> float:
    """Seconds for what a save pays for its event: the insert, in a transaction that is open anyway."""
    taken = []
    with outbox.database.session() as db, across_customers(db):
        for number in range(200):
            began = perf_counter()
            _post(db, number, "")
            db.flush()
            taken.append(perf_counter() - began)
        db.rollback()
    return median(taken)


def kill_workers(outbox: Outbox, *, kills: int) -> list[str]:
    """Kill the worker at random points while it brings events out, then let one finish."""
    dice, in_hand = random.Random(kills), 0
    for _ in range(kills):
        if outbox.waiting() < 500:
            outbox.happen(records=200, events=5)
        before, claims = outbox.waiting(), outbox.claims()
        with outbox.worker() as worker:
            with suppress(TimeoutError):
                _wait_until(partial(outbox.fewer_than, before), 30)
            time.sleep(dice.uniform(0, 0.2))
            worker.kill()
            worker.wait()
        in_hand += bool(outbox.claims() - claims)
    with outbox.worker():  # what the dead ones had in hand comes when their lease is over
        _wait_until(lambda: outbox.waiting() == 0)
    _tell(f"{outbox.kind}: a worker was killed {kills} times while it brought out {len(outbox.crm.events())} events")
    _tell(f"  after {in_hand} of the kills an event was in a dead hand; {outbox.again()} had been sent and came twice")
    return outbox.problems()


def crowd(outbox: Outbox, *, processes: int = 10, workers: int = 3, records: int = 200, events: int = 25) -> list[str]:
    """Many postmen share the work; nobody is killed, so each event comes once."""
    with serving_demo(outbox.url, outbox.folder, processes, **outbox.told), ExitStack() as running:
        for _ in range(workers):
            running.enter_context(outbox.worker())
        _wait_until(lambda: outbox.waiting() == 0)
        outbox.happen(1, 1)
        _wait_until(lambda: outbox.waiting() == 0)
        before, began = len(outbox.crm.events()), time.monotonic()
        outbox.happen(records, events)
        _wait_until(lambda: outbox.waiting() == 0)
        took = time.monotonic() - began
    found = outbox.crm.events()
    _tell(f"{outbox.kind}: {processes} portal processes and {workers} workers, each with a postman")
    _tell(
        f"  {len(found) - before} events in {took:.1f} s: {(len(found) - before) / took:.0f} a second, posting included"
    )
    _tell(f"  {sum(event['times'] == 1 for event in found)} of {len(found)} events came exactly once")
    return outbox.problems() + ([f"{outbox.again()} came twice"] if outbox.again() else [])


def main(words: list[str]) -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.crm", description="Events to a reference CRM.")
    parser.add_argument("what", nargs="?", choices=("outage", "kills", "crowd", "all"), default="all")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--outage", type=int, default=240, help="seconds that the CRM is dead")
    parser.add_argument("--rate", type=float, default=8, help="saves a second")
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args(words)
    measures: dict[str, Callable[[Outbox], list[str]]] = {
        "outage": partial(outage, seconds=asked.outage, rate=asked.rate),
        "kills": partial(kill_workers, kills=asked.kills),
        "crowd": crowd,
    }
    broken = False
    for name, measure in measures.items():
        for kind in ("postgresql",) if name == "crowd" else ("sqlite", "postgresql"):
            if asked.what in {name, "all"} and asked.database in {kind, "both"}:
                problems = _on(kind, measure)
                broken |= bool(problems)
                _tell(f"  {'; '.join(problems) or 'nothing lost, out of order, or applied twice'}\n")
    return 1 if broken else 0


def _on(kind: str, measure: Callable[[Outbox], list[str]]) -> list[str]:
    """Measure on a database and with a CRM of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-crm-") as name, ExitStack() as afterwards:
        folder = Path(name)
        url = afterwards.enter_context(demo_database(kind, folder, Clock()))
        crm = ReferenceCrm(folder, _SECRET)
        afterwards.callback(crm.die)
        outbox = Outbox(kind, url, folder, crm)
        afterwards.callback(outbox.database.close)
        problems = measure(outbox)
        _tell(f"  load of the machine (1, 5, 15 minutes): {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
        return problems


def _wait_until(condition: Callable[[], bool], patience: float = _PATIENCE) -> None:
    """Wait for a condition; raises TimeoutError."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.02)


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
