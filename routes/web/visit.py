"""The visit: one request from somebody, from the verified cookie to the commit.

Rooms get a `Visit` and answer with a response; how answers are drawn is in `answers`.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request

from models.catalogue.words import Catalogue, kept_catalogue
from models.core.clock import today_in_oslo
from models.core.database import Session, aside
from models.core.deadline import deciding
from models.core.lanes import Full, Lane
from models.core.scope import CustomerOwned, Right, Scope, is_read_only, narrow, owner_of
from models.core.walls import has_written
from models.customers.account_managers import Contact
from models.customers.search import is_looked_after
from models.users.drafts import find
from models.users.sessions import Choice, SignedIn
from routes.web.errors import busy, not_found, not_ones_own
from routes.web.http.asked import Asked
from routes.web.http.cookie import Flash
from routes.web.http.links import without_numbers
from routes.web.http.same_origin import local
from routes.web.portal import Portal

T = TypeVar("T")
Piece = TypeVar("Piece")

_RECENT = timedelta(minutes=10)

NOT_MAILED = "Ingen e-post er sendt, for portalen er ikke koblet til en e-postserver."
"""What staff are told where a letter would have been promised."""


@dataclass
class Visit:
    """One request: who asks, for what, when, and the database as far as this user may see it."""

    portal: Portal
    request: Request
    form: FormData
    now: datetime
    asked: Asked
    db: Session
    signed_in: SignedIn | None = None
    flash: Flash | None = None
    visitor: str | None = None
    """Ties forms to a browser that is not signed in; set where such a form is drawn or sent."""
    served: Scope | None = None
    """The customer that staff do something for; set by `serve`."""
    render_seconds: float = 0.0

    @property
    def today(self) -> date:
        """The calendar day in Norway."""
        return today_in_oslo(self.now)

    @property
    def query_params(self) -> QueryParams:
        """The query of the URL."""
        return self.request.query_params

    @property
    def user(self) -> SignedIn:
        """The user; only where the route's `who` asks for one."""
        assert self.signed_in is not None
        return self.signed_in

    @property
    def customer(self) -> Choice | None:
        """The customer that the user is signed in to."""
        return self.user.customer

    @property
    def customer_id(self) -> int:
        """The customer's id; only where the route's `who` asks for a right, or staff serve one."""
        assert self.scope is not None
        return self.scope.customer_id

    @property
    def scope(self) -> Scope | None:
        """What this visit is held to."""
        return self.served or (self.signed_in.scope if self.signed_in else None)

    @property
    def is_at_desk(self) -> bool:
        """Whether it is staff at the provider's desk."""
        return self.signed_in is not None and self.signed_in.is_at_desk

    @property
    def is_serving(self) -> bool:
        """Whether it is staff at the desk who may change something there: what templates offer follows it."""
        return self.signed_in is not None and self.signed_in.is_serving

    @property
    def is_viewing(self) -> bool:
        """Whether it is staff who see the portal as a customer does, and so change nothing."""
        return self.signed_in is not None and self.signed_in.view is not None

    @property
    def home(self) -> str:
        """The path of the first tab."""
        return self.url("desk" if self.is_at_desk else "info")

    def serve(self, owned: type[CustomerOwned], key: object) -> int:
        """Hold this visit of staff to the whole of the customer whose row it is; returns the customer's id.

        `key` is the row's primary key; raises not_found. What is looked at across customers stands in lists; what is
        changed, is changed within one of them (decision 0025).
        """
        customer_id = owner_of(self.db, owned, key) if self.is_at_desk else None
        if customer_id is None:
            raise not_found()
        self.served = Scope.whole(customer_id)
        narrow(self.db, self.served)
        return customer_id

    @property
    def may_act(self) -> bool:
        """Whether it is staff who may act in the stead of the customer that is served: its own, or an administrator."""
        user = self.user
        return user.is_serving and (user.is_administrator or is_looked_after(self.db, self.customer_id, user.covers))

    def act(self) -> None:
        """Hold who acts in a customer's stead to that; raises the refusal."""
        if not self.may_act:
            raise not_ones_own()

    @property
    def lacks_factor(self) -> bool:
        """Whether the user must set up a second factor before anything else; in a demonstration nobody must."""
        user, settings = self.signed_in, self.portal.settings
        if user is None or user.has_factor or settings.demo:
            return False
        return user.must_have_factor or (settings.staff_second_factor and user.account_manager_id is not None)

    @property
    def is_recent(self) -> bool:
        """Whether the user has just given the password, here or, as the issuer says, at work."""
        proven_at = self.user.proven_at
        return proven_at is not None and self.now - proven_at <= _RECENT

    @property
    def customers(self) -> tuple[Choice, ...]:
        """All customers that the user may switch to."""
        return self.user.customers

    @cached_property
    def catalogue(self) -> Catalogue:
        """What orders' statuses and product groups are, and mean; where it is changed, it is asked anew."""
        return kept_catalogue(self.db, self.now)

    @property
    def account_manager(self) -> Contact | None:
        """The customer's person at the provider."""
        return self.user.account_manager

    @property
    def path(self) -> str:
        """The path and query that were asked for, without identity numbers."""
        query = self.request.url.query
        return without_numbers(self.request.url.path + (f"?{query}" if query else ""), today=self.today)

    def local(self, path: str, otherwise: str) -> str:
        """A path of this portal that is safe to lead to and to show, or `otherwise`."""
        return local(without_numbers(path, today=self.today), otherwise)

    def may(self, *rights: Right) -> bool:
        """Whether the user has one of the rights in at least one unit."""
        return self.signed_in is not None and self.signed_in.may(*rights)

    @property
    def is_auditing(self) -> bool:
        """Whether it is an administrator of a whole customer, who reads its log."""
        scope = self.signed_in.scope if self.signed_in else None
        return scope is not None and scope.units_with(Right.ADMINISTRATOR) is None

    def url(self, route: str, **params: object) -> str:
        """The path of a route of the map; parameters that are not in its path become the query."""
        return self.portal.links.path(route, **params)

    def aside(self, work: Callable[..., T], *args: Any, lane: Lane = Lane.OTHER) -> T:
        """Do slow work in a thread while other visits go on; never after a first write.

        Raises Refused where the user already keeps as many lists waiting as one may.
        """
        self._let_go()
        if lane is not Lane.LISTS:
            return aside(work, *args, lane=lane)
        try:
            with self.portal.lists.one(self.user.user_id):
                return aside(work, *args, lane=lane)
        except Full as full:
            raise busy(own=full.own) from None

    def _let_go(self) -> None:
        if has_written(self.db):
            raise RuntimeError("slow work stands before the first write, not after it")
        self.db.commit()  # gives the connection back, and on SQLite the write lock

    def on_record(self, look: Callable[[Session], T]) -> T:
        """Look at what nobody may see without its being written down, such as an identity number's mask.

        What `look` writes is committed before its result is returned, also where the page is only read or the
        answer is a refusal; never after a first write.
        """
        if has_written(self.db):
            raise RuntimeError("a look is put on record before the first write, not after it")
        self.db.commit()  # gives the connection back, and on SQLite the write lock
        with self.portal.database.session(self.scope) as db:
            found = look(db)
            db.commit()
        return found

    def look(self, work: Callable[[Session], T]) -> T:
        """Look at much, step by step with `give_way`, in a session that only reads; never after a first write.

        On SQLite the visit's own session would hold the write lock for as long.
        """
        self._let_go()
        return self.portal.database.read_beside(self.db, self.scope, work)

    def write_much(self, work: Callable[[Session], T]) -> T:
        """Write much in one transaction of its own, which is committed if `work` returns; never after a first write.

        `Database.write_apart` says who waits for it.
        """
        self._let_go()

        def whole() -> T:
            with self.portal.database.session(self.scope) as db:
                found = work(db)
                with deciding(all_of_it=True):
                    db.commit()
            return found

        return self.portal.database.write_apart(whole)

    def write_in_turn(self, work: Callable[[Piece, Session], object], pieces: Iterable[Piece]) -> None:
        """Write much, each piece in a transaction of its own; between two, whoever waits to write may."""
        with deciding():  # all pieces or none are cut off
            for piece in pieces:
                self.write_much(partial(work, piece))
                self.portal.database.make_room()

    def undo(self) -> None:
        """Forget what was written, and let others write while a refusal is drawn."""
        if not is_read_only(self.db):
            if not has_written(self.db):
                self.db.commit()  # what was read is as good as before, and need not be read again
            self.portal.database.only_reads(self.db, self.scope)

    def keep(self) -> None:
        """Commit now what must be remembered although the answer is a refusal, such as a failed sign-in."""
        self.db.commit()

    def draft(self) -> list[tuple[str, str]] | None:
        """What the user had typed in this form when the session ended (section 5, number 3)."""
        key = self.query_params.get("draft", "")
        if not key.isprintable() or not key or (self.user.customer is None and not self.is_at_desk):
            return None
        return find(
            self.db,
            self.portal.keyring,
            key,
            user_id=self.user.user_id,
            customer_id=self.user.customer.id if self.user.customer else None,
            form=self.request.url.path,
            now=self.now,
        )

    def mailed(self, promise: str, otherwise: str = "") -> str:
        """What is promised of a letter, where letters leave the portal; the one place where rooms may promise one."""
        return promise if self.portal.settings.sends_mail else otherwise

    @property
    def is_personal(self) -> bool:
        """Whether a personal link opens the page: a `{token}` in the path. It is the holder's, whoever is signed in."""
        return "token" in self.request.path_params

    @property
    def form_subject(self) -> str:
        """Whom this visit's forms are for: the session at this customer, the browser before sign-in, or a link."""
        if self.is_personal:
            return f"link:{hashlib.sha256(str(self.request.path_params['token']).encode()).hexdigest()}"
        if self.signed_in:
            return f"{self.signed_in.session_id}:{self.customer.id if self.customer else ''}"
        if self.visitor is None:
            self.visitor = self.portal.cookies.read_visitor(self.request) or secrets.token_urlsafe(24)
        return f"visitor:{self.visitor}"
