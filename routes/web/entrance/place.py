"""A place as an ASGI application: it reads the body, and leaves the rest to plain code.

What that does with it is in `visits`.
"""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from models.core.database import run
from routes.web.entrance.doors import Door
from routes.web.entrance.visits import visit
from routes.web.errors import Refused, refusal
from routes.web.http.asked import SAFE_METHODS
from routes.web.http.body import MEGABYTE, form_of, limited


@dataclass(frozen=True)
class Place(Door):
    """A line of the map as an ASGI application: opens the visit, asks `who`, calls the handler, commits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then do the rest in plain code."""
        allowed = self._allowed(scope)
        request = Request(scope, limited(scope, receive, allowed))
        form = FormData()
        failed: Refused | None = None
        if request.method not in SAFE_METHODS:
            try:
                form = await form_of(request, allowed)
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
