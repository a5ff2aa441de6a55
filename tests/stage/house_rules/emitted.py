"""Everything that the portal says while it is tested, searched for identity numbers in clear (AR6).

Known numbers are those of the demo, those that stand in the tests, and whatever a test types or uploads. They are
looked for in every answer with its headers and cookies, every line of the log, every letter and event, and everything
that is stored: the rows of each story, and the files. A finding fails the test that made it.
"""

import email
import email.policy
import io
import logging
import re
import zipfile
import zlib
from base64 import urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator
from pathlib import Path
from unicodedata import decimal, normalize
from urllib.parse import parse_qsl, quote, unquote_plus

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.core.logs import structured
from models.values.national_id import is_valid
from tests.stage.times import TODAY

_HERE = Path(__file__).parents[2]
# Eleven digits or more, in one piece or with up to three signs between any two that are neither letters nor digits.
_RUN = re.compile(r"[0-9](?:[^0-9a-zæøå]{0,3}[0-9]){10,}", re.IGNORECASE)
_BETWEEN = re.compile(rb"[ .\-]")
_OTHER_DIGITS = {
    code: folded
    for code in range(0x80, 0x20000)
    if (folded := "".join(str(decimal(part)) for part in normalize("NFKC", chr(code)) if part.isdecimal()))
}
_ABOVE = re.compile("[\u00b2\u00b3\u00b9\u00bc-\u00be\u0100-\u200f\u2030-\ufffc\ufffe-\U0001ffff]")
"""Where other digits lie; few pages have such a sign, and to fold a whole page takes a hundred times as long.

The sign for what is no text is left out: between the values of a database it is everywhere.
"""
_APART = re.compile(r"(?<=[0-9])[^0-9a-z]{1,3}(?=[0-9])", re.IGNORECASE)
_TYPED = re.compile(rb"(?<![0-9])[0-9]{6}[ .\-]?[0-9]{5}(?![0-9])")


class Emitted(logging.Handler):
    """The watch of one test process: what numbers it knows, and where it has seen one."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.known: set[bytes] = set()
        self.leaks: list[str] = []
        self._formats = [structured(as_json=True), structured(as_json=False)]
        self._seen: set[tuple[Path, int]] = set()
        self._learned: set[tuple[bytes, str]] = set()
        for file in [*_HERE.rglob("*.py"), *_HERE.rglob("*.csv"), *_HERE.rglob("*.tsv"), *_HERE.rglob("*.xlsx")]:
            self.learn(file.read_bytes())

    def learn(self, typed: bytes, *, as_number: bool = False) -> None:
        """Get to know the identity numbers in what a test types or uploads; `as_number` takes them as they are."""
        for content in _unpacked(typed):
            numbers: set[bytes] = {_BETWEEN.sub(b"", written[0]) for written in _TYPED.finditer(content)}
            self.known |= {number for number in numbers if as_number or _is_number(number)}

    def learn_form(self, body: bytes, content_type: str = "") -> None:
        """Get to know what is sent in a form; in the field for it, a number with a slip is one, too."""
        if (body, content_type) in self._learned:
            return
        self._learned.add((body, content_type))
        self.learn(body)
        self.learn(unquote_plus(body.decode("latin-1")).encode("latin-1", "replace"))
        if "urlencoded" in content_type:
            for name, value in parse_qsl(body.decode("latin-1")):
                together = _APART.sub("", value.translate(_OTHER_DIGITS))
                self.learn(together.encode(), as_number=name == "national_id")

    def look(self, where: str, said: bytes) -> None:
        """Search what the portal says."""
        for content in _unpacked(said):
            self.leaks += [f"{where}: {run[:6]}…" for run in _elevens(content) if run.encode() in self.known]

    def look_at_answer(self, answer: httpx2.Response) -> None:
        """Search an answer, with its headers and what is written into its cookies."""
        where = f"the answer to {answer.request.method} {answer.request.url.path}"
        self.look(where, answer.content)
        for name, value in answer.headers.multi_items():
            said = unquote_plus(value)
            self.look(f"the header {name} of {where}", said.encode())
            if name == "set-cookie":
                self.look(f"a cookie of {where}", _signed_value(said))

    def look_at_files(self, folder: Path) -> None:
        """Search the letters and events in a folder that were not there before."""
        for file in sorted([*folder.glob("mail/*"), *folder.glob("crm/*")]):
            key = (file, file.stat().st_mtime_ns)
            if key not in self._seen:
                self._seen.add(key)
                look = self.look_at_letter if file.suffix == ".eml" else self.look
                look(file.name, file.read_bytes())

    def look_at_letter(self, where: str, raw: bytes) -> None:
        """Search a letter, its parts decoded."""
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        self.look(f"the letter {where}", str(dict(letter.items())).encode())
        for part in letter.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                self.look(f"the letter {where}", payload)

    def emit(self, record: logging.LogRecord) -> None:
        """Search a line of the log, in both formats; what the tests' own client writes is not the portal's."""
        if record.name.startswith("httpx2"):
            return
        for form in self._formats:
            self.look(f"the log of {record.name}", form.format(record).encode())

    def over(self, app: ASGIApp) -> ASGIApp:
        """The same application, its answers searched as they leave: for tests that reach it over the network."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            headers, body = httpx2.Headers(), bytearray()

            async def heard(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers.update(message["headers"])
                body.extend(message.get("body", b""))
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    request = httpx2.Request(scope["method"], f"http://portal{quote(scope['path'])}")
                    self.look_at_answer(httpx2.Response(200, headers=headers, content=bytes(body), request=request))
                await send(message)

            await app(scope, receive, heard if scope["type"] == "http" else send)

        return watched

    def check(self) -> None:
        """Raise AssertionError where something was found since the last time."""
        leaks, self.leaks = list(dict.fromkeys(self.leaks)), []
        assert not leaks, f"identity numbers in clear: {leaks}"


def _elevens(content: bytes) -> Iterator[str]:
    """Every eleven digits that stand together, also within longer runs: stored values follow each other closely."""
    text = content.decode("utf-8", "replace")
    for run in _RUN.findall(text.translate(_OTHER_DIGITS) if _ABOVE.search(text) else text):
        digits = "".join(re.findall("[0-9]", run))
        yield from (digits[at : at + 11] for at in range(len(digits) - 10))


def _is_number(digits: bytes) -> bool:
    return is_valid(digits.decode(), today=TODAY, synthetic=True)


def _unpacked(content: bytes) -> Iterable[bytes]:
    """The content, and what lies in it where it is a spreadsheet."""
    yield content
    if b"PK\x03\x04" in content:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                small = [member for member in packed.infolist() if member.file_size < 10_000_000]
                yield from [packed.read(member) for member in small]
        except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, zlib.error):
            return  # broken on purpose


def _signed_value(cookie: str) -> bytes:
    """What a cookie says before its signature: base64, compressed where it begins with a dot."""
    value = cookie.partition("=")[2].partition(";")[0].strip('"')
    packed = value.startswith(".")
    said = value.removeprefix(".").partition(".")[0]
    try:
        raw = urlsafe_b64decode(said + "=" * (-len(said) % 4))
        return zlib.decompress(raw) if packed else raw
    except (NoBase64, ValueError, zlib.error):
        return b""


EMITTED = Emitted()
