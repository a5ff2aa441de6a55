"""The checks before a place: whether the request comes from our own pages, and whether its sender may enter.

What is committed, and what is answered where something breaks, is in `visits`.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from models.core.scope import across_customers
from models.users.drafts import keep
from models.users.sessions import SignedIn, find_signed_in, user_of_session
from models.users.viewings import note_look, with_view
from models.values.national_id import mask_in
from routes.web.answers import sign_in
from routes.web.errors import not_found, only_looking, refusal
from routes.web.http.asked import SAFE_METHODS
from routes.web.http.body import MEGABYTE
from routes.web.http.links import without_numbers
from routes.web.http.same_origin import is_cross_site
from routes.web.portal import Handler, Portal, Who
from routes.web.visit import Visit

_NOT_KEPT = {"csrf_token", "password", "own_password", "new_password", "national_id", "sealed_number"}
"""Secrets, also typed wrong, when they are no identity numbers that a mask would find; and lists of people."""


@dataclass(frozen=True)
class Door:
    """What a line of the map says of a place: who may enter, with what, and who answers."""

    portal: Portal
    handler: Handler
    who: Who
    form: str | None = None
    """For a route that takes a form: the route of the page that shows it."""
    max_body: int = MEGABYTE
    """What a body may weigh, in bytes; more is answered with 413."""
    is_probe: bool = False
    """Whether a balancer asks it: by whatever name, and as nobody. It names no URL and needs no database."""
    while_viewing: bool = False
    """Whether staff may send it who see the portal as a customer does, and else change nothing."""


def who_is_it(here: Visit) -> SignedIn | None:
    """Whom the cookie's session is of, and as whom the portal is seen."""
    cookie = here.portal.cookies.read_session(here.request)
    if cookie is None:
        return None
    with across_customers(here.db):
        found = find_signed_in(here.db, cookie.secret, cookie.customer_id, here.now)
        return with_view(here.db, found, here.now) if found and found.account_manager_id else found


def enter(door: Door, here: Visit) -> Response:
    """Check where the request comes from and who sends it, then let it in."""
    request = here.request
    safe = request.method in SAFE_METHODS
    if not safe:
        if is_cross_site(request, without_referrer=here.is_personal):
            raise refusal(403)
        token = here.form.get("csrf_token")
        subject = here.portal.cookies.subject_of(token) if isinstance(token, str) else None
        if here.signed_in is None and not door.who(here.signed_in):
            return _keep_and_sign_in(door, here, subject or "")
        if subject is None or subject != here.form_subject:
            raise refusal(403)
        if here.is_viewing and not door.while_viewing:
            raise only_looking()
    if door.who(here.signed_in):
        if here.is_viewing and safe and not here.is_personal:
            here.on_record(lambda db: note_look(db, here.user, _page(request, here.today), here.now))
        return door.handler(here, **request.path_params)
    if here.signed_in is None:
        return sign_in(here, back_to=_where_one_was(here))
    raise not_found()


def _keep_and_sign_in(door: Door, here: Visit, subject: str) -> Response:
    """The session ended while a form was being written: keep the form, sign in, and come back to it."""
    session_id, _, customer_id = subject.partition(":")
    links = here.portal.links
    form_page = links.path(door.form, **here.request.path_params) if door.form else "/"
    if door.form and session_id.isdigit() and (customer_id.isdigit() or not customer_id):
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
                form_page = links.path(door.form, **here.request.path_params, draft=key)
        here.keep()
    return sign_in(here, back_to=form_page)


def _where_one_was(here: Visit) -> str:
    """Where to return after sign-in: the page itself, or the page that asked htmx for a part of itself (N7)."""
    if here.asked.partial:
        with suppress(ValueError):  # it is no URL
            current = urlsplit(here.request.headers.get("hx-current-url", ""))
            if current.path.startswith("/"):
                return current.path + (f"?{current.query}" if current.query else "")
    return here.path if here.request.method in SAFE_METHODS else here.portal.links.path("info")


def _page(request: Request, today: date) -> str:
    """Which page it is, without the words of a search; where its address holds more than numbers, its pattern."""
    is_numbered = all(isinstance(value, int) or name == "number" for name, value in request.path_params.items())
    return without_numbers(request.url.path, today=today) if is_numbered else route_path(request)


def route_path(request: Request) -> str:
    """The pattern of the URL, not the URL: numbers and search words of people stay out of logs."""
    route = request.scope.get("route")
    return getattr(route, "path", None) or "(unknown)"
