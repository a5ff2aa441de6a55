"""What leaves for the CRM, end to end: over HTTP to a reference CRM in its own process, which misbehaves (C1, C2).

In each story no event is lost, none is applied twice, and each record is in the end what happened last.
"""

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from models.core.database import Database
from models.core.scope import across_customers
from models.exchange.crm import sender as crm
from models.exchange.crm import shapes
from models.exchange.deliver import Postman
from models.outbox import claims
from models.outbox.claims import MAX_ATTEMPTS
from models.outbox.message import Channel, Message, Outgoing, post
from tests.stage.browsers.live import until
from tests.stage.house import House
from tests.stage.outside.servers import ReferenceCrm
from tests.stage.portals.outgoing import Portal, link
from tests.stage.stores.empty import empty_postgres, empty_sqlite
from tests.stage.times import NOW

OLD, NEW = ("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
MINUTE = timedelta(minutes=1)
_NUMBERS = count(500_000, 10)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceCrm]:
    """A CRM that is there."""
    there = ReferenceCrm(tmp_path_factory.mktemp("crm"), OLD)
    yield there
    there.die()


class Story:
    """A portal and the CRM, which knows nothing of this story's orders yet."""

    def __init__(self, database: Database, there: ReferenceCrm, var: Path) -> None:
        self.portal = Portal(database, var, crm_url=there.url, crm_secrets=(OLD,))
        self.portal.clock.set(datetime.now(UTC))
        self.crm = there
        self.first = next(_NUMBERS)
        self.told: list[Message] = []
        there.switch()

    def tell(self, of: int = 0, kind: str = "order.reference_changed", **facts: Any) -> Message:
        """Something happens to one of the story's orders; its reference says how often."""
        number = self.first + of
        event = Outgoing(
            channel=Channel.CRM,
            kind=kind,
            about=f"order:{number}",
            customer_id=None,
            payload={"number": number, **(facts or {"reference": str(len(self.told))})},
            at=self.portal.clock.now(),
        )
        with self.portal.database.session() as db, across_customers(db):
            self.told.append(post(db, event))
            db.commit()
        return self.told[-1]

    def sign_with(self, *secrets: str) -> None:
        """Have these secrets, from now on."""
        self.portal.settings = replace(self.portal.settings, crm_secrets=secrets)

    def settle(self, rounds: int = 4) -> None:
        """Let time pass until nothing waits; the clock stays within what the CRM accepts."""
        for _ in range(rounds):
            self.portal.deliver(MINUTE)

    @property
    def arrived(self) -> list[dict[str, Any]]:
        """This story's events at the CRM."""
        ours = {message.public_id for message in self.told}
        return [event for event in self.crm.events() if event["id"] in ours]

    @property
    def times(self) -> list[int]:
        """How often each event came, in the order in which they were told; what is missing came 0 times."""
        came = {event["id"]: event["times"] for event in self.arrived}
        return [came.get(message.public_id, 0) for message in self.told]

    def reference(self, of: int = 0) -> Any:
        """What the CRM has as the reference of an order."""
        return self.crm.records()[f"order:{self.first + of}"]["reference"]

    def check(self, *, in_order: bool = True) -> None:
        """Nothing waits, is lost or unknown, and each record is as it was told last."""
        assert self.portal.outbox == (0, 0)
        assert sorted(event["id"] for event in self.arrived) == sorted(message.public_id for message in self.told)
        last = {message.about: message.payload["reference"] for message in self.told}
        records = self.crm.records()
        assert {about: records[about]["reference"] for about in last} == last
        versions: dict[str, list[int]] = {}
        for event in self.arrived:
            versions.setdefault(event["subject"], []).append(event["version"])
        assert not in_order or all(seen == sorted(seen) for seen in versions.values())


@pytest.fixture
def story(running: ReferenceCrm, tmp_path: Path) -> Iterator[Story]:
    """On SQLite."""
    with empty_sqlite(tmp_path) as database:
        yield Story(database, running, tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, running: ReferenceCrm, tmp_path: Path) -> Iterator[Story]:
    """On each of the two kinds of server."""
    if request.param == "sqlite":
        with empty_sqlite(tmp_path) as database:
            yield Story(database, running, tmp_path)
    else:
        with empty_postgres(request.getfixturevalue("postgres_server")) as database:
            yield Story(database, running, tmp_path)


def test_c2_a_crm_that_died_gets_everything_in_order_once_it_is_back(either: Story) -> None:
    either.tell(0)
    either.settle(1)
    either.crm.die()
    for turn in range(12):
        either.tell(turn % 3)
    either.settle(2)
    assert sum(either.portal.outbox) == 12
    either.crm.start()
    either.settle(2)
    either.check()
    assert either.times == [1] * 13


def test_c2_a_crm_that_answers_too_late_has_the_event_and_applies_it_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm, "_TIMEOUT", 0.5)
    story.crm.switch(slow=0.8)
    story.tell()
    story.portal.deliver()
    assert story.portal.stored(story.told[0]).last_error == "TimeoutError"
    until(lambda: story.times == [1], "the event that nobody waited for")
    monkeypatch.undo()
    story.crm.switch()
    story.tell()
    story.settle(2)
    story.check()
    assert story.times == [2, 1]


def test_c2_a_crm_that_breaks_down_before_storing_loses_nothing(either: Story) -> None:
    either.crm.switch(error=True)
    for turn in range(8):
        either.tell(turn % 4)
    either.settle(1)
    assert either.times == [0] * 8
    either.crm.switch()
    either.settle()
    either.check()
    assert either.times == [1] * 8


def test_c2_an_answer_that_is_lost_brings_the_event_again_and_changes_nothing_twice(either: Story) -> None:
    either.crm.switch(lost=True)
    for turn in range(4):
        either.tell(turn % 2)
    either.settle(1)
    assert sum(either.times) >= 2
    either.crm.switch()
    either.settle()
    either.check()
    assert max(either.times) > 1


def test_c2_a_crm_that_says_when_is_asked_again_then(story: Story) -> None:
    story.crm.switch(busy=90)
    story.tell(0)
    story.tell(1)
    story.portal.deliver()
    story.crm.switch()
    story.portal.deliver(timedelta(seconds=80))
    assert story.times == [0, 0]
    story.portal.deliver(timedelta(seconds=10))
    story.check()


def test_c1_secrets_are_exchanged_without_losing_an_event(story: Story) -> None:
    """Ours is new on one side only: nothing is stored and nothing dies. Then both are known, then the new one alone."""
    story.sign_with(NEW)
    for turn in range(5):
        story.tell(turn)
    story.settle(1)
    assert story.times == [0] * 5
    assert story.portal.stored(story.told[0]).last_error == "http 401"
    story.sign_with(NEW, OLD)
    story.settle(1)
    story.check()
    story.crm.switch(secrets=[NEW])
    story.tell(0)
    story.settle(1)
    story.check()
    story.sign_with(OLD)
    story.tell(0)
    story.portal.deliver()
    assert story.times[-1] == 0
    story.sign_with(NEW)
    story.settle(1)
    story.check()


def test_c1_a_clock_that_is_wrong_delays_events_and_loses_none(story: Story) -> None:
    story.crm.switch(ahead=600)
    story.tell()
    story.portal.deliver()
    assert (story.times, story.portal.stored(story.told[0]).last_error) == ([0], "http 401")
    story.crm.switch()
    story.settle(1)
    story.check()


def test_c2_events_that_are_taken_in_another_order_leave_the_newest_standing(story: Story) -> None:
    story.crm.switch(reordered=6)
    for turn in range(6):
        story.tell(turn % 2)
    story.settle(1)
    versions = [event["version"] for event in story.arrived]
    assert versions == sorted(versions, reverse=True)
    story.check(in_order=False)


def test_c2_a_record_that_is_stuck_keeps_its_order_and_holds_back_no_other(either: Story) -> None:
    either.crm.switch(refuses=[f"order:{either.first}"])
    for turn in range(12):
        either.tell(turn % 3)
    either.settle(2)
    assert either.times == [0, 1, 1] * 4
    attempts = [either.portal.stored(message).attempts for message in either.told[::3]]
    assert attempts[0] > 1
    assert attempts[1:] == [0, 0, 0], "those behind it are not tried"
    either.crm.switch()
    either.settle(2)
    either.check()


# A dead letter steps aside; sent again, it changes nothing that was told since


def put_to_death(story: Story, message: Message) -> None:
    """It was tried for four days."""
    story.crm.switch(refuses=[message.about])
    with story.portal.database.session() as db, across_customers(db):
        db.execute(update(Message).where(Message.id == message.id).values(attempts=MAX_ATTEMPTS - 1))
        db.commit()
    story.portal.deliver()
    assert story.portal.stored(message).dead_at
    story.crm.switch()


def send_again(story: Story, message: Message) -> None:
    with story.portal.database.session() as db, across_customers(db):
        assert claims.resend(db, message.id, story.portal.clock.now())
        db.commit()
    story.portal.deliver()


def test_c2_a_dead_letter_lets_those_behind_it_pass_and_takes_nothing_back_when_it_is_sent_again(
    either: Story,
) -> None:
    placed = either.tell(0, "order.placed", reference="as it was placed", location="Strandgata 1")
    put_to_death(either, placed)
    either.tell(0, reference="as it was changed")
    either.settle(2)
    assert either.reference() == "as it was changed"
    send_again(either, placed)
    either.check(in_order=False)
    record = either.crm.records()[placed.about]
    assert (record["reference"], record["location"]) == ("as it was changed", "Strandgata 1")
    assert [event["id"] for event in either.arrived] == [either.told[1].public_id, placed.public_id]
    assert [event["version"] for event in either.arrived] == [either.told[1].id, placed.id]


def test_c2_what_was_erased_meanwhile_does_not_come_back_with_a_dead_letter(story: Story) -> None:
    changed = story.tell(0)
    put_to_death(story, changed)
    story.tell(0, "order.erased")
    story.settle(1)
    send_again(story, changed)
    assert story.times == [1, 1]
    assert changed.about not in story.crm.records()


def test_two_postmen_and_one_who_died_after_sending_change_nothing_twice(either: Story) -> None:
    class Struck(Postman):
        def _note(self, taken: object, failure: Exception | None) -> bool:
            raise KeyboardInterrupt

    for turn in range(10):
        either.tell(turn % 5)
    portal = either.portal
    with pytest.raises(KeyboardInterrupt):
        Struck(portal.database, portal.settings, portal.clock, link).deliver_due()
    portal.deliver()
    assert portal.outbox == (2, 0), "its record waits until the claim of the dead one is over"
    portal.deliver(claims.LEASE)
    either.check()
    assert Counter(either.times) == {1: 9, 2: 1}


# What is said


def test_c1_what_arrives_has_the_documented_shape(quiet_house: House, running: ReferenceCrm) -> None:
    """From the press of a button to the CRM: envelope and data. What other stories tell is checked by `House`."""
    running.switch(ahead=(NOW - datetime.now(UTC)).total_seconds())
    hms = quiet_house.sign_in("hms.fjord")
    hms.open("/orders/new")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery="Kurs").press("Send bestilling")
    hms.fill(reference="PO 9").press("Lagre referanse")
    unit = hms.open("/employees/new").option("unit", "Bergen")
    new = {"given_name": "Ola", "family_name": "Ny", "email": "ola.ny@n.example", "national_id": "14838419861"}
    hms.fill(unit=unit, **new).press("Lagre")
    if hms.soup.find("button", string="Lagre likevel"):
        hms.press("Lagre likevel")
    key = "crm:" + base64.b64encode(bytes(32)).decode()
    settings = replace(quiet_house.settings, crm_url=running.url, crm_secrets=(OLD,), crm_field_key=key)
    with quiet_house.behind() as db:
        told = {
            message.public_id: message for message in db.scalars(select(Message).where(Message.channel == Channel.CRM))
        }
    Postman(quiet_house._database, settings, quiet_house.clock, quiet_house.portal.links.absolute).deliver_due()
    arrived = [msgspec.json.decode(event["event"]) for event in running.events() if event["id"] in told]
    assert len(arrived) == len(told)
    for event in arrived:
        message = told[event["id"]]
        data = event.pop("data")
        msgspec.convert(data, shapes.KINDS[event["type"]], strict=True)
        assert event == {
            "specversion": "1.0",
            "id": message.public_id,
            "source": settings.public_url,
            "type": message.kind,
            "subject": message.about,
            "time": message.created_at.isoformat(),
            "version": message.id,
            "datacontenttype": "application/json",
        }
        assert ("national_id" in data) == (message.kind == "employee.national_id_changed")
    kinds = {event["type"] for event in arrived}
    assert {"order.placed", "order.reference_changed", "employee.added", "employee.national_id_changed"} <= kinds
