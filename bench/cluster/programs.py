"""What each program of the set-up is told: etcd, Patroni with its PostgreSQL, and HAProxy in front of all.

How they are started is in `bench.cluster.processes`.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.cluster.processes import LOOPBACK, postgresql, program

NODES = range(1, 4)
PORTALS = range(1, 3)
_ASIDE = """HTTP/1.0 503 Service Unavailable\r
Cache-Control: no-store\r
Retry-After: 5\r
Content-Type: text/html; charset=utf-8\r
\r
<!doctype html><html lang="nb"><title>Portalen er opptatt</title><h1>Portalen er opptatt</h1>
<p>Prøv igjen om et øyeblikk. Det er ikke sikkert at det du sendte, ble lagret; send i så fall det samme én gang til.
</html>
"""
"""What HAProxy says where no portal answers it; its own words are English, and say nothing of what was sent."""


@dataclass(frozen=True)
class Plan:
    """Where everything is, and its passwords."""

    folder: Path
    port: int
    """The first of sixty for all but PostgreSQL,"""
    database_port: int
    """and of ten for that."""
    ttl: int = 20
    """Seconds after which a leader that keeps silent is replaced."""
    passwords: dict[str, str] = field(
        default_factory=lambda: {
            who: secrets.token_hex(16) for who in ("postgres", "replicator", "rewinder", "portal")
        },
        repr=False,
    )

    def etcd(self, number: int, *, peer: bool = False) -> str:
        """The address of an etcd member."""
        return f"http://{LOOPBACK}:{self.port + number + (5 if peer else 0)}"

    def node(self, number: int) -> str:
        """Where a PostgreSQL listens."""
        return f"{LOOPBACK}:{self.database_port + number}"

    def patroni(self, number: int) -> str:
        """Where its Patroni is asked."""
        return f"{LOOPBACK}:{self.port + 20 + number}"

    def portal(self, number: int) -> int:
        """The port of a host of the portal."""
        return self.port + 50 + number

    @property
    def web(self) -> int:
        """The port for browsers."""
        return self.port + 32

    def database(
        self, *, replica: bool = False, pooled: bool = False, who: str = "portal", name: str = "portal"
    ) -> str:
        """The address of the server that leads, also through the pooler, or of those that follow."""
        port = self.port + (31 if replica else 33 if pooled else 30)
        return f"postgresql+psycopg://{who}:{self.passwords[who]}@{LOOPBACK}:{port}/{name}"


def etcd(plan: Plan, number: int) -> list[str]:
    """A member of etcd, with its words."""
    peers = ",".join(f"etcd{each}={plan.etcd(each, peer=True)}" for each in NODES)
    own, for_peers = plan.etcd(number), plan.etcd(number, peer=True)
    return [
        program("etcd"),
        *("--name", f"etcd{number}", "--data-dir", str(plan.folder / f"etcd{number}" / "data")),
        *("--listen-client-urls", own, "--advertise-client-urls", own),
        *("--listen-peer-urls", for_peers, "--initial-advertise-peer-urls", for_peers),
        *("--initial-cluster", peers, "--initial-cluster-token", "portal", "--initial-cluster-state", "new"),
    ]


def patroni(plan: Plan, number: int) -> dict[str, Any]:
    """What a node is told: JSON, which is YAML too."""
    folder = plan.folder / f"node{number}"
    names = {"superuser": "postgres", "replication": "replicator", "rewind": "rewinder"}
    rest, node = plan.patroni(number), plan.node(number)
    return {
        "scope": "portal",
        "name": f"node{number}",
        "restapi": {"listen": rest, "connect_address": rest},
        "etcd3": {"hosts": [plan.etcd(each).removeprefix("http://") for each in NODES]},
        "bootstrap": {"dcs": _agreed(plan), "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"]},
        "postgresql": {
            "listen": node,
            "connect_address": node,
            "data_dir": str(folder / "data"),
            "bin_dir": postgresql() or str(Path(program("postgres")).parent),
            "pgpass": str(folder / "pgpass"),
            "authentication": {kind: {"username": who, "password": plan.passwords[who]} for kind, who in names.items()},
            "parameters": {"unix_socket_directories": "", "shared_buffers": "64MB", "log_min_messages": "warning"},
            "pg_hba": [f"host {what} all {LOOPBACK}/32 scram-sha-256" for what in ("all", "replication")],
        },
    }


def _agreed(plan: Plan) -> dict[str, Any]:
    """What all nodes hold to: a save is confirmed when a second server has it."""
    waits = max(plan.ttl // 3, 3)
    return {
        "ttl": plan.ttl,
        "loop_wait": min(waits, 10),
        "retry_timeout": min(waits, 10),
        "maximum_lag_on_failover": 1 << 20,
        "synchronous_mode": True,
        "postgresql": {
            "use_pg_rewind": True,
            "use_slots": True,
            "parameters": {"max_connections": 100, "wal_log_hints": "on"},
        },
    }


def pgbouncer(plan: Plan) -> dict[str, str]:
    """Its files: whoever asks has a connection for one transaction, and not the same one for the next."""
    told = f"""\
[databases]
portal = host={LOOPBACK} port={plan.port + 30} dbname=portal
[pgbouncer]
listen_addr = {LOOPBACK}
listen_port = {plan.port + 33}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {plan.folder / "users.txt"}
pool_mode = transaction
default_pool_size = 20
server_connect_timeout = 3
server_login_retry = 1
query_wait_timeout = 10
"""
    return {"pgbouncer.ini": told, "users.txt": f'"portal" "{plan.passwords["portal"]}"\n'}


def haproxy(plan: Plan) -> dict[str, str]:
    """Its files: two doors to the database, by what Patroni says, and one to the portal."""

    def nodes(check: str) -> str:
        lines = [f"  server node{at} {plan.node(at)} check port {plan.port + 20 + at}" for at in NODES]
        asked = [f"  option httpchk OPTIONS {check}", "  http-check expect status 200"]
        return "\n".join(
            [*asked, "  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions", *lines]
        )

    portals = "\n".join(f"  server portal{at} {LOOPBACK}:{plan.portal(at)} check" for at in PORTALS)
    aside = plan.folder / "aside.http"
    refused = "\n".join(f"  errorfile {status} {aside}" for status in (500, 502, 503, 504))
    written = f"""\
global
  maxconn 2000
  log stderr format raw local0 notice
defaults
  log global
  timeout connect 2s
  timeout check 1s
  timeout client 1h
  timeout server 1h
listen leader
  bind {LOOPBACK}:{plan.port + 30}
  mode tcp
{nodes("/primary")}
listen replicas
  bind {LOOPBACK}:{plan.port + 31}
  mode tcp
{nodes("/replica?lag=1MB")}
listen web
  bind {LOOPBACK}:{plan.web}
  mode http
{refused}
  timeout server 60s
  option forwardfor
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri /healthz
  http-check expect status 200
  default-server inter 1s fall 2 rise 1
{portals}
"""
    return {"haproxy.cfg": written, aside.name: _ASIDE}
