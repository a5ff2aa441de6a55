"""The fourth answer: a file. A list is sent while it is read, however long it is.

How a spreadsheet is written is in `models.exchange.sheets.files`; which rows it has is decided in the models.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.responses import Response, StreamingResponse

from models.core.database import Session, others_first, run
from models.values.files.kinds import Download
from models.values.tables import Writer
from models.values.texts.marks import normal
from routes.web.entrance.readings import who_now
from routes.web.errors import not_found
from routes.web.visit import Visit

LOCKED = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cache-control": "private, no-cache",
}
"""What a file that somebody sent may do in a browser that shows it: nothing."""

After = TypeVar("After")
Piece = TypeVar("Piece")
_CHECKED_EVERY = timedelta(seconds=3)
_AT_ONCE = 25
"""Rows that are written before others on the event loop come in: about a millisecond."""
Read = Callable[[Session, After | None], tuple[Sequence[Piece], After | None]]
"""Rows that follow the key `After` (None: the first ones), and the key to go on from; None where that was the end."""


def download(visit: Visit, *, filename: str, writer: Writer[Piece], read: Read[After, Piece]) -> Response:
    """Answer with a file of all rows that `read` gives, batch by batch.

    The first batch is read in the visit, so that what goes wrong there is a page. The visit's transaction ends
    before the body is sent; each later batch is a short transaction of its own, held to the same scope, and gives
    way to other requests before the next. Every few seconds it is asked anew who downloads and what that user may see:
    where it is not the same, nothing more is sent. So memory stays flat, and a row that is changed meanwhile is read as
    it then is. Who goes away stops it; a fault in the middle breaks the connection off, as half a file must not look
    whole.
    """
    rows, after = read(visit.db, None)
    pieces = _pieces(visit, writer, read, rows, after)
    response = StreamingResponse(pieces, media_type=writer.media_type)
    response.headers["content-disposition"] = disposition(_whose(visit, filename))
    response.headers["cache-control"] = "private, no-store"
    if visit.request.method == "HEAD":
        response.body_iterator = _nothing()
        if writer.media_type.startswith("text/"):
            response.headers["vary"] = "Accept-Encoding"  # as the compression says of what it compresses
    return response


def _whose(visit: Visit, filename: str) -> str:
    """The file's name; whoever goes from customer to customer finds in it whose file it is, also from an old tab."""
    user = visit.signed_in
    if user is None or user.customer is None or (len(user.customers) < 2 and user.view is None):
        return filename
    stem, dot, kind = filename.rpartition(".")
    return f"{stem} {user.customer.name}{dot}{kind}"


def disposition(filename: str) -> str:
    """Content-Disposition of a file to keep, with the name as it is and in ASCII for old clients (RFC 6266)."""
    plain = normal(filename.translate(_LETTERS), "NFKD").encode("ascii", "ignore").decode()
    plain = re.sub(r'[^ -~]|["\\%/]', "_", plain)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def whole_file(body: bytes, name: str, media_type: str, *, shown: bool = False) -> Response:
    """Answer with a file that is in hand: to be saved, or, with `shown`, to be looked at in the browser."""
    named = disposition(name)
    if shown:
        named = named.replace("attachment", "inline", 1)
    headers = {"content-disposition": named, "cache-control": "private, no-store"}
    return Response(body, headers=headers, media_type=media_type)


def file_as_sent(found: Download | None, *, shown: bool = False) -> Response:
    """A file as somebody sent it: to be saved, or, with `shown`, looked at where a browser does that safely.

    Raises the page of what is not there where none was found.
    """
    if found is None:
        raise not_found()
    response = whole_file(found.content, found.file_name, found.media_type, shown=found.is_shown and shown)
    response.headers.update(LOCKED)
    return response


def kept_file(visit: Visit, body: bytes, headers: dict[str, str], media_type: str) -> Response:
    """A file that the browser, or a calendar program, keeps and asks about: it is not sent again while it is so."""
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = headers | {"cache-control": "private, no-cache", "etag": etag}
    if etag in visit.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "Æ": "Ae", "Ø": "O"})


async def _pieces(
    visit: Visit, writer: Writer[Piece], read: Read[After, Piece], rows: Sequence[Piece], after: After | None
) -> AsyncIterator[bytes]:
    if begun := await _written(writer, rows):
        yield begun
    checked = visit.now
    while after is not None:
        now = visit.portal.clock.now()
        if now - checked >= _CHECKED_EVERY:
            await run(_check, visit, now)
            checked = now
        rows, after = await run(_batch, visit, read, after)
        if piece := await _written(writer, rows):
            yield piece
    yield writer.end()


async def _written(writer: Writer[Piece], rows: Sequence[Piece]) -> bytes:
    """Write some rows, a few at a time: a workbook takes longer to write them than the database to find them."""
    pieces = []
    for first in range(0, max(len(rows), 1), _AT_ONCE):
        await others_first()  # also where the client takes the bytes at once
        pieces.append(writer.add(rows[first : first + _AT_ONCE]))
    return b"".join(pieces)


class NoLongerAllowed(Exception):
    """Whoever downloads is signed out by now, or may see something else than when the file was begun."""


def _check(visit: Visit, now: datetime) -> None:
    """Raises NoLongerAllowed."""
    again = who_now(Visit(visit.portal, visit.request, FormData(), now, visit.asked, visit.db))
    begun = visit.user
    if again is None or (again.scope, again.role, again.view) != (begun.scope, begun.role, begun.view):
        raise NoLongerAllowed


def _batch(visit: Visit, read: Read[After, Piece], after: After) -> tuple[Sequence[Piece], After | None]:
    return visit.portal.database.read_beside(visit.db, visit.scope, lambda db: read(db, after))


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield
