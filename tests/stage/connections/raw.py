"""Requests as no browser makes them: any bytes in any header, a body in pieces, and how much of it was read."""

import asyncio
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.applications import Starlette

from tests.stage.house import House
from tests.stage.page import Page

PIECE = 64 * 1024
"""As much as the server hands over at a time."""


@dataclass(frozen=True)
class Sent:
    """What was answered, and how many bytes of the body were read before."""

    answer: httpx2.Response
    read: int


def send(
    house: House,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | Iterable[bytes] = b"",
    *,
    app: Starlette | None = None,
) -> Sent:
    """One request, past the server and its limits; to another portal than the house's, where one is named."""
    scope, sent = _scope(method, url, headers or {}), list[MutableMapping[str, Any]]()
    pieces = iter([body[at : at + PIECE] for at in range(0, len(body), PIECE)] if isinstance(body, bytes) else body)
    read, is_sent = 0, False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal read, is_sent
        if is_sent:
            await asyncio.Event().wait()  # whoever has sent all waits for the answer, and does not go
        piece = next(pieces, None)
        read, is_sent = read + len(piece or b""), piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def keep(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def ask() -> None:
        await (app or house.app)(scope, receive, keep)

    house._loop.wait(ask())
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Sent(httpx2.Response(sent[0]["status"], headers=sent[0]["headers"], content=content), read)


def cookies_of(person: Page) -> dict[str, str]:
    """The header with somebody's cookies."""
    return {"cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items())}


def _scope(method: str, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = url.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.encode(), value.encode("latin-1")) for name, value in {"host": "127.0.0.1:8000", **headers}.items()
        ],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 8000),
    }
