"""A running portal, seen from outside: started, asked, put under load, and stopped."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from starlette.responses import Response

from bench.client import Load, Taken, length_of, request_bytes
from bench.databases import Filled
from bench.portal import PROCESS
from models.core.sealed import new_field_key
from models.core.settings import Settings
from routes.web.http.cookie import Cookies, SessionCookie

_SECRET = "a key of the measurements long enough to sign with"  # noqa: S105  # signs nothing that lasts
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd", "User-Agent": "Mozilla/5.0"}
PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#results"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came over the wire."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """Its status code."""
        return int(self.head.split(b" ", 2)[1])

    @property
    def weight(self) -> int:
        """Bytes on the wire, head and body."""
        return len(self.head) + len(self.body)

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            found, _, value = line.partition(":")
            if found.lower() == name:
                return value.strip()
        return ""


@dataclass(frozen=True, slots=True)
class Process:
    """What the worker says of itself."""

    id: int
    held: int
    """Memory, in bytes."""
    used: float
    """Processor time, in seconds."""


@dataclass(frozen=True, slots=True)
class Server:
    """One portal process with one worker."""

    port: int
    filled: Filled

    def signed_in(self, customer_id: int) -> dict[str, str]:
        """The headers of a browser that is signed in."""
        cookie = Response()
        settings = Settings(secret_keys=(_SECRET,), field_keys=())
        Cookies(settings).write_session(cookie, SessionCookie(self.filled.secrets[customer_id], customer_id))
        return {**BROWSER, "Cookie": cookie.headers["set-cookie"].partition(";")[0]}

    def get(self, path: str, headers: dict[str, str]) -> Answer:
        """One request, over a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as wire, wire.makefile("rb") as answer:
            wire.sendall(request_bytes(path, headers))
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = answer.readline()
                assert line, "the portal closed the connection"
                head += line
            return Answer(head, answer.read(length_of(head)))

    def process(self) -> Process:
        """The worker's memory and processor time."""
        return Process(**json.loads(self.get(PROCESS, {}).body))

    def under(self, path: str, headers: dict[str, str], requests: int, connections: int = 8) -> Taken:
        """Many requests, from a process of their own."""
        load = Load(self.port, path, headers, requests, connections)
        done = subprocess.run(
            [sys.executable, "-m", "bench.client"],
            input=json.dumps(asdict(load)),
            capture_output=True,
            text=True,
            timeout=3600,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{path}: {done.stderr.strip().splitlines()[-1]}")
        return Taken(**json.loads(done.stdout))


@contextmanager
def serving(filled: Filled, folder: Path) -> Iterator[Server]:
    """The portal on a database; stopped at the end."""
    environment = os.environ | {
        "DATABASE_URL": filled.url,
        "SECRET_KEYS": _SECRET,
        "FIELD_KEYS": new_field_key(),
        "PORTAL_VAR": str(folder / "var"),
        "PORTAL_BRAND": "Avonova Kundeportal",
        "PORTAL_GUIDE": "Avonova_kundeportal.pdf",
        "PORTAL_DEMO": "0",
        "PORTAL_TODAY": "",
        "PUBLIC_URL": "",
        "ALLOWED_HOSTS": "",
    }
    environment = {name: value for name, value in environment.items() if value}
    log_file = folder / f"{uuid4()}.log"
    with (
        log_file.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "bench.portal"], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            port = process.stdout.readline()
            if not port:
                raise RuntimeError(f"the portal did not start:\n{log_file.read_text()}")
            yield Server(int(port), filled)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
