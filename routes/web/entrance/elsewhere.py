"""What answers where no line of the map does: an address that is not on it, or a method that none of its lines takes.

What is refused on a line of the map is answered in `visits`.
"""

from collections.abc import Awaitable, Callable

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from routes.web.entrance.doors import Door
from routes.web.entrance.visits import answer
from routes.web.errors import refusal
from routes.web.portal import Portal


def elsewhere(portal: Portal) -> Callable[[Request, Exception], Awaitable[Response]]:
    """The application's handler of its own refusals: a page that says why, with the headers that belong to it."""
    door = Door(portal, handler=lambda _visit: Response(), who=lambda _user: True)

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = await answer(door, request, FormData(), refusal(error.status_code))
        response.headers.update(error.headers or {})
        if error.status_code == 405:  # Starlette names the methods of the first line with this path only
            lines = [line for line in request.app.routes if line.matches(request.scope)[0] != Match.NONE]
            response.headers["allow"] = ", ".join(sorted({method for line in lines for method in line.methods or ()}))
        return response

    return refuse
