"""Calls from programs, such as the CRM: no session and no form, but a signature over the body (Standard Webhooks).

A call is one transaction, as a visit is; answers are JSON. What is called is in the map, under `CALLS`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from models.core.database import Session, run
from models.exchange.crm.webhooks import Unsigned, keys_of, verify
from routes.web.http.asked import SAFE_METHODS
from routes.web.http.body import limited
from routes.web.http.same_origin import is_our_host
from routes.web.portal import Portal

log = logging.getLogger("portal.call")


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
        """Read the body as it is, check who sent it, then do the rest in plain code."""
        request = Request(scope, limited(scope, receive, self.max_body))
        try:
            body = await request.body()
        except HTTPException as unreadable:
            await problem(unreadable.status_code, "the body is too large")(scope, receive, send)
            return
        except ClientDisconnect:
            return
        response = await run(_answer, self, request, body)
        await response(scope, receive, send)


def _answer(line: SignedCall, request: Request, body: bytes) -> Response:
    started = time.perf_counter()
    response = _checked(line, request, body)
    response.headers["cache-control"] = "no-store"
    ms = round((time.perf_counter() - started) * 1000, 1)
    route = getattr(request.scope.get("route"), "path", "(unknown)")
    log.info("answered", extra={"method": request.method, "path": route, "status": response.status_code, "ms": ms})
    return response


def _checked(line: SignedCall, request: Request, body: bytes) -> Response:
    portal, now = line.portal, line.portal.clock.now()
    keys = keys_of(portal.settings.crm_secrets)
    if not keys or not is_our_host(request, portal.settings):
        return problem(404, "there is nothing here")
    try:
        verify(keys, request.headers, body if request.method not in SAFE_METHODS else _target(request), now)
    except Unsigned as unsigned:
        return problem(401, str(unsigned))
    with portal.database.session() as db:
        try:
            response = line.handler(Call(portal, db, body, request.query_params, now))
            if response.status_code < 400:
                db.commit()
                portal.wake_postman()
        except (OperationalError, PoolTimeout) as unavailable:
            db.rollback()
            log.warning("database unavailable", extra={"error": type(unavailable).__name__})
            response = problem(503, "the database is busy; nothing is kept, try again")
            response.headers["retry-after"] = "5"
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
