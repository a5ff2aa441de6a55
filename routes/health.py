"""Health for operators and load balancers: does the process live, may it get traffic. Nothing for customers."""

from starlette.responses import PlainTextResponse, Response

from routes.web.errors import refusal
from routes.web.visit import Visit


def alive(_visit: Visit) -> Response:
    """The process answers."""
    return PlainTextResponse("ok", headers={"cache-control": "no-store"})


def ready(visit: Visit) -> Response:
    """The process may get traffic: it is not shutting down and its database answers."""
    if visit.portal.is_stopping() or not visit.portal.database.answers():
        raise refusal(503, wait=5)
    return PlainTextResponse("ready", headers={"cache-control": "no-store"})
