"""A place as an ASGI application: it reads the body, and leaves the rest to plain code.

What that does with it is in `visits`.
"""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from models.core.deadline import Deadline
from models.core.lanes import Full
from routes.web.entrance.doors import Door
from routes.web.entrance.visits import answer, whose
from routes.web.errors import Refused, busy, refusal
from routes.web.http.asked import SAFE_METHODS
from routes.web.http.body import FOR_STRANGERS, MEGABYTE, announced, form_of, limited

_LONGEST = 300
"""Seconds that a form may take to come."""


@dataclass(frozen=True)
class Place(Door):
    """A line of the map as an ASGI application: opens the visit, asks `who`, calls the handler, commits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who may send so much, read the body, then do the rest in plain code."""
        if not self._is_large(scope):
            reads = scope["method"] not in SAFE_METHODS  # else whose cookie it is need not be asked twice
            await self._answer(scope, receive, send, self._allowed(scope) if reads else FOR_STRANGERS)
            return
        request, deadline = Request(scope), Deadline(self.portal.settings.request_seconds)
        try:
            sender = await whose(self, request, deadline)
            if sender is None or isinstance(sender, Refused):
                response = await answer(self, request, FormData(), sender, deadline=deadline)
            else:
                with self.portal.bodies.one(sender):
                    await self._answer(scope, receive, send, self.max_body)
                return
        except Full as full:
            response = await answer(self, request, FormData(), busy(own=full.own))
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, allowed: int) -> None:
        request = Request(scope, limited(scope, receive, allowed))
        form = FormData()
        failed: Refused | None = None
        if request.method not in SAFE_METHODS:
            try:
                async with asyncio.timeout(_LONGEST):
                    form = await form_of(request, allowed)
                "".join(str(part) for pair in form.multi_items() for part in pair).encode()
            except HTTPException as unreadable:
                failed = refusal(unreadable.status_code)
            except ValueError:  # a charset that no browser uses can make text that is none
                failed, form = refusal(400), FormData()
            except TimeoutError:
                failed = refusal(400)
            except ClientDisconnect:
                return
        response = await answer(self, request, form, failed)
        await response(scope, receive, send)
        await form.close()

    def _is_large(self, scope: Scope) -> bool:
        """Whether it is a form with files that may weigh more than others; its sender is known before it is read."""
        with_files = Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")
        return with_files and MEGABYTE < announced(scope) <= self.max_body

    def _allowed(self, scope: Scope) -> int:
        """What any other body may weigh; less from somebody without our cookie."""
        known = self.portal.cookies.read_session(Request(scope)) is not None
        return min(self.max_body, MEGABYTE if known else FOR_STRANGERS)
