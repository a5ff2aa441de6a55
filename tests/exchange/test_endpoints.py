"""Endpoints that fail rest, for all processes, and are back with the first probe that arrives (C2)."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from models.core.database import Database
from models.core.scope import across_customers
from models.outbox import endpoints
from models.outbox.claims import LEASE, MAX_ATTEMPTS
from models.outbox.endpoints import FAILURES, LONGEST_PAUSE, LONGEST_WAIT
from models.outbox.message import Channel, Message
from tests.stage.connections.server import Loop
from tests.stage.outside.servers import PATIENCE, Call, Crm, MailServer
from tests.stage.portals.outgoing import SECRETS, Portal
from tests.stage.times import NOW

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@contextmanager
def told(database: Database, var: Path, crm: Crm, **settings: str) -> Iterator[Portal]:
    """A portal that tells a CRM, which is there."""
    with crm.there() as url:
        yield Portal(database, var, crm_url=url, crm_secrets=SECRETS, **settings)


def overview(portal: Portal) -> list[str]:
    with portal.database.session(read_only=True) as db, across_customers(db):
        return list(endpoints.overview(db))


def numbers(crm: Crm) -> list[int]:
    return [json.loads(call.body)["data"]["number"] for call in crm.calls]


def test_c2_an_endpoint_that_fails_several_times_in_a_row_rests_until_a_probe_arrives(
    crm: tuple[Portal, Crm], caplog: pytest.LogCaptureFixture
) -> None:
    portal, there = crm
    there.answers = [500] * (FAILURES + 2)
    events = [portal.tell(number=number) for number in range(8)]
    assert portal.deliver() == 0
    assert len(there.calls) == FAILURES, "the others are not tried"
    [line] = overview(portal)
    assert line.startswith(
        f"crm rests since 2026-10-01 08:00 UTC: {FAILURES} failures in a row, http 500; next probe 08:"
    )
    assert portal.deliver(3 * SECOND) == 0
    assert len(there.calls) == FAILURES, "it is left alone"
    for probes in (1, 2):
        portal.deliver(MINUTE)
        assert len(there.calls) == FAILURES + probes
    assert portal.deliver(2 * MINUTE) == len(events), "the probe arrives, and then all"
    assert overview(portal) == []
    assert sorted(set(numbers(there))) == list(range(8))
    told = [(vars(record), record.getMessage()) for record in caplog.records if "endpoint" in record.getMessage()]
    assert [said for _, said in told] == ["endpoint rests", "endpoint is back"]
    assert [facts["channel"] for facts, _ in told] == ["crm", "crm"]
    assert (told[0][0]["error"], told[1][0]["rested_seconds"]) == ("http 500", 243)


def test_a_success_between_failures_keeps_an_endpoint_awake(crm: tuple[Portal, Crm]) -> None:
    portal, there = crm
    there.answers = ([500] * (FAILURES - 1) + [204]) * 3
    for number in range(FAILURES * 3):
        portal.tell(number=number)
    portal.deliver()
    assert len(there.calls) == FAILURES * 3
    assert overview(portal) == []


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_message_that_is_refused_is_not_held_against_the_endpoint(crm: tuple[Portal, Crm], status: int) -> None:
    portal, there = crm
    there.answers = [500, 500, *[status] * 10]
    for number in range(12):
        portal.tell(number=number)
    portal.deliver()
    assert len(there.calls) == 12
    assert overview(portal) == []
    assert portal.outbox == (12, 0)


def test_a_probe_that_is_refused_has_found_somebody_there(crm: tuple[Portal, Crm]) -> None:
    portal, there = crm
    there.answers = [500] * FAILURES + [422]
    for number in range(5):
        portal.tell(number=number)
    portal.deliver()
    assert portal.deliver(MINUTE) == 4
    assert overview(portal) == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wants", ["seconds", "a date", "too long"])
def test_an_endpoint_that_says_when_is_left_alone_until_then(crm: tuple[Portal, Crm], status: int, wants: str) -> None:
    portal, there = crm
    wait = timedelta(minutes=10) if wants != "too long" else LONGEST_WAIT
    asked = {"seconds": "600", "a date": format_datetime(NOW + wait, usegmt=True), "too long": "9" * 5000}[wants]
    there.answers, there.headers = [status], {"retry-after": asked}
    for number in (1, 2):
        portal.tell(number=number)
    assert portal.deliver() == 0
    assert len(there.calls) == 1, "it needs no second word"
    assert portal.deliver(wait - SECOND) == 0
    assert len(there.calls) == 1
    assert portal.deliver(SECOND) == 2


@pytest.mark.parametrize("said", ["soon", "-5", "", "Thu, 01 Oct 2026 07:00:00"])
def test_a_retry_after_that_says_nothing_is_a_failure_like_others(crm: tuple[Portal, Crm], said: str) -> None:
    portal, there = crm
    there.answers, there.headers = [503], {"retry-after": said}
    for number in (1, 2):
        portal.tell(number=number)
    assert portal.deliver() == 1
    assert portal.deliver(MINUTE) == 1


@pytest.mark.rest  # an hour, minute by minute
def test_c2_an_hour_of_outage_costs_no_message_an_attempt_and_the_endpoint_a_probe_a_minute(
    database: Database, tmp_path: Path
) -> None:
    """Posted to all along, and looked at by two postmen in turns: nobody knocks more often for that."""
    crm = Crm()
    with told(database, tmp_path, crm) as portal:
        pass
    postmen = [portal.postman, portal.postman]
    posted: list[Message] = []
    knocked, pauses = 0, []
    for turn in range(360):
        if turn % 12 == 0:
            posted += [portal.tell(number=number % 7) for number in range(len(posted), len(posted) + 2)]
        postmen[turn % 2].deliver_due()
        with database.session(read_only=True) as db, across_customers(db):
            endpoint = endpoints.endpoints(db)[Channel.CRM]
        if endpoint.failures > knocked:
            knocked = endpoint.failures
            if endpoint.probe_at:
                pauses.append(endpoint.probe_at - portal.clock.now())
        portal.clock.advance(10 * SECOND)
    assert 3600 / 82 <= knocked <= 3600 / 48 + FAILURES + 5
    assert all(one < other for one, other in pairwise(pauses[:4])), "they grow"
    assert LONGEST_PAUSE * 0.8 <= min(pauses[5:]) < max(pauses) <= LONGEST_PAUSE * 1.2
    assert len({pause.total_seconds() for pause in pauses}) > len(pauses) - 3, "and differ"
    attempts = [portal.stored(message).attempts for message in posted]
    assert sum(attempts) <= FAILURES
    assert overview(portal)[0].startswith("crm rests since 2026-10-01 08:00 UTC")
    with crm.there():
        delivered = sum(portal.deliver(4 * SECOND) for _ in range(18))
        assert delivered == len(posted), "within 72 seconds"
    assert portal.outbox == (0, 0)
    ids = [json.loads(call.body)["id"] for call in crm.calls]
    assert sorted(ids) == sorted(message.public_id for message in posted)
    for number in range(7):
        seen = [json.loads(call.body)["version"] for call in crm.calls if f'"order:{number}"' in call.body.decode()]
        assert seen == sorted(seen)
        assert len(seen) > 5


@dataclass
class Poisoned(Crm):
    """A CRM that breaks down over one order, always."""

    number: int = 0

    def answer(self, call: Call) -> int:
        super().answer(call)
        return 500 if json.loads(call.body)["data"]["number"] == self.number else 204


def test_a_message_that_breaks_the_endpoint_stops_no_other_and_dies_in_the_end(
    database: Database, tmp_path: Path
) -> None:
    """Also where it is alone: what cannot be told from an outage is tried for four days, and each newcomer at once."""
    crm = Poisoned()
    with told(database, tmp_path, crm) as portal:
        poison = portal.tell(number=0)
        portal.tell("order.reference_changed", number=0)
        for _ in range(12):
            portal.deliver(3 * MINUTE)
        assert overview(portal)
        attempts = portal.stored(poison).attempts
        assert FAILURES < attempts <= 12
        for number in range(1, 4):
            portal.tell(number=number)
            assert portal.deliver(MINUTE) == 1, "it is the probe"
        with database.session() as db, across_customers(db):
            db.execute(update(Message).where(Message.id == poison.id).values(attempts=MAX_ATTEMPTS - 1))
            db.commit()
        portal.deliver(HOUR)
        assert portal.outbox == (1, 1), "the one behind it is of the same order, and poisoned as well"


@dataclass
class Waiting(Crm):
    """A CRM that thinks for as long as the test wants."""

    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may_answer: threading.Event = field(default_factory=threading.Event)

    def answer(self, call: Call) -> int:
        self.asked.release()
        self.may_answer.wait(PATIENCE)
        return super().answer(call)


def test_one_probe_at_a_time_whoever_asks(either: Database, tmp_path: Path) -> None:
    crm = Waiting(answers=[500] * FAILURES)
    crm.may_answer.set()
    with told(either, tmp_path, crm) as portal:
        for number in range(6):
            portal.tell(number=number)
        portal.deliver()
        assert overview(portal)
        while crm.asked.acquire(blocking=False):
            pass
        crm.may_answer.clear()
        portal.clock.advance(MINUTE)
        arrived: list[int] = []
        came_home = threading.Semaphore(0)

        def go() -> None:
            arrived.append(portal.postman.deliver_due())
            came_home.release()

        postmen = [threading.Thread(target=go) for _ in range(4)]
        for postman in postmen:
            postman.start()
        assert crm.asked.acquire(timeout=PATIENCE)
        assert came_home.acquire(timeout=PATIENCE)
        assert came_home.acquire(timeout=PATIENCE)
        assert came_home.acquire(timeout=PATIENCE)
        assert arrived == [0, 0, 0]
        assert not crm.asked.acquire(blocking=False)
        crm.may_answer.set()
        for postman in postmen:
            postman.join(PATIENCE)
        assert sorted(arrived) == [0, 0, 0, 6]


def test_a_probe_whose_postman_died_is_given_up(crm: tuple[Portal, Crm]) -> None:
    portal, there = crm
    there.answers = [503] * FAILURES
    for number in range(5):
        portal.tell(number=number)
    portal.deliver()
    portal.clock.advance(MINUTE)
    with portal.database.session() as db, across_customers(db):
        assert endpoints.begin_probe(db, Channel.CRM, portal.clock.now())
        assert not endpoints.begin_probe(db, Channel.CRM, portal.clock.now())
        db.commit()
    assert portal.deliver(LEASE - SECOND) == 0
    assert portal.deliver(SECOND) == 5


def test_what_was_on_its_way_already_neither_ends_the_rest_nor_makes_it_longer(database: Database) -> None:
    with database.session() as db, across_customers(db):
        began = [endpoints.note_failure(db, Channel.CRM, "http 502", NOW, is_probe=False) for _ in range(FAILURES)]
        assert began == [*[False] * (FAILURES - 1), True]
        before = endpoints.resting(db)[0].probe_at
        assert not endpoints.note_failure(db, Channel.CRM, "http 500", NOW + MINUTE, is_probe=False)
        assert endpoints.note_answer(db, Channel.CRM, is_probe=False) is None
        [endpoint] = endpoints.resting(db)
        assert (endpoint.failures, endpoint.probe_at, endpoint.last_error) == (FAILURES, before, "http 502")
        assert endpoints.note_answer(db, Channel.CRM, is_probe=True) == NOW


def test_a_message_that_cannot_be_written_is_no_probe(crm: tuple[Portal, Crm]) -> None:
    """It asks nobody, so the next one does."""
    portal, there = crm
    there.answers = [500] * FAILURES
    for number in range(FAILURES):
        portal.tell(number=number)
    portal.deliver()
    with portal.database.session() as db, across_customers(db):
        db.execute(update(Message).values(sealed="cannot be opened"))
        db.commit()
    portal.settings = Portal(
        portal.database,
        portal.settings.var,
        crm_url=portal.settings.crm_url,
        crm_secrets=SECRETS,
        crm_field_key="k:" + "A" * 43 + "=",
    ).settings
    portal.tell(number=9)
    assert portal.deliver(5 * MINUTE) == 1
    assert overview(portal) == []


# Other channels, and everybody else, go on


def test_c2_a_crm_that_is_down_holds_back_no_letter(database: Database, loop: Loop, tmp_path: Path) -> None:
    server, crm = MailServer(loop), Crm()
    with told(database, tmp_path, crm, smtp_url=f"smtp://127.0.0.1:{server.port}") as portal:
        pass
    for number in range(5):
        portal.tell(number=number)
        portal.post(number=number)
    assert portal.deliver() == 5
    assert len(server.arrived) == 5
    server.close()
    portal.post()
    assert portal.deliver() == 0
    with crm.there():
        assert portal.deliver(MINUTE) == 5
    assert overview(portal) == []


def test_c2_a_slow_crm_holds_back_no_letter(database: Database, loop: Loop, tmp_path: Path) -> None:
    server, crm = MailServer(loop), Waiting()
    with told(database, tmp_path, crm, smtp_url=f"smtp://127.0.0.1:{server.port}") as portal:
        portal.tell()
        stop, wake = threading.Event(), threading.Event()
        postman = threading.Thread(target=portal.postman.run, args=(stop, wake))
        postman.start()
        assert crm.asked.acquire(timeout=PATIENCE)
        for number in (1, 2, 3):
            portal.post(number=number)
        wake.set()
        server.wait_for(3)
        assert crm.calls == []
        stop.set()
        crm.may_answer.set()
        postman.join(PATIENCE)
    assert portal.outbox == (0, 0)
    server.close()


@dataclass
class Curious(Crm):
    """A CRM during whose thinking something else is saved."""

    portal: Portal | None = None

    def answer(self, call: Call) -> int:
        if self.portal and not self.calls:
            self.portal.tell(number=77)
            with self.portal.database.session() as db, across_customers(db):
                assert endpoints.note_failure(db, Channel.MAIL, "x", NOW, is_probe=False, wait=SECOND)
                db.commit()
        return super().answer(call)


def test_c2_nothing_is_locked_while_the_crm_thinks(either: Database, tmp_path: Path) -> None:
    """Were a transaction held, SQLite's one writer would wait for itself, and give up after five seconds."""
    crm = Curious()
    with told(either, tmp_path, crm) as portal:
        crm.portal = portal
        portal.tell(number=1)
        assert portal.deliver() == 2
        assert numbers(crm) == [1, 77]


def test_where_nobody_can_be_reached_the_mail_server_rests_as_well(
    database: Database, loop: Loop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = MailServer(loop)
    url = f"smtp://127.0.0.1:{server.port}"
    server.close()
    portal = Portal(database, tmp_path, smtp_url=url)
    caplog.set_level(logging.WARNING)
    for number in range(6):
        portal.post(number=number, to=f"kari{number}@b.example")
    assert portal.deliver() == 0
    [line] = overview(portal)
    assert line.startswith("mail rests since")
    assert "ConnectionRefusedError" in line
    assert "kari" not in line + caplog.text
    server.open()
    assert portal.deliver(MINUTE) == 6
    server.close()


def test_whoever_asks_for_it_has_a_resting_endpoint_tried_at_once(crm: tuple[Portal, Crm]) -> None:
    portal, there = crm
    there.answers = [500] * (FAILURES + 3)
    for number in range(4):
        portal.tell(number=number)
    for _ in range(4):
        portal.deliver(MINUTE)
    assert portal.deliver(5 * SECOND) == 0
    with portal.database.session() as db, across_customers(db):
        endpoints.probe_now(db, Channel.CRM, portal.clock.now())
        endpoints.probe_now(db, Channel.MAIL, portal.clock.now())
        db.commit()
    assert portal.deliver() > 0
