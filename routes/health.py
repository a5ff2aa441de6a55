"""Health for operators and load balancers: does the process live, may it get traffic. Nothing for customers."""

from starlette.responses import PlainTextResponse, Response

from models.migrations import wrong_with
from routes.web.visit import Visit


def alive(_visit: Visit) -> Response:
    """The process answers."""
    return PlainTextResponse("ok", headers={"cache-control": "no-store"})


def ready(visit: Visit) -> Response:
    """The process may get traffic: it is not shutting down, and its database answers and has the right tables."""
    wrong = "The portal is stopping." if visit.portal.is_stopping() else visit.portal.database.ask(wrong_with)
    headers = {"cache-control": "no-store"} | ({"retry-after": "5"} if wrong else {})
    return PlainTextResponse(wrong or "ready", 503 if wrong else 200, headers)
