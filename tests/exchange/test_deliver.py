"""The postman: each letter arrives once, whatever happens, and as a file where there is no mail server."""

import logging
import stat
import threading
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from models.core.database import Database
from models.exchange import deliver
from models.exchange.deliver import Postman
from models.outbox.claims import LEASE
from tests.stage.outside.servers import PATIENCE, MailServer
from tests.stage.portals.outgoing import FACTS, Portal, link
from tests.stage.times import TestClock

# That letters arrive, once


def test_one_letter_per_message_however_often_the_postman_comes(portal: Portal, server: MailServer) -> None:
    portal.post()
    assert [portal.deliver(timedelta(days=n)) for n in range(3)] == [1, 0, 0]
    assert len(server.arrived) == 1
    assert portal.outbox == (0, 0)


class Struck(Postman):
    """A postman who dies after the server has said 250 and before that is noted."""

    def _note(self, taken: object, failure: Exception | None) -> bool:
        raise KeyboardInterrupt


def test_a_letter_that_was_not_noted_goes_out_again_as_the_same_letter(portal: Portal, server: MailServer) -> None:
    portal.post()
    with pytest.raises(KeyboardInterrupt):
        Struck(portal.database, portal.settings, portal.clock, link).deliver_due()
    assert portal.deliver() == 0, "the lease of the dead postman has not ended"
    assert portal.deliver(LEASE) == 1
    assert portal.deliver(timedelta(days=1)) == 0
    first, second = server.arrived
    assert first.raw == second.raw
    assert first.letter["Message-ID"] == second.letter["Message-ID"]


def test_a_server_that_was_away_gets_each_letter_once_and_in_order(portal: Portal, server: MailServer) -> None:
    server.close()
    portal.post(customer="first")
    portal.post(customer="second")
    portal.post(customer="other", number=307601)
    assert portal.deliver() == 0
    assert portal.deliver(timedelta(minutes=1)) == 0
    assert portal.outbox == (3, 0)
    server.open()
    assert portal.deliver(timedelta(minutes=1)) == 3
    assert portal.deliver(timedelta(minutes=30)) == 0
    names = [arrived.letter["Subject"].rpartition(" ")[2] for arrived in server.arrived]
    assert sorted(names) == ["first", "other", "second"]
    assert names.index("first") < names.index("second")


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_not_now_holds_back_the_letter_and_those_behind_it_only(
    portal: Portal, server: MailServer, command: str
) -> None:
    server.answers[command] = ["451 4.7.1 Greylisted"]
    slow = portal.post(customer="first")
    portal.post(customer="second")
    portal.post(customer="other", number=307601)
    assert portal.deliver() == 1
    assert portal.stored(slow).last_error == "smtp 451"
    assert portal.deliver(timedelta(minutes=1)) == 2
    names = [arrived.letter["Subject"].rpartition(" ")[2] for arrived in server.arrived]
    assert names == ["other", "first", "second"]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_never_is_dead_at_once_and_holds_nothing_back(portal: Portal, server: MailServer, command: str) -> None:
    server.answers[command] = ["550 5.1.1 Kari Nygård is not here"]
    refused = portal.post(customer="first")
    portal.post(customer="second")
    assert portal.deliver() == 1
    assert server.arrived[0].letter["Subject"].endswith("second")
    assert portal.outbox == (0, 1)
    assert portal.stored(refused).last_error == "smtp 550"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("MAIL", "530 Authentication required"),
        ("MAIL", "553 portal@bht.example is not yours"),
        ("MAIL", "421 Bye"),
        ("RCPT", "421 Bye"),
    ],
)
def test_what_is_wrong_with_the_server_is_not_held_against_the_letter(
    portal: Portal, server: MailServer, command: str, answer: str
) -> None:
    server.answers[command] = [answer]
    portal.post()
    assert portal.deliver() == 0
    assert portal.outbox == (1, 0)
    assert portal.deliver(timedelta(minutes=1)) == 1


@pytest.mark.parametrize("goodbye", ["hangs up", "421 Bye", "500 What?"])
def test_a_letter_that_was_taken_is_delivered_whatever_the_goodbye(
    portal: Portal, server: MailServer, goodbye: str
) -> None:
    server.answers["QUIT"] = [goodbye]
    portal.post()
    assert portal.deliver() == 1
    assert portal.deliver(timedelta(days=1)) == 0
    assert len(server.arrived) == 1


def test_a_letter_that_cannot_be_written_waits_until_it_can(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    message = portal.post("of_another_version")
    portal.post(number=307601)
    assert portal.deliver() == 1
    assert portal.outbox == (1, 0)
    assert (portal.stored(message).last_error or "").startswith("TemplateNotFound at ")
    assert "307601" not in "".join(record.getMessage() for record in caplog.records)


def test_two_postmen_side_by_side_bring_each_letter_once(either: Database, server: MailServer, tmp_path: Path) -> None:
    portal = Portal(either, tmp_path, smtp_url=f"smtp://127.0.0.1:{server.port}")
    orders = range(307600, 307610)
    written = [portal.post(number=number, customer=str(n)).public_id for number in orders for n in range(2)]
    arrived: list[int] = []
    postmen = [threading.Thread(target=lambda: arrived.append(portal.postman.deliver_due())) for _ in range(2)]
    for postman in postmen:
        postman.start()
    for postman in postmen:
        postman.join()
    arrived.append(portal.deliver())
    assert sum(arrived) == len(written)
    ids = [str(arrived.letter["Message-ID"])[1:33] for arrived in server.arrived]
    assert sorted(ids) == sorted(written)
    for one, two in zip(written[::2], written[1::2], strict=True):
        assert ids.index(one) < ids.index(two)


# The postman's day


def test_the_postman_goes_when_woken_and_stops_when_told(portal: Portal, server: MailServer) -> None:
    stop, wake = threading.Event(), threading.Event()
    postman = threading.Thread(target=portal.postman.run, args=(stop, wake))
    postman.start()
    for n in range(1, 4):
        portal.post(number=n)
        wake.set()
        server.wait_for(n)
    stop.set()
    wake.set()
    postman.join(PATIENCE)
    assert not postman.is_alive()
    assert portal.outbox == (0, 0)


def test_the_postman_finishes_the_letter_in_hand_and_no_more(portal: Portal, server: MailServer) -> None:
    server.may_answer.clear()
    for number in (1, 2):
        portal.post(number=number)
    stop, wake = threading.Event(), threading.Event()
    postman = threading.Thread(target=portal.postman.run, args=(stop, wake))
    postman.start()
    assert server.asked.wait(PATIENCE)
    stop.set()
    wake.set()
    server.may_answer.set()
    postman.join(PATIENCE)
    assert not postman.is_alive()
    assert len(server.arrived) == 1
    assert portal.outbox == (1, 0)


class Failing(TestClock):
    """A clock whose first answers are failures, as a database that is away would give."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        object.__setattr__(self, "left", failures)

    def now(self) -> datetime:
        left: int = getattr(self, "left")  # noqa: B009  # the base class is frozen and knows no such field
        object.__setattr__(self, "left", left - 1)
        if left > 0:
            raise ConnectionError("kari@kunde.example")
        return super().now()


def test_nothing_stops_the_postman(
    portal: Portal, server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deliver, "_PAUSE", 0.01)
    monkeypatch.setattr(deliver, "_POLL", 0.01)
    portal.post()
    stop, wake = threading.Event(), threading.Event()
    postman = Postman(portal.database, portal.settings, Failing(3), link)
    thread = threading.Thread(target=postman.run, args=(stop, wake))
    thread.start()
    server.wait_for(1)
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    failures = [record for record in caplog.records if record.getMessage() == "outbox out of reach"]
    assert [vars(record)["error"].partition(" ")[0] for record in failures] == ["ConnectionError"] * 3
    assert "kari" not in repr([vars(record) for record in caplog.records])


def test_operators_are_told_how_it_went_without_personal_data(
    portal: Portal, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "models")
    server.answers["RCPT"] = ["550 Per-Arne is not here", "451 Per-Arne is not here yet", "250 OK"]
    messages = [portal.post(number=number) for number in (1, 2, 3)]
    portal.post(number=4, sender_name=None)
    portal.deliver()
    told = [vars(record) for record in caplog.records if record.name == "models.exchange.deliver"]
    assert [line["outcome"] for line in told] == ["dead", "failed", "delivered", "failed"]
    assert [line["public_id"] for line in told[:3]] == [message.public_id for message in messages]
    assert (told[0]["kind"], told[0]["about"], told[0]["attempt"]) == ("order_placed", "order:1", 1)
    assert told[0]["error"] == "smtp 550"
    said = repr(told)
    assert not [value for name, value in FACTS.items() if isinstance(value, str) and name != "about" and value in said]
    assert "Per-Arne" not in said
    assert "@" not in said


# Without a mail server


def test_without_a_mail_server_letters_are_files(lonely: Portal, tmp_path: Path) -> None:
    message = lonely.post()
    assert lonely.deliver() == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == f"2026-10-01-100000-order_placed-{message.public_id}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    letter = message_from_bytes(file.read_bytes(), policy=default)
    assert letter["Subject"] == "Ny bestilling 307600 fra Fjordbygg Entreprenør AS"
    assert letter["Message-ID"] == f"<{message.public_id}@bht.example>"


def test_a_letter_that_is_written_again_is_the_same_file(lonely: Portal, tmp_path: Path) -> None:
    lonely.post()
    with pytest.raises(KeyboardInterrupt):
        Struck(lonely.database, lonely.settings, lonely.clock, link).deliver_due()
    (file,) = (tmp_path / "mail").iterdir()
    before = file.read_bytes()
    assert lonely.deliver(LEASE) == 1
    assert [path.read_bytes() for path in (tmp_path / "mail").iterdir()] == [before]


def test_a_disk_that_cannot_be_written_is_waited_for(lonely: Portal, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    message = lonely.post()
    assert lonely.deliver() == 0
    assert lonely.stored(message).last_error == "file ENOTDIR"
    (tmp_path / "mail").unlink()
    assert lonely.deliver(timedelta(minutes=1)) == 1
