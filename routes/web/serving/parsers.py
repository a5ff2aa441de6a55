"""Which of uvicorn's protocols read requests: the one in C where it is installed, else the one in Python.

How long a connection may keep us waiting, and how many there may be, is in `connections`.
"""

from uvicorn.protocols.http.h11_impl import H11Protocol

from routes.web.serving.connections import Watched

try:
    from routes.web.serving.in_c import InC
except ImportError:  # there is no wheel of httptools for this Python or this machine
    IN_C: type[Watched] | None = None
else:
    IN_C = InC


class InPython(Watched, H11Protocol):
    """A connection that h11 parses; it keeps 64 KB of a head, and reads no request before the last is answered."""

    def data_received(self, data: bytes) -> None:
        """Read what has come; what of it is a body, h11 does not tell."""
        self.has_come(len(data))
        super().data_received(data)


FASTEST: type[Watched] = IN_C or InPython


def at_most(number: int, kind: type[Watched] = FASTEST) -> type[Watched]:
    """Connections of which there are no more than so many."""
    return type("Connection", (kind,), {"most": number})
