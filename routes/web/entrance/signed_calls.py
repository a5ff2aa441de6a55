"""Calls from programs, such as the CRM: no session and no form, but a signature over the body (Standard Webhooks).

A call is one transaction, as a visit is; answers are JSON. What is called is in the map, under `CALLS`.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from models.core.database import CommitUnknown, Session, kind_of
from models.core.deadline import Deadline, OutOfTime, deciding, within
from models.core.lanes import Full
from models.exchange.crm.webhooks import Unsigned, check_fresh, keys_of, verify
from routes.web.http.asked import SAFE_METHODS
from routes.web.http.body import MEGABYTE, announced, limited
from routes.web.http.same_origin import is_our_host
from routes.web.portal import Portal

log = logging.getLogger("portal.call")

_LONGEST = 60
"""Seconds that a body may take to come."""
_LONGEST_WORK = 300
"""Seconds that what it asks may take: a batch is as long as a program likes, and one transaction."""
_NOT_KNOWN = "it is not known whether it was kept; send the same call again"


@dataclass(frozen=True, slots=True)
class Call:
    """What a program asks; the database has no scope, because it asks for every customer."""

    portal: Portal
    db: Session
    body: bytes
    query_params: QueryParams
    now: datetime


CallHandler = Callable[[Call], Response]


@dataclass(frozen=True)
class SignedCall:
    """A line of the map for programs, as an ASGI application."""

    portal: Portal
    handler: CallHandler
    max_body: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body once its headers will do, check who sent it, then do the rest in plain code."""
        started = time.perf_counter()
        is_large = announced(scope) > MEGABYTE
        request = Request(scope, limited(scope, receive, self.max_body if is_large else MEGABYTE))
        try:
            with self.portal.calls.one("large") if is_large else nullcontext():
                response = _refused_unread(self, request) or await self._read(request)
        except Full:
            response = _busy()
        if response is not None:
            _note(request, response, started)
            await response(scope, receive, send)

    async def _read(self, request: Request) -> Response | None:
        """The answer, or None where who asked is gone."""
        try:
            async with asyncio.timeout(_LONGEST):
                body = await request.body()
        except HTTPException as unreadable:
            return problem(unreadable.status_code, "the body is too large")
        except TimeoutError:
            return problem(408, "the body did not come in time")
        except ClientDisconnect:
            return None
        deadline = Deadline(_LONGEST_WORK)
        try:
            return await within(deadline, _checked, self, request, body)
        except OutOfTime:
            log.warning("call out of time", extra={"uncertain": deadline.is_uncertain})
            return _busy(_NOT_KNOWN) if deadline.is_uncertain else _busy()


def _refused_unread(line: SignedCall, request: Request) -> Response | None:
    """What needs no body to be refused; nobody else's is read."""
    if not line.portal.settings.crm_secrets or not is_our_host(request, line.portal.settings):
        return problem(404, "there is nothing here")
    try:
        check_fresh(request.headers, line.portal.clock.now())
    except Unsigned as unsigned:
        return problem(401, str(unsigned))
    return None


def _busy(why: str = "the portal is busy; nothing is kept, try again") -> Response:
    response = problem(503, why)
    response.headers["retry-after"] = "5"
    return response


def _note(request: Request, response: Response, started: float) -> None:
    response.headers["cache-control"] = "no-store"
    ms = round((time.perf_counter() - started) * 1000, 1)
    route = getattr(request.scope.get("route"), "path", "(unknown)")
    log.info("answered", extra={"method": request.method, "path": route, "status": response.status_code, "ms": ms})


def _checked(line: SignedCall, request: Request, body: bytes) -> Response:
    portal, now = line.portal, line.portal.clock.now()
    keys = keys_of(portal.settings.crm_secrets)
    try:
        verify(keys, request.headers, body if request.method not in SAFE_METHODS else _target(request), now)
    except Unsigned as unsigned:
        return problem(401, str(unsigned))
    with portal.database.session() as db:
        try:
            response = line.handler(Call(portal, db, body, request.query_params, now))
            if response.status_code < 400:
                with deciding(all_of_it=True):
                    db.commit()
                portal.wake_postman()
        except CommitUnknown:
            log.exception("commit unknown")
            response = _busy(_NOT_KNOWN)
        except (OperationalError, PoolTimeout) as unavailable:
            db.rollback()
            log.warning("database unavailable", extra={"error": kind_of(unavailable)})
            response = _busy()
        except Exception:
            db.rollback()
            log.exception("unexpected error")
            response = problem(500, "a fault of the portal; nothing is kept")
    return response


def _target(request: Request) -> bytes:
    """What a call without a body signs instead: its path and query."""
    query = request.url.query
    return (request.url.path + (f"?{query}" if query else "")).encode()


def problem(status: int, detail: str) -> JSONResponse:
    """A refusal for programs (RFC 9457)."""
    return JSONResponse({"status": status, "detail": detail}, status, media_type="application/problem+json")
