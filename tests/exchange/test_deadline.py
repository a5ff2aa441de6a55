"""A delivery is over in time, and a mail server that refuses everybody alike costs no letter its life."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.core.database import Database
from models.exchange import Unreachable, clear_unfinished, deadline
from models.exchange.deadline import Wire, within
from models.outbox.refusals import IN_A_ROW, ROUNDS
from tests.stage.connections.server import Loop
from tests.stage.outside.servers import MailServer
from tests.stage.portals.outgoing import SECRETS, Portal

MINUTE = timedelta(minutes=1)


@contextmanager
def tarpit() -> Iterator[int]:
    """A server that says a sign now and then, and nothing that ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with suppress(OSError):
                while True:
                    wire, _ = server.accept()
                    with suppress(OSError), wire:
                        while True:
                            wire.sendall(b"2")
                            time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        yield server.getsockname()[1]


def test_who_drips_is_left_after_the_deadline(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "DEADLINE", 0.5)
    with tarpit() as port:
        url = f"http://127.0.0.1:{port}/"
        portal = Portal(database, tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", crm_url=url, crm_secrets=SECRETS)
        letter, event = portal.post(), portal.tell()
        began = time.monotonic()
        assert portal.deliver() == 0
        assert time.monotonic() - began < 60, "it drips without end"
        assert portal.stored(letter).last_error
        assert portal.stored(event).last_error
        assert portal.outbox == (2, 0)


def test_who_is_still_looked_up_gets_nothing_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_LAST_WORD", 0.1)
    found, ended = threading.Event(), threading.Event()
    handed_over: list[str] = []

    def work(wire: Wire) -> None:
        found.wait(30)
        try:
            wire.hold(object())
            handed_over.append("a letter")
        finally:
            ended.set()

    with pytest.raises(Unreachable, match="no answer in time"):
        within(work, 0.1)
    found.set()
    assert ended.wait(30)
    assert handed_over == []


def test_the_same_refusal_for_all_rests_the_mail_server_and_kills_no_letter(portal: Portal, server: MailServer) -> None:
    server.answers["RCPT"] = ["550 5.7.1 Relaying denied"] * (IN_A_ROW + 2)
    letters = [portal.post(to=f"nr{number}@fjordbygg.example", number=307600 + number) for number in range(6)]
    assert portal.deliver() == 0
    assert portal.outbox == (6, 0), "none is dead"
    assert len(server.answers["RCPT"]) == 2, "the others are not tried"
    for _ in range(2):
        assert portal.deliver(2 * MINUTE) == 0
    assert (portal.outbox, server.answers["RCPT"]) == ((6, 0), [])
    assert portal.deliver(2 * MINUTE) == len(letters)


class Strict(MailServer):
    """A mail server that knows nobody at `gone.example`."""

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802  # named by aiosmtpd
        """Take a recipient, or not."""
        return "550 5.1.1 No such user" if given[3].endswith("gone.example") else await super().handle_RCPT(*given)


def test_a_few_wrong_addresses_are_dead_in_the_end(database: Database, loop: Loop, tmp_path: Path) -> None:
    server = Strict(loop)
    portal = Portal(database, tmp_path, smtp_url=f"smtp://127.0.0.1:{server.port}")
    for number in range(IN_A_ROW):
        portal.post(to=f"nr{number}@gone.example", number=307600 + number)
    rounds = 0
    while portal.outbox != (0, IN_A_ROW):
        portal.post(number=307700 + rounds)
        portal.deliver(20 * MINUTE)
        rounds += 1
        assert rounds < 5 * ROUNDS
    assert len(server.arrived) == rounds, "and hold nobody back"
    server.close()


def test_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    old, new, whole = tmp_path / ".unfinished-a", tmp_path / ".unfinished-b", tmp_path / "2026-letter.eml"
    for file in (old, new, whole):
        file.write_text("x")
    for file in (old, whole):
        os.utime(file, (0, 0))
    clear_unfinished(tmp_path)
    clear_unfinished(tmp_path / "nowhere")
    assert sorted(tmp_path.iterdir()) == [new, whole]
