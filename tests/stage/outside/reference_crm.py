"""A reference CRM: a real HTTP server in a process of its own that keeps what the portal tells, as a CRM should.

    python -m tests.stage.outside.reference_crm FILE [PORT]

serves, with CRM_SECRETS from the environment, and prints its port.

It verifies the signature with the reference library of Standard Webhooks, stores each event once by its id, and lets
each field of a record be what the newest event that names it says, so that it does not matter in which order events
arrive. What is erased stays erased.

`POST /faults` switches its faults, with JSON: `down` (hangs up without an answer), `slow` (seconds before it answers),
`error` (500 before storing), `lost` (hangs up after storing, so that the event comes again), `busy` (503, to be tried
again after so many seconds), `refuses` (422 for these subjects), `deaf` (403), `reordered` (takes so many at a time,
the last one first), `secrets` (others than it had), `ahead` (seconds that its clock is wrong by).

`GET /events`, `/records` and `/digests` show what it has; the last is what a reconciliation asks for.
"""

import json
import os
import sqlite3
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from models.operations.reconciliation import digest_of

COMPARED = {
    "employee": ("id", "given_name", "family_name", "email", "mobile", "birth_date", "unit_id", "active"),
    "order": ("number", "delivery", "quantity", "contact", "reference", "location", "description"),
    "sign_up": ("sign_up", "booking", "employee", "slot", "state"),
}
"""What is compared of a record, as docs/crm.md says."""
_TAKING = threading.Lock()
_SHOWN = ("id", "subject", "type", "version", "times", "event")


class Stored:
    """The CRM's database: events by id, and records with the version that each of their fields is of."""

    def __init__(self, file: str) -> None:
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._db.executescript(
            """PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            CREATE TABLE IF NOT EXISTS events (arrived INTEGER PRIMARY KEY,
                id TEXT UNIQUE, subject TEXT, type TEXT, version INTEGER, times INTEGER, event TEXT);
            CREATE TABLE IF NOT EXISTS records (subject TEXT PRIMARY KEY, fields TEXT, erased INTEGER);"""
        )

    def take(self, event: dict[str, Any]) -> None:
        """Store an event once, and let its record be what it says, as far as nothing newer was said."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            again = self._db.execute("UPDATE events SET times = times + 1 WHERE id = ?", (event["id"],)).rowcount
            if not again:
                told = (event["id"], event["subject"], event["type"], event["version"], 1, json.dumps(event))
                self._db.execute(
                    "INSERT INTO events (id, subject, type, version, times, event) VALUES (?, ?, ?, ?, ?, ?)", told
                )
                self._apply(event)
            self._db.execute("COMMIT")

    def _apply(self, event: dict[str, Any]) -> None:
        subject, version = event["subject"], event["version"]
        known = self._db.execute("SELECT fields, erased FROM records WHERE subject = ?", (subject,)).fetchone()
        fields, erased = (json.loads(known[0]), known[1]) if known else ({}, 0)
        if event["type"].endswith(".erased") or erased:
            fields, erased = {}, 1
        for name, value in event["data"].items() if not erased else ():
            if name not in fields or version > fields[name][0]:
                fields[name] = (version, value)
        self._db.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (subject, json.dumps(fields), erased))

    def events(self) -> list[dict[str, Any]]:
        """The events in the order in which they arrived first, and how often each came."""
        with self._lock:
            rows = self._db.execute(f"SELECT {', '.join(_SHOWN)} FROM events ORDER BY arrived").fetchall()  # noqa: S608
        return [dict(zip(_SHOWN, row, strict=True)) for row in rows]

    def records(self) -> dict[str, dict[str, Any]]:
        """The records as they are now."""
        with self._lock:
            rows = self._db.execute("SELECT subject, fields FROM records WHERE NOT erased ORDER BY subject").fetchall()
        return {row[0]: {name: value for name, (_, value) in json.loads(row[1]).items()} for row in rows}

    def digests(self) -> list[dict[str, str]]:
        """A digest of each record that both sides have."""
        found = []
        for subject, data in self.records().items():
            names = COMPARED.get(subject.partition(":")[0])
            if names and set(names) <= data.keys():
                found.append({"subject": subject, "digest": digest_of({name: data[name] for name in names})})
        return found


class _Handler(BaseHTTPRequestHandler):
    stored: Stored
    secrets: list[str]
    faults: dict[str, Any]
    held: list[dict[str, Any]]
    """What has arrived and is taken later."""

    def do_POST(self) -> None:
        """Take an event, or other faults."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/faults":
            self._take_held(0)
            self.faults.clear()
            self.faults.update(json.loads(body))
            self._answer(204)
        elif self.faults.get("down"):
            self.close_connection = True
        else:
            time.sleep(self.faults.get("slow", 0))
            self._receive(body)

    def _receive(self, body: bytes) -> None:
        early = {"busy": 503, "deaf": 403, "error": 500}
        for fault in early.keys() & self.faults.keys():
            self._answer(early[fault], headers={"retry-after": str(self.faults[fault])} if fault == "busy" else {})
            return
        if not self._is_signed(body):
            self._answer(401)
            return
        event = json.loads(body)
        if event["subject"] in self.faults.get("refuses", ()):
            self._answer(422)
            return
        self.held.append(event)
        self._take_held(self.faults.get("reordered", 1))
        if self.faults.get("lost"):
            self.close_connection = True
        else:
            self._answer(204)

    def _is_signed(self, body: bytes) -> bool:
        """Whether a key that is known here has signed it, at about the time that it is here."""
        id, sent = self.headers["webhook-id"], datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        given = self.headers["webhook-signature"].split(" ")
        good = [Webhook(one).sign(id, sent, body.decode()) for one in self.faults.get("secrets", self.secrets)]
        now = datetime.now(UTC) + timedelta(seconds=self.faults.get("ahead", 0))
        return not set(given).isdisjoint(good) and abs(now - sent) <= timedelta(minutes=5)

    def _take_held(self, at_least: int) -> None:
        """Take what has arrived, once it is so much, the last one first."""
        with _TAKING:
            while self.held and len(self.held) >= at_least:
                at_least = 0
                self.stored.take(self.held.pop())

    def do_GET(self) -> None:
        """Show what is stored."""
        if self.path == "/digests":
            self._answer(200, "".join(json.dumps(line) + "\n" for line in self.stored.digests()))
        else:
            self._answer(200, self.stored.records() if self.path == "/records" else self.stored.events())

    def _answer(self, status: int, content: Any = None, headers: dict[str, str] | None = None) -> None:
        body = b"" if content is None else (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server names it so
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller who has hung up, as one who is killed does; everything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main(file: str, port: int = 0) -> None:
    """Serve until the process is ended; prints the port."""
    _Handler.stored = Stored(file)
    _Handler.secrets = os.environ["CRM_SECRETS"].split(",")
    _Handler.faults, _Handler.held = {}, []
    server = _Server(("127.0.0.1", port), _Handler)
    print(server.server_address[1], flush=True)  # noqa: T201  # whoever started it waits for this
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:]))
