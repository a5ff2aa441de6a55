"""Reading the body of a request, up to the length that the map allows."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope


def limited(scope: Scope, receive: Receive, allowed: int) -> Receive:
    """The body, as far as it is no longer than allowed; raises HTTPException 413 while it is read."""
    received = 0
    announced = Headers(scope=scope).get("content-length", "")
    too_long = announced.isdecimal() and int(announced) > allowed  # known before a byte is read

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
