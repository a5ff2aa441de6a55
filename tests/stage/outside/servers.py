"""Other systems, for tests: a mail server, CRMs and issuers that can be away, unwilling, slow or lying."""

import asyncio
import email
import email.policy
import json
import os
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.stage.connections.server import Loop
from tests.stage.house_rules.emitted import EMITTED

PATIENCE = 60
"""Seconds after which a test that waits has failed."""


@dataclass
class Arrived:
    """A letter as the mail server got it."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def letter(self) -> EmailMessage:
        """The letter, read anew."""
        read = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read


class MailServer:
    """An SMTP server on loopback; `answers` are what it says next to a command, instead of yes."""

    def __init__(self, loop: Loop, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        self.arrived: list[Arrived] = []
        self.credentials: list[tuple[bytes, bytes]] = []
        self.asked = threading.Event()
        """Set as soon as a letter is being handed over."""
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.port = 0
        self._loop = loop
        self._tls = tls
        self._options: dict[str, Any] = {"hostname": "mail.test", "enable_SMTPUTF8": True} | options
        self._server: asyncio.Server | None = None
        self._changed = threading.Condition()
        self.open()

    def open(self) -> None:
        """Be there, always at the same port."""
        self._server = self._loop.wait(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        running = asyncio.get_running_loop()
        return await running.create_server(
            lambda: SMTP(self, loop=running, authenticator=self._authenticate, **self._options),
            "127.0.0.1",
            self.port,
            ssl=self._tls,
        )

    def close(self) -> None:
        """Be away."""
        if self._server:
            self._loop.wait(self._stop_listening(self._server))
            self._server = None

    async def _stop_listening(self, server: asyncio.Server) -> None:
        server.close()

    def wait_for(self, count: int) -> None:
        """Wait until so many letters have arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.arrived) >= count, PATIENCE)

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        self.credentials.append((given.login, given.password))
        return AuthResult(success=True)

    def _answer(self, command: str, usual: str) -> str:
        return self.answers[command].pop(0) if self.answers[command] else usual

    async def handle_MAIL(  # noqa: N802  # aiosmtpd names its hooks so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient."""
        answer = self._answer("RCPT", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the letter."""
        self.asked.set()
        await asyncio.to_thread(self.may_answer.wait, PATIENCE)
        answer = self._answer("DATA", "250 OK")
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            EMITTED.look_at_letter("at the mail server", envelope.content)
            with self._changed:
                arrived = Arrived(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content)
                self.arrived.append(arrived)
                self._changed.notify_all()
        return answer

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Say goodbye, or hang up."""
        answer = self._answer("QUIT", "221 Bye")
        if answer == "hangs up" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer


@dataclass
class Call:
    """A request as the CRM got it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Crm:
    """A CRM on loopback; `answers` are the statuses that it gives next, instead of 204, with `headers`."""

    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    port: int = 0

    def answer(self, call: Call) -> int:
        """Note a call and say how it is answered."""
        self.calls.append(call)
        EMITTED.look("an event at the CRM", call.body)
        return self.answers.pop(0) if self.answers else 204

    @contextmanager
    def there(self) -> Iterator[str]:
        """Be there, always at the same port; gives the URL."""
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = crm.answer(Call(self.path, headers, body))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", "/elsewhere")
                for name, value in crm.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # named there
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", self.port), Handler) as server:
            self.port = server.server_port
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{self.port}/hooks?from=portal"
            finally:
                server.shutdown()
                thread.join()


class ReferenceCrm:
    """The reference CRM in a process of its own, which can die and come back with what it had."""

    def __init__(self, folder: Path, secret: str) -> None:
        self._file = folder / "crm.db"
        self._environ = os.environ | {"CRM_SECRETS": secret}
        self.port = 0
        self.start()

    def start(self) -> None:
        """Be there, always at the same port."""
        words = [sys.executable, "-m", "tests.stage.outside.reference_crm", str(self._file), str(self.port)]
        root = Path(__file__).parents[3]
        self._process = subprocess.Popen(words, cwd=root, env=self._environ, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def die(self) -> None:
        """Be gone, without finishing anything."""
        self._process.kill()
        self._process.communicate()

    @property
    def url(self) -> str:
        """Where it takes events."""
        return f"http://127.0.0.1:{self.port}/"

    def switch(self, **faults: object) -> None:
        """Have these faults, and no others."""
        asked = urllib.request.Request(self.url + "faults", json.dumps(faults).encode(), method="POST")  # noqa: S310
        urllib.request.urlopen(asked).close()  # noqa: S310  # its own address

    def events(self) -> list[dict[str, Any]]:
        """The events, in the order in which they arrived first."""
        found: list[dict[str, Any]] = self._ask("events")
        return found

    def records(self) -> dict[str, dict[str, Any]]:
        """The records as it has them."""
        found: dict[str, dict[str, Any]] = self._ask("records")
        return found

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(self.url + what) as answer:  # noqa: S310
            return json.load(answer)


class TheirIssuer:
    """The issuer of two customers in a process of its own (`issuing`), whose clock stands at a moment."""

    def __init__(self, now: datetime) -> None:
        words = [sys.executable, "-m", "tests.stage.outside.issuing", str(now.timestamp())]
        self._process = subprocess.Popen(words, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self._base = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def end(self) -> None:
        """Be gone."""
        self._process.kill()
        self._process.communicate()

    def of(self, tenant: str) -> str:
        """What a tenant calls itself."""
        return f"{self._base}/{tenant}"

    def lie(self, tenant: str, **lies: object) -> None:
        """Have this go on at a tenant, and nothing else."""
        body = json.dumps(lies).encode()
        asked = urllib.request.Request(f"{self.of(tenant)}/lies", body, method="POST")  # noqa: S310
        urllib.request.urlopen(asked).close()  # noqa: S310  # its own address

    def asked(self, tenant: str) -> dict[str, int]:
        """How often a tenant was asked what."""
        with urllib.request.urlopen(f"{self.of(tenant)}/asked") as answer:  # noqa: S310
            found: dict[str, int] = json.load(answer)
        return found

    @staticmethod
    def visit(address: str) -> str:
        """Go there with a browser, and be sent back: the address that it leads to."""
        parts = urlsplit(address)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        connection.request("GET", f"{parts.path}?{parts.query}")
        with connection.getresponse() as answer:
            connection.close()
            assert answer.status == 302, answer.status
            return answer.headers["location"]
