"""A reference CRM: a real HTTP server in a process of its own that keeps what the portal tells, as a CRM should.

    python -m tests.reference_crm FILE PORT     serves, with CRM_SECRETS from the environment

It verifies the signature, stores each event once by its id, and lets a record be what its newest version says. Its
faults are switched by `POST /faults`, with JSON: `down` (hangs up), `slow` (seconds before it answers), `error` (500
after storing, so that the event comes again), `deaf` (403). `GET /digests` is what a reconciliation asks for.
"""

import json
import os
import sqlite3
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from models.exchange.webhooks import Unsigned, keys_of, verify
from models.reconciliation import digest_of

COMPARED = {
    "employee": ("id", "given_name", "family_name", "email", "mobile", "birth_date", "unit_id", "active"),
    "order": ("number", "delivery", "quantity", "contact", "reference", "location", "description"),
    "sign_up": ("sign_up", "booking", "employee", "slot", "state"),
}
"""What is compared of a record, as docs/crm.md says."""


class Stored:
    """The CRM's database: events by id, and records as the newest of their events leave them."""

    def __init__(self, file: str) -> None:
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._db.executescript(
            """PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS events (
                arrived INTEGER PRIMARY KEY, id TEXT UNIQUE, subject TEXT, type TEXT, version INTEGER, times INTEGER);
            CREATE TABLE IF NOT EXISTS records (subject TEXT PRIMARY KEY, version INTEGER, data TEXT);"""
        )

    def take(self, event: dict[str, Any]) -> None:
        """Store an event once, and let its record be what it says, unless a newer one was here before."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            again = self._db.execute("UPDATE events SET times = times + 1 WHERE id = ?", (event["id"],)).rowcount
            if not again:
                subject, version = event["subject"], event["version"]
                self._db.execute(
                    "INSERT INTO events (id, subject, type, version, times) VALUES (?, ?, ?, ?, 1)",
                    (event["id"], subject, event["type"], version),
                )
                self._apply(subject, version, event)
            self._db.execute("COMMIT")

    def _apply(self, subject: str, version: int, event: dict[str, Any]) -> None:
        known = self._db.execute("SELECT version, data FROM records WHERE subject = ?", (subject,)).fetchone()
        if event["type"].endswith(".erased"):
            self._db.execute("DELETE FROM records WHERE subject = ?", (subject,))
        elif known is None or version > known[0]:
            data = (json.loads(known[1]) if known else {}) | event["data"]
            self._db.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (subject, version, json.dumps(data)))

    def events(self) -> list[dict[str, Any]]:
        """The events in the order in which they arrived first."""
        with self._lock:
            rows = self._db.execute("SELECT id, subject, type, version, times FROM events ORDER BY arrived").fetchall()
        return [dict(zip(("id", "subject", "type", "version", "times"), row, strict=True)) for row in rows]

    def digests(self) -> list[dict[str, str]]:
        """A digest of each record that both sides have."""
        with self._lock:
            rows = self._db.execute("SELECT subject, data FROM records ORDER BY subject").fetchall()
        found = []
        for subject, text in rows:
            names = COMPARED.get(subject.partition(":")[0])
            data = json.loads(text)
            if names and set(names) <= data.keys():
                found.append({"subject": subject, "digest": digest_of({name: data[name] for name in names})})
        return found


class _Handler(BaseHTTPRequestHandler):
    stored: Stored
    keys: list[bytes]
    faults: dict[str, Any]

    def do_POST(self) -> None:
        """Take an event, or other faults."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/faults":
            self.faults.clear()
            self.faults.update(json.loads(body))
            self._answer(204)
            return
        if self.faults.get("down"):
            self.close_connection = True
            return
        time.sleep(self.faults.get("slow", 0))
        if self.faults.get("deaf"):
            self._answer(403)
            return
        try:
            verify(self.keys, {name.lower(): value for name, value in self.headers.items()}, body, datetime.now(UTC))
        except Unsigned as unsigned:
            self._answer(401, {"detail": str(unsigned)})
            return
        self.stored.take(json.loads(body))
        self._answer(500 if self.faults.get("error") else 204)

    def do_GET(self) -> None:
        """Show what is stored: `/events`, `/digests`."""
        if self.path == "/digests":
            lines = "".join(json.dumps(line) + "\n" for line in self.stored.digests())
            self._answer(200, lines)
        else:
            self._answer(200, self.stored.events())

    def _answer(self, status: int, content: Any = None) -> None:
        body = b"" if content is None else (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server names it so
        """Say nothing."""


def main(file: str, port: int = 0) -> None:
    """Serve until the process is ended; prints the port."""
    _Handler.stored = Stored(file)
    _Handler.keys = keys_of(os.environ["CRM_SECRETS"].split(","))
    _Handler.faults = {}
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    print(server.server_address[1], flush=True)  # noqa: T201  # whoever started it waits for this
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:]))
