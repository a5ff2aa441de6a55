"""The visit, from the request that was read to the commit: one transaction, and an answer whatever happens.

What a visit gives to the rooms is in `routes.web.visit`; who may enter is decided in `doors`.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from models.core.database import UNAVAILABLE, CommitUnknown, kind_of
from models.core.deadline import Deadline, OutOfTime, deciding, is_uncertain, within
from models.core.logs import route_is
from models.core.scope import across_customers, bind
from models.core.servers.replica import Behind
from models.users.sessions import note_use, use_is_worth_noting
from routes.web.answers import refused
from routes.web.entrance.doors import Door, enter, route_path, who_is_it
from routes.web.entrance.readings import LeaderAway, Reading, first_reading, next_reading, who_is_there
from routes.web.errors import Refused, not_found, not_known, refusal
from routes.web.http.asked import Asked
from routes.web.http.same_origin import is_cross_site, is_our_host
from routes.web.visit import Visit

log = logging.getLogger("portal.visit")

_REFUSED = {403, 404, 429}
"""Of whoever is refused, the log says the number."""
_FOR_THE_HOLDER = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
"""Where the address itself opens the page, it is kept nowhere and told to nobody."""


@dataclass
class _Times:
    """When a visit began, when its session was open, and when it was answered."""

    started: float
    opened: float
    done: float = 0.0

    @classmethod
    def from_now(cls) -> "_Times":
        now = time.perf_counter()
        return cls(now, now)


async def answer(
    door: Door, request: Request, form: FormData, failed: Refused | None = None, *, deadline: Deadline | None = None
) -> Response:
    """Answer one request, also where that takes longer than anybody should wait."""
    deadline = deadline or Deadline(door.portal.settings.request_seconds)
    try:
        return await within(deadline, visit, door, request, form, failed)
    except OutOfTime:
        return _overdue(door, request, deadline)


async def whose(door: Door, request: Request, deadline: Deadline) -> int | Refused | None:
    """Which user sends something large, before it is read; why it is refused; None where nobody is signed in."""
    try:
        return await within(deadline, knock, door, request)
    except OutOfTime:
        return refusal(503, wait=5)


def visit(
    door: Door, request: Request, form: FormData, failed: Refused | None = None, *, tried: tuple[Reading, ...] = ()
) -> Response:
    """Answer one request: a single transaction, committed if and only if the answer is below 400.

    Where a connection was lost, as when another server of the database takes the lead, what only reads is tried again
    on a new one, or on another server; what writes never is.
    """
    times, portal = _Times.from_now(), door.portal
    tried = tried or (first_reading(door, request.method),)
    route_is(route_path(request))
    here = Visit(portal, request, form, portal.clock.now(), Asked.by(request), portal.database.session(read_only=True))
    try:
        response = _answer(door, here, failed, times, tried[-1])
    except Refused as why:
        response = _undone(here, why)
    except LeaderAway:
        return visit(door, request, form, failed, tried=(*tried, Reading.REPLICA))
    except CommitUnknown:
        log.exception("commit unknown", extra={"method": request.method, "path": route_path(request)})
        response = _undone(here, not_known())
    except (*UNAVAILABLE, Behind) as unavailable:
        if following := next_reading(door, request.method, tried, was_lost=_was_lost(unavailable)):
            return visit(door, request, form, failed, tried=(*tried, following))
        log.warning("database unavailable", extra={"error": kind_of(unavailable)})
        response = _undone(here, _nothing_or_some(door, request, refusal(503, wait=5)))
    except Exception:
        log.exception("unexpected error", extra={"method": request.method, "path": route_path(request)})
        response = _undone(here, _nothing_or_some(door, request, refusal(500)))
    finally:
        here.db.close()
    if response.status_code != 204 and tried[-1] is not Reading.REPLICA:  # what a page asks by itself in vain is no use
        _note_use(here)
    _finish(here, response, times)
    return response


def knock(door: Door, request: Request) -> int | Refused | None:
    """What `whose` answers. Whether it comes from a page of ours, its token tells afterwards."""
    portal = door.portal
    with portal.database.session(read_only=True) as db:
        here = Visit(portal, request, FormData(), portal.clock.now(), Asked.by(request), db)
        try:
            user = who_is_it(here)
        except UNAVAILABLE:
            return refusal(503, wait=5)
    if not is_our_host(request, portal.settings) or is_cross_site(request):
        return refusal(403)
    if user is None:
        return None
    return user.user_id if door.who(user) else not_found()


def _overdue(door: Door, request: Request, deadline: Deadline) -> Response:
    """What is said in the stead of a visit that took too long; the database, which may keep silent, is not asked."""
    times, portal = _Times.from_now(), door.portal
    unsure = deadline.is_uncertain and not door.only_looks(request.method)
    told = {"method": request.method, "path": route_path(request), "uncertain": unsure}
    log.warning("request out of time", extra=told)
    with portal.database.session(read_only=True) as db:
        here = Visit(portal, request, FormData(), portal.clock.now(), Asked.by(request), db)
        response = refused(here, not_known() if unsure else refusal(503, wait=5))
    _finish(here, response, times)
    return response


def _answer(door: Door, here: Visit, failed: Refused | None, times: _Times, reading: Reading) -> Response:
    """Find out who it is, open the session that this visit may have, and let it in; raises what `failed` already."""
    if door.is_probe:
        return door.handler(here)
    if not is_our_host(here.request, here.portal.settings):
        raise refusal(400)
    here.flash = here.portal.cookies.read_flash(here.request)
    here.signed_in, here.db = who_is_there(here, reading)
    safe = door.only_looks(here.request.method)
    _open(here, read_only=safe or (here.is_viewing and not door.while_viewing))
    times.opened = time.perf_counter()
    if failed:
        raise failed
    response = enter(door, here)
    if response.status_code < 400 and not safe:
        with deciding(all_of_it=True):
            here.db.commit()
        here.portal.wake_postman()
        position = here.portal.database.position
        if position is not None:
            here.portal.cookies.write_wrote(response, position)
    return response


def _open(here: Visit, *, read_only: bool) -> None:
    """Hold the session to what the visit may see; where it may write, it is one that waits for its turn."""
    scope = here.signed_in.scope if here.signed_in else None
    if read_only:
        bind(here.db, scope, read_only=True)
    else:
        here.db.close()
        here.db = here.portal.database.session(scope)


def _was_lost(error: Exception) -> bool:
    return isinstance(error, OperationalError) and error.connection_invalidated


def _undone(here: Visit, why: Refused) -> Response:
    """The page of a refusal, once nothing is kept of what was done."""
    here.db.rollback()
    return refused(here, why)


def _nothing_or_some(door: Door, request: Request, nothing: Refused) -> Refused:
    """A refusal that says that nothing is stored, where that is so: long lists are written piece by piece."""
    return not_known() if is_uncertain() and not door.only_looks(request.method) else nothing


def _note_use(here: Visit) -> None:
    """Keep the session alive, at most every few minutes, so that reading seldom takes the write lock."""
    if here.signed_in is None or not use_is_worth_noting(here.signed_in, here.now):
        return
    if here.portal.database.is_taken:  # the next use will do
        return
    with here.portal.database.session(at_once=True) as db, suppress(*UNAVAILABLE):  # as above
        with across_customers(db):
            note_use(db, here.signed_in, here.now)
        db.commit()


def _finish(here: Visit, response: Response, times: _Times) -> None:
    times.done = time.perf_counter()
    if here.flash and response.status_code not in {204, 303, 304}:
        here.portal.cookies.remove_flash(response)
    if here.visitor and here.signed_in is None:
        here.portal.cookies.write_visitor(response, here.visitor)
    if here.is_personal:
        response.headers.update(_FOR_THE_HOLDER)
    if response.status_code != 304:
        opening, render = times.opened - times.started, here.render_seconds
        work = max(0.0, times.done - times.opened - render)
        response.headers["server-timing"] = (
            f"session;dur={opening * 1000:.1f}, db;dur={work * 1000:.1f}, render;dur={render * 1000:.1f}"
        )
    told = {
        "method": here.request.method,
        "path": route_path(here.request),
        "status": response.status_code,
        "ms": round((times.done - times.started) * 1000, 1),
    }
    if here.signed_in and response.status_code in _REFUSED:
        told["about"] = f"user:{here.signed_in.user_id}"
    log.info("answered", extra=told)
