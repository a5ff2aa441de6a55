"""Breaks a cluster under load in seven ways; exit code 1 where a save or an event was lost, or a refusal was not ours.

python -m bench.cluster [WAY …] [--pooled] [--patroni patroni] [--port 8300] [--database-port 5540] [--seconds 45]

Needs (Debian) postgresql, etcd-server, haproxy and for `--pooled` pgbouncer, and Patroni 3.0.3 or newer: 3.0.2, which
Debian 12 has, loses what was confirmed where a leader that was frozen comes back.
"""

import argparse
import base64
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bench.cluster.load import People
from bench.cluster.processes import NotThere, wait
from bench.cluster.programs import Plan
from bench.cluster.rig import Rig
from bench.cluster.verdict import Broken, Outcome, outcome
from bench.demo import sign_in
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import across_customers
from models.customers.units import Unit
from models.outbox.overview import counts
from tests.stage.outside.servers import ReferenceCrm

_SECRET = "whsec_" + base64.b64encode(b"a secret of the measurements only").decode()
_PEOPLE = 8
_AT_ONCE = 2.0
"""Seconds after the new leader within which a save must succeed."""
WAYS: dict[str, Callable[[Rig], str]] = {
    "switchover": Rig.switch_over,
    "kill": Rig.kill,
    "crash": Rig.crash,
    "freeze": Rig.freeze,
    "etcd": Rig.kill_etcd,
    "all-etcd": Rig.kill_all_etcd,
    "portal": Rig.kill_portal,
}
_STAYS = {"etcd", "portal"}
"""Where the leader stays,"""
_BACK = {"all-etcd"}
"""or has gone, and may lead again, by the time that the way returns."""


def main(words: list[str]) -> int:
    """Begin the set-up, break it, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster")
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--patroni", default="patroni")
    parser.add_argument("--pooled", action="store_true", help="through PgBouncer, a connection for each transaction")
    parser.add_argument("--port", type=int, default=8300, help="the first of sixty ports")
    parser.add_argument("--database-port", type=int, default=5540, help="the first of ten for PostgreSQL")
    parser.add_argument("--seconds", type=float, default=45, help="how long people go on after it is whole again")
    asked = parser.parse_args(words)
    if wrong := set(asked.ways) - WAYS.keys():
        parser.error(f"{wrong.pop()} is none of {', '.join(WAYS)}")
    with tempfile.TemporaryDirectory(prefix="cluster-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the other user comes in
        crm = ReferenceCrm(folder, _SECRET)
        plan = Plan(folder, asked.port, asked.database_port)
        try:
            with Rig(plan, asked.patroni, _told(plan, crm), pooled=asked.pooled).running() as rig:
                trials = _Trials(rig, crm)
                found = [trials.broken(way, asked.seconds) for way in asked.ways or WAYS]
        except NotThere as why:
            print(why, file=sys.stderr)
            return 2
        finally:
            crm.die()
    return 1 if any(each.problems for each in found) else 0


def _told(plan: Plan, crm: ReferenceCrm) -> dict[str, str]:
    return {
        "PUBLIC_URL": f"http://127.0.0.1:{plan.web}",
        "CRM_URL": crm.url,
        "CRM_SECRETS": _SECRET,
        "HOURLY_LIMITS": "orders=1000000",
        "LOG_FORMAT": "json",
    }


class _Trials:
    """The set-up with people who are signed in, broken in one way after the other."""

    def __init__(self, rig: Rig, crm: ReferenceCrm) -> None:
        self._rig, self._crm = rig, crm
        self._database = Database(rig.plan.database())
        self._clients, self._unit = sign_in(self._database, _PEOPLE, Clock()), _unit(self._database)

    def broken(self, way: str, seconds: float) -> Outcome:
        """Break it in this way, let people go on, and mend it."""
        rig, people = self._rig, People(self._rig.plan.web, self._clients, self._unit)
        with people.at_work():
            time.sleep(10)
            before, at = rig.leader(), time.time()
            what = WAYS[way](rig)
            if way not in _STAYS | _BACK:
                wait("the end of the leader", lambda: not rig.serves() or rig.leader() != before)
            if way not in _STAYS:
                wait("a leader", rig.serves)
            led_at = time.time() if way not in _STAYS else at
            time.sleep(seconds)
        rig.mend()
        self._database.close()  # its connections led to a server that is gone
        wait("an empty outbox", lambda: _is_told(self._database))
        heard = [record["delivery"] for record in self._crm.records().values() if "delivery" in record]
        found = outcome(people, Broken(way, what, at, led_at), self._database, heard, _AT_ONCE)
        print(f"{time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:.0f} {found}", flush=True)
        return found


def _unit(database: Database) -> int:
    with database.session(read_only=True) as db, across_customers(db):
        root = select(Unit.id).where(Unit.name == "Solvik kommune", Unit.parent_id.is_(None))
        return db.scalars(root).one()


def _is_told(database: Database) -> bool:
    with database.session(read_only=True) as db, across_customers(db):
        return counts(db).waiting == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
