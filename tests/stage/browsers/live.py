"""The portal as people reach it: on a port of this computer. Who reaches it is elsewhere."""

import email
import email.policy
import os
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen

import pytest
import uvicorn
from sqlalchemy.orm import Session
from starlette.responses import Response

from app import create_app
from models.core.database import Database
from models.core.scope import across_customers
from models.core.settings import Settings
from models.core.signed import PASSWORD_LINK, PERSONAL_LINK, Signer
from models.users.sessions import first_customer, open_session
from models.users.user import find_user
from routes import MAP
from routes.contract.page import Contract
from routes.web.http.cookie import Cookies, SessionCookie
from tests.stage.house import SECRETS
from tests.stage.house_rules.emitted import EMITTED
from tests.stage.stores.databases import FIELD_KEYS, fill, filled_file
from tests.stage.sweeps import password_link_of
from tests.stage.times import NOW, TestClock

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine before a test gives up; nothing here waits longer than it has to."""


def installed(*names: str) -> str:
    """Where the first of these programs is that there is; without any, the test is skipped, or fails where required.

    Each is one that `.ci/run` installs, or that Debian has: what is here by chance would be missed there only.
    """
    script = (Path(__file__).parents[3] / ".ci" / "run").read_text(encoding="utf-8")
    provided = {"systemd-analyze", *script.partition("programs=(")[2].partition(")")[0].split()}
    assert provided.issuperset(names), f".ci/run does not install {set(names) - provided}"
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        refuse = pytest.fail if os.environ.get("REQUIRE_BROWSERS") == "1" else pytest.skip
        refuse(f"{' or '.join(names)} is not installed")
    assert path is not None
    return path


def until(look: Callable[[], T], what: str) -> T:
    """Look again and again until there is something, and give it; raises AssertionError."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not seen in {PATIENCE:.0f} s: {what}"
        time.sleep(0.01)
    return seen


class LivePortal:
    """The portal as people reach it: on a port of this computer, filled with the demo, the postman at work."""

    def __init__(self, folder: Path, *, with_postman: bool = True) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listening.getsockname()[1]}"
        settings = Settings(
            secret_keys=SECRETS,
            field_keys=FIELD_KEYS,
            database_url=f"sqlite:///{folder / 'portal.db'}",
            public_url=self.url,
            brand="Avonova Kundeportal",
            guide_file="Avonova_kundeportal.pdf",
            demo=True,
            var=folder,
        )
        self._mail = folder / "mail"
        self._database_url = settings.database_url
        fill(settings.database_url)
        self._folder = folder
        portal = create_app(settings, clock=TestClock(), with_postman=with_postman)
        portal.state.contract = Contract(MAP, list)  # its examples take a portal of their own: test_contract
        self._cookies: Cookies = portal.state.portal.cookies
        app = EMITTED.over(portal)
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), name="live portal")
        self._thread.start()
        with urlopen(f"{self.url}/readyz", timeout=PATIENCE):  # noqa: S310  # our own address
            pass

    def put_back(self) -> None:
        """Have the demo's rows again and no others, while it runs."""
        with (
            closing(sqlite3.connect(filled_file())) as filled,
            closing(sqlite3.connect(self._folder / "portal.db")) as own,
        ):
            filled.backup(own)

    def letters(self, about: str) -> list[EmailMessage]:
        """The letters that went out with these words in their subject."""
        files = sorted(self._mail.glob("*.eml")) if self._mail.exists() else []
        letters = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [letter for letter in letters if about in letter["subject"]]

    @contextmanager
    def behind(self) -> Iterator[Session]:
        """The database, across customers, for what no page leads to."""
        database = Database(self._database_url)
        with database.session() as db, across_customers(db):
            yield db
        database.close()

    def sign_in(self, username: str) -> tuple[str, str]:
        """The cookie of a new session of one of the demo's users: its name and its value."""
        response = Response()
        with self.behind() as db:
            user = find_user(db, username)
            assert user is not None, f"nobody is called {username}"
            customer_id = first_customer(db, user.id)
            secret = open_session(db, user.id, customer_id, NOW)
            db.commit()
        self._cookies.write_session(response, SessionCookie(secret, customer_id))
        name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
        return name, value

    def link(self, name: str, email: str | None) -> str:
        """The path of the personal link that a letter to this address holds."""
        return f"/me/{Signer(SECRETS, purpose=PERSONAL_LINK).sign(name, email or '')}"

    def password_link(self, username: str) -> str:
        """The path of a link with which a user may choose a password, as a letter would hold it."""
        with self.behind() as db:
            name, email = password_link_of(db, username, NOW)
            db.commit()
        return f"/password/{Signer(SECRETS, purpose=PASSWORD_LINK).sign(name, email)}"

    def close(self) -> None:
        """Stop as the operator would: finish what was begun, then go."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listening.close()
        EMITTED.look("the database", (self._folder / "portal.db").read_bytes())
        EMITTED.look_at_files(self._folder)
        EMITTED.check()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    """A portal for all stories with a browser. They leave their orders behind, so none may count them all."""
    portal = LivePortal(tmp_path_factory.mktemp("live"))
    yield portal
    portal.close()
