"""Reading the body of a request, up to the length that the map allows, and the form in it.

What a form's fields mean is in `routes.web.forms`.
"""

from contextlib import aclosing

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

MEGABYTE = 1024 * 1024
FOR_STRANGERS = MEGABYTE // 8
"""What the body of a form may weigh that somebody sends without our cookie."""
_MAX_FIELDS = 2000
_MAX_FILES = 100
"""More than any form takes, so that it can say how many it does."""
_CHARSETS = {b"utf-8", b"utf8"}


def announced(scope: Scope) -> int:
    """How long the body is to be, as its header says; 0 where none does."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def limited(scope: Scope, receive: Receive, allowed: int) -> Receive:
    """The body, as far as it is no longer than allowed; raises HTTPException 413 while it is read."""
    received = 0
    too_long = announced(scope) > allowed  # known before a byte is read

    async def receive_limited() -> Message:
        nonlocal received
        if too_long:
            raise HTTPException(413)
        message = await receive()
        received += len(message.get("body", b""))
        if received > allowed:
            raise HTTPException(413)
        return message

    return receive_limited


class _InMemory(MultiPartParser):
    """The map limits bodies, so a file that was sent stays in memory: none is on the disk, reading it never waits."""

    spool_max_size = 1024 * MEGABYTE


async def form_of(request: Request, allowed: int) -> FormData:
    """The fields and the files of a form, none longer than allowed; raises HTTPException 400 where it is no form."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if options.get(b"charset", b"utf-8").lower() not in _CHARSETS:
        raise HTTPException(400)  # no browser names another, and some of Python's take the square of the length
    async with aclosing(request.stream()) as stream:
        parser: FormParser | MultiPartParser
        if kind == b"multipart/form-data":
            limits = {"max_files": _MAX_FILES, "max_fields": _MAX_FIELDS, "max_part_size": allowed}
            parser = _InMemory(request.headers, stream, **limits)
        elif kind == b"application/x-www-form-urlencoded":
            parser = FormParser(request.headers, stream, max_fields=_MAX_FIELDS, max_part_size=allowed)
        else:
            return FormData()
        try:
            return await parser.parse()
        except MultiPartException:
            raise HTTPException(400) from None
