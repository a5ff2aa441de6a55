"""People at the set-up: some send orders, some look at lists, and each answer is kept with its time.

What the answers must have been is said in `bench.cluster.verdict`.
"""

import http.client
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.demo import FORM, Client

CUT_OFF = 0
_LONGEST = 60
_PAUSE = 0.25
LISTS = ("/orders", "/employees?q=a", "/bookings", "/search?q=kurs", "/orders.csv")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one request; `CUT_OFF` where the connection ended instead."""

    path: str
    began: float
    ended: float
    status: int
    text: str = field(repr=False)


@dataclass(slots=True)
class Form:
    """An order that somebody wants, sent until it is known to be there, always as the same form."""

    delivery: str
    key: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_acknowledged(self) -> bool:
        """Whether the portal said that it has it."""
        return any(answer.status == 303 for answer in self.answers)


class People:
    """Those who send and those who look, all the while."""

    def __init__(self, port: int, clients: list[Client], unit: int) -> None:
        self._port, self._unit = port, unit
        half = len(clients) // 2
        self._senders, self._lookers = clients[:half], clients[half:]
        self._stop = threading.Event()
        self.forms: list[Form] = []
        self.looks: list[Answer] = []

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Meanwhile they are there; a form whose end is not known is sent once more before they go."""
        threads = [threading.Thread(target=self._send_all, args=(client,)) for client in self._senders]
        threads += [threading.Thread(target=self._look, args=(client,)) for client in self._lookers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _send_all(self, client: Client) -> None:
        wire = _Wire(self._port, client)
        while not self._stop.is_set():
            form = Form(f"Kurs {secrets.token_hex(8)}", secrets.token_urlsafe(16))
            self.forms.append(form)
            fields = {"csrf_token": client.token, "unit": self._unit, "delivery": form.delivery}
            body = urlencode(fields | {"idempotency_key": form.key})
            while not form.is_acknowledged:
                form.answers.append(wire.ask("POST", "/orders", body))
                time.sleep(_PAUSE)
                if self._stop.is_set() and not is_unsure(form.answers[-1]):
                    break

    def _look(self, client: Client) -> None:
        wire, turn = _Wire(self._port, client), 0
        while not self._stop.is_set():
            self.looks.append(wire.ask("GET", LISTS[turn % len(LISTS)]))
            turn += 1
            time.sleep(_PAUSE)


def is_denied(answer: Answer) -> bool:
    """Whether the portal said that nothing is stored."""
    return answer.status == 503 and "Ingenting er lagret" in answer.text


def is_unsure(answer: Answer) -> bool:
    """Whether nobody said what became of it."""
    return answer.status == CUT_OFF or (answer.status == 503 and not is_denied(answer))


class _Wire:
    """A browser's connection, which is made anew where it was lost; nothing is sent twice by itself."""

    def __init__(self, port: int, client: Client) -> None:
        self._port, self._client = port, client
        self._open: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: str | None = None) -> Answer:
        """One request."""
        began = time.time()
        if self._open is None:
            self._open = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_LONGEST)
        try:
            headers = {"Cookie": self._client.cookie} | (FORM if body else {})
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
            text = answer.read().decode(errors="replace")
            return Answer(path, began, time.time(), answer.status, text)
        except (OSError, http.client.HTTPException):
            with suppress(OSError):
                self._open.close()
            self._open = None
            return Answer(path, began, time.time(), CUT_OFF, "")
