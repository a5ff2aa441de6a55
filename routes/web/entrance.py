"""The entrance: each line of the map as an ASGI application, from the body that is read to the commit.

What a visit offers to the rooms is in `visit`.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from models.core.database import run
from models.core.scope import across_customers, bind
from models.users.drafts import keep
from models.users.sessions import SignedIn, find_signed_in, note_use, use_is_worth_noting, user_of_session
from models.users.viewings import note_look, with_view
from models.values.national_id import mask_in
from routes.web.body import limited
from routes.web.errors import Refused, not_found, only_looking, refusal
from routes.web.same_origin import is_cross_site, is_our_host
from routes.web.visit import MEGABYTE, SAFE_METHODS, Asked, Handler, Portal, Visit, Who

log = logging.getLogger("portal.visit")

MAX_FIELDS = 2000
# The map limits bodies, so a file that was sent stays in memory: nothing of it is on the disk, reading it never waits.
MultiPartParser.spool_max_size = 1024 * MEGABYTE
_NOT_KEPT = {"csrf_token", "password", "new_password", "national_id", "sealed_number", "pasted"}
"""Secrets, also typed wrong, when they are no identity numbers that a mask would find; and lists of people."""
_FOR_THE_HOLDER = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
"""Where the address itself opens the page, it is kept nowhere and told to nobody."""


@dataclass(frozen=True)
class Place:
    """A line of the map as an ASGI application: opens the visit, asks `who`, calls the handler, commits."""

    portal: Portal
    handler: Handler
    who: Who
    form: str | None = None
    """For a route that takes a form: the route of the page that shows it."""
    max_body: int = MEGABYTE
    """What a body may weigh, in bytes; more is answered with 413."""
    while_viewing: bool = False
    """Whether staff may send it who see the portal as a customer does, and else change nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then do the rest in plain code."""
        allowed = self._allowed(scope)
        request = Request(scope, limited(scope, receive, allowed))
        form = FormData()
        failed: Refused | None = None
        if request.method not in SAFE_METHODS:
            try:
                form = await request.form(max_fields=MAX_FIELDS, max_files=1, max_part_size=allowed)
                "".join(str(part) for pair in form.multi_items() for part in pair).encode()
            except HTTPException as unreadable:
                failed = refusal(unreadable.status_code)
            except ValueError:  # a charset that no browser uses can make text that is none
                failed, form = refusal(400), FormData()
            except ClientDisconnect:
                return
        response = await run(visit, self, request, form, failed)
        await response(scope, receive, send)
        await form.close()

    def _allowed(self, scope: Scope) -> int:
        """What this body may weigh: more than a megabyte only as a form with files, from somebody with our cookie."""
        if self.max_body <= MEGABYTE:
            return self.max_body
        request = Request(scope)
        with_files = request.headers.get("content-type", "").startswith("multipart/form-data")
        known = with_files and self.portal.cookies.read_session(request) is not None
        return self.max_body if known else MEGABYTE


def visit(place: Place, request: Request, form: FormData, failed: Refused | None = None) -> Response:
    """Answer one request: a single transaction, committed if and only if the answer is below 400."""
    portal = place.portal
    started = time.perf_counter()
    safe = request.method in SAFE_METHODS
    db = portal.database.session(read_only=True)
    here = Visit(portal, request, form, portal.clock.now(), Asked.by(request), db)
    opened = started
    try:
        if not is_our_host(request, portal.settings):
            raise refusal(400)
        here.flash = portal.cookies.read_flash(request)
        here.signed_in = _who_is_it(here)
        scope = here.signed_in.scope if here.signed_in else None
        if safe or (here.is_viewing and not place.while_viewing):
            bind(db, scope, read_only=True)
        else:
            db.close()
            portal.database.wait_for_turn()
            here.db = db = portal.database.session(scope)
        opened = time.perf_counter()
        if failed:
            raise failed
        response = _enter(place, here)
        if response.status_code < 400 and not safe:
            db.commit()
            portal.wake_postman()
    except Refused as refused:
        db.rollback()
        response = portal.pages.refused(here, refused)
    except (OperationalError, PoolTimeout) as unavailable:
        db.rollback()
        log.exception("database unavailable", extra={"error": type(getattr(unavailable, "orig", unavailable)).__name__})
        response = portal.pages.refused(here, refusal(503, wait=5))
    except Exception:
        db.rollback()
        log.exception("unexpected error", extra={"method": request.method, "path": _route_path(request)})
        response = portal.pages.refused(here, refusal(500))
    finally:
        db.close()
    if response.status_code != 204:  # what an open page asks by itself, and hears nothing new, is no use
        _note_use(here)
    done = time.perf_counter()
    _finish(here, response, started, opened, done)
    return response


def _enter(place: Place, here: Visit) -> Response:
    """Check where the request comes from and who sends it, then let it in."""
    request = here.request
    safe = request.method in SAFE_METHODS
    if not safe:
        if is_cross_site(request, without_referrer=here.is_personal):
            raise refusal(403)
        token = here.form.get("csrf_token")
        subject = here.portal.cookies.subject_of(token) if isinstance(token, str) else None
        if here.signed_in is None and not place.who(here):
            return _keep_and_sign_in(place, here, subject or "")
        if subject is None or subject != here.form_subject:
            raise refusal(403)
        if here.is_viewing and not place.while_viewing:
            raise only_looking()
    if place.who(here):
        if here.is_viewing and safe and not here.is_personal:
            here.on_record(lambda db: note_look(db, here.user, _page(request), here.now))
        return place.handler(here, **request.path_params)
    if here.signed_in is None:
        return here.portal.pages.sign_in(here, back_to=_where_one_was(here))
    raise not_found()


def _who_is_it(here: Visit) -> SignedIn | None:
    cookie = here.portal.cookies.read_session(here.request)
    if cookie is None:
        return None
    with across_customers(here.db):
        found = find_signed_in(here.db, cookie.secret, cookie.customer_id, here.now)
        return with_view(here.db, found, here.now) if found and found.account_manager_id else found


def _keep_and_sign_in(place: Place, here: Visit, subject: str) -> Response:
    """The session ended while a form was being written: keep the form, sign in, and come back to it."""
    session_id, _, customer_id = subject.partition(":")
    links = here.portal.links
    form_page = links.path(place.form, **here.request.path_params) if place.form else "/"
    if place.form and session_id.isdigit() and (customer_id.isdigit() or not customer_id):
        with across_customers(here.db):
            user_id = user_of_session(here.db, int(session_id))
            if user_id is not None:
                key = keep(
                    here.db,
                    here.portal.keyring,
                    user_id=user_id,
                    customer_id=int(customer_id) if customer_id else None,
                    form=form_page.partition("?")[0],
                    fields=[
                        (name, mask_in(value, today=here.today)[0])
                        for name, value in here.form.multi_items()
                        if isinstance(value, str) and name not in _NOT_KEPT
                    ],
                    now=here.now,
                )
                form_page = links.path(place.form, **here.request.path_params, draft=key)
        here.keep()
    return here.portal.pages.sign_in(here, back_to=form_page)


def _where_one_was(here: Visit) -> str:
    """Where to return after sign-in: the page itself, or the page that asked htmx for a part of itself (N7)."""
    if here.asked.partial:
        with suppress(ValueError):  # it is no URL
            current = urlsplit(here.request.headers.get("hx-current-url", ""))
            if current.path.startswith("/"):
                return current.path + (f"?{current.query}" if current.query else "")
    return here.path if here.request.method in SAFE_METHODS else here.portal.links.path("info")


def _note_use(here: Visit) -> None:
    """Keep the session alive, at most every few minutes, so that reading seldom takes the write lock."""
    if here.signed_in is None or not use_is_worth_noting(here.signed_in, here.now):
        return
    if here.portal.database.is_taken:  # the next use will do
        return
    with here.portal.database.session() as db, across_customers(db):
        try:
            note_use(db, here.signed_in, here.now)
            db.commit()
        except (OperationalError, PoolTimeout):
            log.warning("the use of a session could not be noted")


def _finish(here: Visit, response: Response, started: float, opened: float, done: float) -> None:
    if here.flash and response.status_code not in {204, 303, 304}:
        here.portal.cookies.remove_flash(response)
    if here.visitor and here.signed_in is None:
        here.portal.cookies.write_visitor(response, here.visitor)
    if here.is_personal:
        response.headers.update(_FOR_THE_HOLDER)
    if response.status_code != 304:
        render = here.render_seconds
        work = max(0.0, done - opened - render)
        response.headers["server-timing"] = (
            f"session;dur={(opened - started) * 1000:.1f}, db;dur={work * 1000:.1f}, render;dur={render * 1000:.1f}"
        )
    log.info(
        "answered",
        extra={
            "method": here.request.method,
            "path": _route_path(here.request),
            "status": response.status_code,
            "ms": round((done - started) * 1000, 1),
        },
    )


def _page(request: Request) -> str:
    """Which page it is, without the words of a search; where its address holds more than numbers, its pattern."""
    is_numbered = all(isinstance(value, int) or name == "number" for name, value in request.path_params.items())
    return request.url.path if is_numbered else _route_path(request)


def _route_path(request: Request) -> str:
    """The pattern of the URL, not the URL: numbers and search words of people stay out of logs."""
    route = request.scope.get("route")
    return getattr(route, "path", None) or "(unknown)"
