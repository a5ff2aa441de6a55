"""The checks before a place: whether the request comes from our own pages, and whether its sender may enter.

What is committed, and what is answered where something breaks, is in `visits`.
"""

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from models.core.scope import across_customers
from models.users.sessions import SignedIn, find_signed_in
from models.users.throttle import Bucket
from models.users.viewings import note_look, with_view
from routes.web.answers import sign_in
from routes.web.entrance.kept import (
    counted,
    keep_and_sign_in,
    other_customer,
    page_of_another,
    set_up_first,
    where_one_was,
)
from routes.web.errors import not_found, only_looking, refusal
from routes.web.http.asked import SAFE_METHODS
from routes.web.http.body import MEGABYTE
from routes.web.http.links import without_numbers
from routes.web.http.same_origin import is_cross_site
from routes.web.portal import Handler, Portal, Who
from routes.web.visit import Visit

_OF_THE_SESSION = ("sign_out", "switch_customer")
"""Forms that are the same at every customer."""


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
    before_factor: bool = False
    """Whether it is open to who must set up a second factor first, as are the places that are open to nobody."""
    counts: Bucket | None = None
    """As what it is counted by the hour, since it costs others."""
    lands: bool = False
    """Whether a GET writes, since somebody comes back with it who was sent elsewhere to sign in."""
    from_replica: bool = False
    """Whether a server of the database may answer that follows another one, and is some seconds behind."""

    def only_looks(self, method: str) -> bool:
        """Whether nothing is written."""
        return method in SAFE_METHODS and not (self.lands and method == "GET")


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
    if safe:
        other = None if here.is_personal else page_of_another(here)
        stopped = other_customer(here, door.form, other) if other else None
    else:
        stopped = _stopped(door, here)
    if stopped:
        return stopped
    if here.lacks_factor and not (door.before_factor or door.who(None)):
        return set_up_first(here, door.form)
    if door.who(here.signed_in):
        if here.is_viewing and safe and not here.is_personal:
            here.on_record(lambda db: note_look(db, here.user, _page(request, here.today), here.now))
        if door.counts:
            return counted(here, door.counts, door.form, lambda: door.handler(here, **request.path_params))
        return door.handler(here, **request.path_params)
    if here.signed_in is None:
        return sign_in(here, back_to=where_one_was(here))
    raise not_found()


def _stopped(door: Door, here: Visit) -> Response | None:
    """What is answered to a change that was not sent from a page of this very session and customer; raises Refused."""
    if is_cross_site(here.request, without_referrer=here.is_personal):
        raise refusal(403)
    token = here.form.get("csrf_token")
    subject = here.portal.cookies.subject_of(token) if isinstance(token, str) else None
    if here.signed_in is None and not door.who(here.signed_in):
        return keep_and_sign_in(here, door.form, subject or "")
    if subject is None or subject != here.form_subject:
        other = page_of_another(here, subject or "")
        if other is None:
            raise refusal(403)
        if here.request.url.path not in map(here.url, _OF_THE_SESSION):
            return other_customer(here, door.form, other)
    if here.is_viewing and not door.while_viewing:
        raise only_looking()
    return None


def _page(request: Request, today: date) -> str:
    """Which page it is, without the words of a search; where its address holds more than numbers, its pattern."""
    is_numbered = all(isinstance(value, int) or name == "number" for name, value in request.path_params.items())
    return without_numbers(request.url.path, today=today) if is_numbered else route_path(request)


def route_path(request: Request) -> str:
    """The pattern of the URL, not the URL: numbers and search words of people stay out of logs."""
    route = request.scope.get("route")
    return getattr(route, "path", None) or "(unknown)"
