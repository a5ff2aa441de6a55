"""Requests to the portal as people send them, in the same process, and the answers as examples.

What is asked is decided in `walk`.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlencode, urlsplit

from starlette.types import ASGIApp, Message

from routes.contract.markup import Markup

Pairs = Sequence[tuple[str, str]]
Files = Sequence[tuple[str, str, bytes]]
"""Files of a form: the name of the field, the name of the file, and what is in it."""

_TOLD = (
    "location", "hx-redirect", "hx-retarget", "hx-reswap", "hx-push-url", "hx-replace-url",
    "content-disposition", "etag", "allow", "retry-after",
)  # fmt: skip
"""Headers of an answer that say where it goes, what it is, and what may be asked next."""

_WITHOUT_A_PART = {204, 303, 304, 401}
"""Statuses of answers that htmx puts nowhere: there is nothing new, or it goes elsewhere."""
_IN_WORDS = ("text/", "application/json", "application/xml")
"""Kinds of files of which the first lines are shown; of others, how large they are."""
_LINES, _SIGNS = 12, 2000
PARTIAL = re.compile(r'<hx-partial hx-target="(#[^"]+)"')

HOME = "http://localhost:8000"
"""Where a rehearsal is at home: passkeys belong to a name, and so does it."""
_HOST = urlsplit(HOME)


_SIGNING_IN = """at={at} who={who}
token() {{ curl -s -b jar -c jar "$at$1" | grep -o 'name="csrf_token" value="[^"]*"' | head -n 1 | cut -d '"' -f 4; }}
token=$(token /login)
curl -b jar -c jar --data-urlencode csrf_token=$token --data-urlencode username=$who \\
  --data-urlencode password=demo-$(echo $who | tr A-Z a-z) $at/login
token=$(token /password)"""


def signing_in(at: str, who: str = "hms.fjord") -> str:
    """What comes before the examples at a command line: a user of the demo signs in at a portal."""
    return _SIGNING_IN.format(at=at, who=who)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: by whom, for what, and with what."""

    username: str | None
    method: str
    url: str
    fields: Pairs = ()
    target: str | None = None
    """What htmx is going to replace; None where no script asks."""
    files: Files = ()
    more: tuple[tuple[str, str], ...] = ()
    """Headers besides."""

    @property
    def headers(self) -> dict[str, str]:
        """What is sent along."""
        sent = {"sec-fetch-site": "same-origin"} if self.method == "POST" else {}
        if self.target is not None:
            sent |= {"hx-request": "true", "hx-request-type": "partial", "hx-target": f"div#{self.target}"}
        return sent | dict(self.more)

    def curl(self, at: str) -> str:
        """The same at a command line, of a portal at an address, after a sign-in that has filled `jar`.

        `$token` is the csrf_token of any form of the session.
        """
        words = ["curl -i -b jar -c jar", *(f"-H '{name}: {value}'" for name, value in self.headers.items())]
        words += [f"-X {self.method}"] if self.method != "GET" and not (self.fields or self.files) else []
        how = "-F" if self.files else "--data-urlencode"
        for name, value in self.fields if self.method == "POST" else ():
            said = "$token" if name == "csrf_token" else value.replace("'", "'\\''")
            words.append(f"{how} {name}=$token" if said == "$token" else f"{how} '{name}={said}'")
        words += [f"-F '{name}=@{file}'" for name, file, _ in self.files]
        return " ".join([*words, f"'{at}{self.url}'"])

    @property
    def body(self) -> tuple[str, bytes]:
        """What a browser sends of the form, and of which kind that is."""
        if not self.files:
            return "application/x-www-form-urlencoded", urlencode(list(self.fields)).encode()
        between = secrets.token_hex(16)
        parts = [(f'name="{name}"', value.encode()) for name, value in self.fields]
        parts += [(f'name="{name}"; filename="{file}"', content) for name, file, content in self.files]
        body = b"".join(
            f"--{between}\r\nContent-Disposition: form-data; {told}\r\n\r\n".encode() + content + b"\r\n"
            for told, content in parts
        )
        return f"multipart/form-data; boundary={between}", body + f"--{between}--\r\n".encode()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    html: str
    file: str = ""
    """The first lines of what is no page; of what is no text, how large it is, and its digest."""

    @property
    def beside(self) -> list[str]:
        """What `hx-partial` replaces with it, elsewhere on the page."""
        return list(dict.fromkeys(PARTIAL.findall(self.html)))

    @cached_property
    def markup(self) -> Markup:
        """What can be gone on with from there."""
        return Markup(self.html)


@dataclass(frozen=True, slots=True)
class Example:
    """A request and its answer, with a word for what it shows."""

    line: str
    shows: str
    asked: Asked
    answer: Answer

    @property
    def part(self) -> str | None:
        """The part that came, where it was one."""
        if self.answer.status in _WITHOUT_A_PART:
            return None
        there = self.answer.headers.get("hx-retarget", f"#{self.asked.target or ''}").removeprefix("#")
        return part_of(there) or None


def part_of(id: str) -> str:
    """The part that an element with this id is: `slot-68` is a `slot-{id}`."""
    return re.sub(r"-\d+$", "-{id}", id)


@dataclass
class Person:
    """Somebody with a browser: what they are signed in with is kept."""

    app: ASGIApp
    username: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"
    """Of the computer."""

    async def ask(self, asked: Asked) -> Answer:
        """Send one request; nothing is followed."""
        parts, body = urlsplit(asked.url), b""
        headers = {"host": _HOST.netloc, "cookie": "; ".join(map("=".join, self.cookies.items()))}
        if asked.method == "POST":
            kind, body = asked.body
            headers |= {"content-type": kind, "content-length": str(len(body))}
        headers |= asked.headers
        scope: dict[str, object] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": (self.address, 1),
            "server": (_HOST.hostname, _HOST.port),
        }
        return self._take(await _call(self.app, scope, body))

    def _take(self, told: list[Message]) -> Answer:
        start = next(message for message in told if message["type"] == "http.response.start")
        pairs = [(name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"]]
        for name, value in pairs:
            if name == "set-cookie":
                key, _, said = value.partition(";")[0].partition("=")
                self.cookies[key] = said
        headers = dict(pairs)
        kind = headers.get("content-type", "")
        body = b"".join(message.get("body", b"") for message in told)
        is_html = kind.startswith("text/html")
        shown = {name: headers[name] for name in ("content-type", *_TOLD) if name in headers}
        return Answer(start["status"], shown, body.decode() if is_html else "", "" if is_html else _shown(kind, body))


def _shown(kind: str, body: bytes) -> str:
    """What an example shows of a file."""
    if not body:
        return ""
    if not kind.startswith(_IN_WORDS):
        return f"{len(body)} byte, sha256 {hashlib.sha256(body).hexdigest()}"
    text = body.decode()
    begun = "\n".join(text.splitlines()[:_LINES])[:_SIGNS]
    return f"{begun}\n…" if len(begun) < len(text.rstrip()) - 1 else begun


async def _call(app: ASGIApp, scope: dict[str, object], body: bytes) -> list[Message]:
    told: list[Message] = []
    bodies = [body]

    async def receive() -> Message:
        if not bodies:
            await asyncio.Event().wait()  # nobody leaves before the answer is there
        return {"type": "http.request", "body": bodies.pop(), "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    await app(scope, receive, send)
    return told
