"""Connections that httptools parses, which sets no limits of its own: here they are.

It can be imported where httptools is installed; what every connection is held to is in `connections`.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from routes.web.serving.connections import Watched

LONGEST_HEAD = 64 * 1024
"""Bytes of a head that is not at its end yet; the segment that it begins in may hold more, and is not counted."""
MOST_HEADERS = 200
"""Headers, or trailers, that are kept of a request: more than are let in afterwards, so that it is refused."""
MOST_WAITING = 8
"""Requests that may have come before the one before them is answered."""

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class _TooMany(Exception):
    """More requests have come at once than may wait."""


class InC(Watched, HttpToolsProtocol):
    """A connection of people, or of the proxy before them."""

    _is_deaf = False
    _head_bytes: int | None = None
    """How much of a head has come since the segment that it began in; None between heads."""

    def data_received(self, data: bytes) -> None:
        """Read what has come, unless what came before could not be understood."""
        if self._is_deaf:
            return
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > LONGEST_HEAD and not self._is_deaf:
            self._is_deaf = True
            if self.is_between:
                self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_bytes = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, where it is not one of far too many."""
        if len(self.headers) < MOST_HEADERS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer. What else comes is a trailer, and never a header of this request."""
        self._head_bytes = None
        if len(self.pipeline) >= MOST_WAITING:
            raise _TooMany
        super().on_headers_complete()
        self.headers = []
        if self.parser.should_upgrade():  # what follows in the same segment is not read
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body; the names of chunks, however long, are none."""
        self.has_come(len(body))
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Refuse what nobody understands, after the answers to what came before it, and hear no more."""
        self._is_deaf = True
        if not self.is_between and not self.cycle.more_body:
            self.cycle.keep_alive = False
        elif self.pipeline or (not self.is_between and self.cycle.response_started):
            self.transport.close()
        else:
            super().send_400_response(msg)
