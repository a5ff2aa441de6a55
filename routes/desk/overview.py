"""Oversikt: the desk's first tab, with what waits for the account manager."""

from starlette.responses import Response

from routes.web.answers import page
from routes.web.visit import Visit


def index(visit: Visit) -> Response:
    """What waits."""
    return page(visit, "desk/overview/index.html")
