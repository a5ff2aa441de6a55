"""A portal under test: the real application on a real database, filled with the demo data, as often as needed."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.responses import Response

from app import chores_of, create_app
from models.chores.clerk import Clerk
from models.core.database import Database, run
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.core.settings import Settings
from models.employees.national_ids import NationalId
from models.exchange.crm.shapes import KINDS
from models.exchange.deliver import Postman
from models.outbox.message import Channel, Message
from models.users.sessions import first_customer, open_session
from models.users.user import find_user
from routes import MAP
from routes.contract.page import Contract
from routes.web.http.cookie import SessionCookie
from routes.web.portal import Portal
from tests.stage.connections.server import Loop
from tests.stage.house_rules.emitted import EMITTED
from tests.stage.page import Mode, Page
from tests.stage.stores.databases import FIELD_KEYS, Store
from tests.stage.times import NOW, TestClock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
SECRETS = ("a key of the tests, long enough to sign with",)
CRM_SECRETS = ("whsec_" + base64.b64encode(b"a secret of the tests and the CRM").decode(),)
"""What a CRM that fetches its events signs with."""


class House:
    """The application on one database, the people who use it, and a look behind the scenes."""

    def __init__(self, store: Store, loop: Loop, var: Path, **settings: Any) -> None:
        self._store = store
        self._loop = loop
        self.mode: Mode = "plain"
        self.clock = TestClock()
        self._answers: dict[object, Any] = {}
        self.settings = replace(
            Settings(
                secret_keys=SECRETS,
                field_keys=FIELD_KEYS,
                database_url=store.url,
                brand="Avonova Kundeportal",
                guide_file="Avonova_kundeportal.pdf",
                demo=True,
                crm_secrets=CRM_SECRETS,
                var=var,
            ),
            **settings,
        )
        self.app: Starlette = create_app(self.settings, clock=self.clock, with_postman=False)
        self.app.state.contract = Contract(MAP, list)  # its examples take a portal of their own: test_contract
        self.portal: Portal = self.app.state.portal
        self._database = Database(store.url)
        keyring = Keyring(FIELD_KEYS)
        with self.behind() as db:
            for row in db.scalars(select(NationalId)):
                EMITTED.learn(keyring.open(row.sealed, place=row.place).encode())
        for where, stored in store.filled(self._database):
            EMITTED.look(where, stored)
        EMITTED.check()

    def refill(self) -> None:
        """Begin a new story: the demo data, the first moment, and no letter of the one before."""
        if not self._store.put_back():
            self._loop.wait(run(self.portal.database.close))
            self._database.close()
            self._store.refill()
        for letter in (self.settings.var / "mail").rglob("*.eml"):
            letter.unlink()
        self._answers.clear()
        self.clock.set(NOW)

    def check_what_was_emitted(self) -> None:
        """No identity number is in clear in anything that the portal said or stored in this story (AR6).

        And what it tells the CRM has the documented shape, whichever story made it (C1).
        """
        for where, stored in self._store.stored(self._database):
            EMITTED.look(where, stored)
        EMITTED.look_at_files(self.settings.var)
        EMITTED.check()
        with self.behind() as db:
            for kind, payload in db.execute(
                select(Message.kind, Message.payload).where(Message.channel == Channel.CRM)
            ):
                if payload:  # what was emptied after its time has no shape
                    msgspec.convert(payload, KINDS[kind])

    def once(self, ask: Callable[["House", *Ts], T], *what: *Ts) -> T:
        """Ask the same only once in a story that does not change it."""
        if (ask, what) not in self._answers:
            self._answers[ask, what] = ask(self, *what)
        answer: T = self._answers[ask, what]
        return answer

    def visitor(self, mode: Mode | None = None) -> Page:
        """Somebody who is not signed in."""
        return Page(self.app, self._loop, mode or self.mode)

    def sign_in(self, username: str, mode: Mode | None = None) -> Page:
        """One of the demo's users, signed in and at the first tab.

        The session is begun as the sign-in does it, but nothing is typed: that is what `test_session` is about.
        """
        cookies, response = self.portal.cookies, Response()
        with self.behind() as db:
            user = find_user(db, username)
            assert user is not None, f"nobody is called {username}"
            customer_id = first_customer(db, user.id)
            cookies.write_session(
                response, SessionCookie(open_session(db, user.id, customer_id, self.clock.now()), customer_id)
            )
            cookies.write_device(response, {}, user.id)
            db.commit()
        return self.visitor(mode).take(response.raw_headers).arrive("/info")

    def deliver(self) -> int:
        """Let a postman send what is due; returns how many messages arrived."""
        return Postman(self._database, self.settings, self.clock, self.portal.links.absolute).deliver_due()

    def work(self) -> int:
        """Let a clerk do what was asked for; returns how many chores are done."""
        return Clerk(self._database, self.clock, chores_of(self.settings)).work()

    @contextmanager
    def behind(self) -> Iterator[Session]:
        """The database, across customers, for what no page shows."""
        with self._database.session() as db, across_customers(db):
            yield db

    @contextmanager
    def another(self, **changed: Any) -> Iterator[Starlette]:
        """Another portal on the same database, with some settings changed."""
        app = create_app(replace(self.settings, **changed), clock=self.clock, with_postman=False)
        try:
            yield app
        finally:
            self._loop.wait(run(app.state.portal.database.close))

    @contextmanager
    def with_settings(self, **changed: Any) -> Iterator[Callable[[], Page]]:
        """Another portal; gives its visitors."""
        with self.another(**changed) as app:
            yield lambda: Page(app, self._loop, self.mode)

    def close(self) -> None:
        """Give all connections back."""
        self._loop.wait(run(self.portal.database.close))
        self._database.close()
