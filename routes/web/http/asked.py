"""What a request asks for: to read or to change, a whole document or a part of one.

Who asks, and what may be seen, is the visit's to know.
"""

from dataclasses import dataclass

from starlette.requests import Request

SAFE_METHODS = {"GET", "HEAD"}
"""They read; every other method changes something."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What htmx asks for: a part to swap in, or nothing (a whole document)."""

    partial: bool = False
    target: str = ""
    """The id of the element that will be replaced."""

    @classmethod
    def by(cls, request: Request) -> "Asked":
        """Read the request headers of htmx 4 (`HX-Target: section#results`)."""
        headers = request.headers
        partial = headers.get("hx-request") == "true" and headers.get("hx-request-type") != "full"
        return cls(partial, headers.get("hx-target", "").rpartition("#")[2] if partial else "")
