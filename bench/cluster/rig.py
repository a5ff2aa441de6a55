"""The set-up as a whole: begun from nothing with the demo's data, asked who leads, broken in one of the ways, mended.

A browser comes through HAProxy to one of two hosts of the portal; they come through HAProxy to that of three PostgreSQL
which leads, under Patroni and etcd, and for lists to one that follows.
"""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench.cluster.processes import NotThere, Processes, ask, program, wait
from bench.cluster.programs import NODES, PORTALS, Plan, etcd, haproxy, patroni, pgbouncer
from bench.demo import environment, fill
from models.core.clock import Clock

_WITHOUT_ETCD = 15


class Rig:
    """What runs, and where."""

    def __init__(self, plan: Plan, patroni: str, told: dict[str, str], *, pooled: bool = False) -> None:
        self.plan, self._patroni, self._told, self._pooled = plan, patroni, told, pooled
        self._processes = Processes(plan.folder)

    @contextmanager
    def running(self) -> Iterator["Rig"]:
        """Meanwhile everything is there."""
        try:
            self._prepare()
            self.mend()
            yield self
        finally:
            self._processes.end()

    def mend(self) -> None:
        """Start, from below to above, whatever does not run, and wait until a second server confirms saves."""
        plan, start = self.plan, self._processes.start
        for number in NODES:
            start(f"etcd{number}", etcd(plan, number))
        wait("etcd", lambda: ask(f"{plan.etcd(1)}/health")[0] == 200)
        for number in NODES:
            self._processes.hit(f"node{number}", signal.SIGCONT)
            start(f"node{number}", [self._patroni, str(plan.folder / f"node{number}" / "patroni.yml")])
        start("haproxy", [program("haproxy"), "-db", "-f", str(plan.folder / "haproxy.cfg")])
        wait("a leader and those who follow", self._is_whole)
        self._make_database()
        if self._pooled:
            start("pgbouncer", [program("pgbouncer"), str(plan.folder / "pgbouncer.ini")])
        address = plan.database(pooled=self._pooled)
        for number in PORTALS:
            given = {"HOST": "127.0.0.1", "PORT": str(plan.portal(number)), **self._told}
            given |= {"DATABASE_POOLER": str(int(self._pooled))}
            given |= {"DATABASE_READ_URL": plan.database(replica=True), "PORTAL_VAR": str(plan.folder / f"var{number}")}
            start(
                f"portal{number}",
                [sys.executable, "app.py", "serve"],
                environment(address, plan.folder, **given),
            )
        for number in PORTALS:
            wait("the portal", partial(self._is_ready, number))

    def leader(self) -> str | None:
        """The node that says of itself that it leads."""
        for number in NODES:
            if ask(f"http://{self.plan.patroni(number)}/primary", timeout=0.5)[0] == 200:
                return f"node{number}"
        return None

    def serves(self) -> bool:
        """Whether there is a leader whose PostgreSQL answers: it begins anew sooner than its Patroni looks."""
        leader = self.leader()
        if leader is None:
            return False
        host = self.plan.node(int(leader.removeprefix("node")))
        asked = f"postgresql://postgres:{self.plan.passwords['postgres']}@{host}/postgres"
        return _answers(asked)

    # The ways to break it: each says whom it hit

    def switch_over(self) -> str:
        """Patroni is asked to give the lead to another node, as before maintenance."""
        leader = self._the_leader()
        asked = f"http://{self.plan.patroni(int(leader.removeprefix('node')))}/switchover"
        status, said = ask(asked, data={"leader": leader}, timeout=60)
        return f"{leader}: {status} {said}"

    def kill(self) -> str:
        """The host that leads is gone: PostgreSQL and its Patroni, as without power."""
        return self._hit_leader(signal.SIGKILL)

    def crash(self) -> str:
        """PostgreSQL alone is killed on the node that leads; its Patroni decides."""
        return self._hit_leader(signal.SIGKILL, only_postgresql=True)

    def freeze(self) -> str:
        """The host that leads stands still: its connections stay open, and nothing answers."""
        return self._hit_leader(signal.SIGSTOP)

    def kill_etcd(self) -> str:
        """The member of etcd that leads is killed."""
        for number in NODES:
            _, told = ask(f"{self.plan.etcd(number)}/v3/maintenance/status", data={})
            if isinstance(told, dict) and told.get("leader") == told["header"]["member_id"]:
                self._processes.hit(f"etcd{number}", signal.SIGKILL)
                return f"etcd{number}"
        raise NotThere("No member of etcd leads now.")

    def kill_all_etcd(self) -> str:
        """Nobody can say who leads: the leader steps down, and for a while there is none; then etcd is back."""
        for number in NODES:
            self._processes.hit(f"etcd{number}", signal.SIGKILL)
        wait("the leader to step down", lambda: not self.serves())
        time.sleep(_WITHOUT_ETCD)
        for number in NODES:
            self._processes.start(f"etcd{number}", etcd(self.plan, number))
        return f"away until {_WITHOUT_ETCD} s after the leader stepped down"

    def kill_portal(self) -> str:
        """A host of the portal is killed."""
        self._processes.hit("portal1", signal.SIGKILL)
        return "portal1"

    def _hit_leader(self, number: signal.Signals, *, only_postgresql: bool = False) -> str:
        leader = self._the_leader()
        self._processes.hit(leader, number, only_postgresql=only_postgresql)
        return leader

    def _the_leader(self) -> str:
        leader = self.leader()
        if leader is None:
            raise NotThere("No node leads now.")
        return leader

    def _is_whole(self) -> bool:
        for number in NODES:
            status, told = ask(f"http://{self.plan.patroni(number)}/cluster")
            if status == 200 and isinstance(told, dict):
                members: list[dict[str, Any]] = told["members"]
                good = [each for each in members if each["state"] in {"running", "streaming"}]
                roles = {each["role"] for each in good}
                return len(good) == len(NODES) and {"leader", "sync_standby"} <= roles
        return False

    def _is_ready(self, number: int) -> bool:
        return ask(f"http://127.0.0.1:{self.plan.portal(number)}/readyz")[0] == 200

    def _prepare(self) -> None:
        """Folders and configurations."""
        folder = self.plan.folder
        files = {f"node{each}/patroni.yml": json.dumps(patroni(self.plan, each), indent=1) for each in NODES}
        files |= haproxy(self.plan) | pgbouncer(self.plan)
        for name in (f"{kind}{each}" for kind in ("etcd", "node") for each in NODES):
            (folder / name).mkdir(mode=0o700)
            self._processes.give(folder / name)
        for name, text in files.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
            self._processes.give(folder / name)

    def _make_database(self) -> None:
        """The user and the demo, where they are not there yet."""
        admin = make_url(self.plan.database(who="postgres", name="postgres")).set(drivername="postgresql")
        address = admin.render_as_string(hide_password=False)
        wait("the database through HAProxy", lambda: _answers(address))
        with psycopg.connect(address, autocommit=True) as asked:
            if asked.execute("SELECT 1 FROM pg_roles WHERE rolname = 'portal'").fetchone():
                return
            asked.execute(f"CREATE ROLE portal LOGIN PASSWORD '{self.plan.passwords['portal']}'".encode())
            asked.execute("CREATE DATABASE portal OWNER portal")
        fill(self.plan.database(), Clock())


def _answers(address: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(address, connect_timeout=3):
        return True
    return False


def log_of(folder: Path, name: str) -> str:
    """What a process has said."""
    return (folder / "log" / f"{name}.log").read_text(errors="replace")
