"""Oppmøte at the provider's desk: who came, and what of it customers see (T7)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.bookings.sign_ups.sign_up import SignUp
from models.core.audit import AuditEntry
from models.outbox.message import Message
from tests.bookings.test_bookings import Stage
from tests.bookings.test_desk_bookings import ME, press, said
from tests.stage.house import House
from tests.stage.page import Page

THE_DAY = datetime(2026, 10, 20, 5, tzinfo=UTC)
"""Seven o'clock in the morning, an hour before the first time."""


@pytest.fixture
def kam(house: House) -> Page:
    """The provider's account manager for Fjordbygg, on the day."""
    house.clock.set(THE_DAY)
    return house.sign_in("kam.lie")


def told(house: House) -> list[tuple[str, str]]:
    """What the CRM is told of attendance: the word, as ever, and the value."""
    with house.behind() as db:
        events = db.scalars(select(Message).where(Message.channel == "crm", Message.kind == "sign_up.attendance"))
        return [(event.payload["state"], event.payload["standing"]) for event in events]


def seated(house: House, **facts: object) -> Stage:
    """A booking with two on the first time, and one on the next."""
    stage = Stage(house, 4, capacity=2, **facts)
    for place, who in ((0, 0), (0, 1), (1, 2)):
        stage.sits(place, who)
    return stage


def test_t7_one_press_says_who_came_and_another_takes_it_back(house: House, kam: Page) -> None:
    house.clock.set(datetime(2026, 10, 1, 8, tzinfo=UTC))
    stage = seated(house)
    house.clock.set(THE_DAY)
    first, second = (f"#slot-{id}" for id in stage.slots)
    page = press(kam.open(f"/desk/bookings/{stage.id}"), first, "Møtt")
    assert page.flash == f"Møtt er notert for {stage.names[0]}."
    assert f"{stage.names[0]} Møtt Angre {stage.names[1]} Møtt Ikke møtt" in said(page, first)
    if house.mode == "htmx":
        assert said(page, "#status") == page.flash
        assert "slots" not in page.response.headers.get("hx-retarget", ""), "only the time is swapped"
    page = press(page, second, "Ikke møtt")
    assert page.flash == f"Ikke møtt er notert for {stage.names[2]}."
    hms = house.sign_in("hms.fjord").open(stage.url)
    assert f"{stage.names[0]} Møtt" in said(hms, first)
    assert f"{stage.names[2]} Ikke møtt" in said(hms, second)
    page = press(page, first, "Angre")
    assert page.flash == f"Oppmøtet er angret for {stage.names[0]}."
    page = press(page, first, "Alle møtt")
    assert page.flash == "Møtt er notert for 2 ansatte."
    came, stayed_away = ("Møtt", "attended"), ("Ikke møtt", "absent")
    assert told(house) == [came, stayed_away, ("Påmeldt", "signed_up"), came, came]
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "attendance")).all()
        assert {entry.actor for entry in entries} == {ME}
        mails = db.scalars(select(Message.kind).where(Message.channel == "mail", Message.created_at >= THE_DAY)).all()
    assert mails == [], "nobody gets a letter about having come"


def test_attendance_is_noted_of_those_who_sit_there_from_the_day_on(quiet_house: House) -> None:
    stage = seated(quiet_house)
    kam = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}")
    assert kam.soup.select("#slots button") == []
    with quiet_house.behind() as db:
        here, _, there = db.scalars(select(SignUp.id).where(SignUp.booking_id == stage.id).order_by(SignUp.id)).all()
    url = f"/desk/slots/{stage.slots[0]}/attendance"

    def send(**fields: object) -> tuple[int, str]:
        token = quiet_house.sign_in("kam.lie").open("/desk/customers")
        token.open(f"/desk/bookings/{stage.id}/edit")
        answer = token.send("POST", url, [("csrf_token", token.token()), *((n, str(v)) for n, v in fields.items())])
        return answer.status_code, answer.text

    status, text = send(attended=here)
    assert (status, "Oppmøte kan noteres fra og med dagen timen er på." in text) == (409, True)
    quiet_house.clock.set(THE_DAY)
    for wrong in ({"attended": there}, {"attended": 999_999}, {"attended": "x"}, {}):
        status, text = send(**wrong)
        assert (status, "Ingenting er lagret" in text) == (409, True), wrong
    assert [send(attended=here)[0] for _ in range(2)] == [303, 303]
    assert len(told(quiet_house)) == 1, "twice is once"
    with quiet_house.behind() as db:
        again = db.get_one(SignUp, here)
        db.add(
            SignUp(
                customer_id=again.customer_id,
                unit_id=again.unit_id,
                booking_id=again.booking_id,
                employee_id=again.employee_id,
                state="waiting",
                signed_up_at=THE_DAY,
                revision=0,
            )
        )
        db.commit()
    status, text = send(undo=here)
    assert (status, "den ansatte har fått en ny time i bookingen" in text) == (409, True)


def test_hidden_names_are_shown_to_staff_who_ask_and_the_look_is_on_record(house: House, kam: Page) -> None:
    house.clock.set(datetime(2026, 10, 1, 8, tzinfo=UTC))
    stage = seated(house, names_hidden=True)
    house.clock.set(THE_DAY)
    page = kam.open(f"/desk/bookings/{stage.id}")
    assert not any(name in page.response.text for name in stage.names)
    assert "2 påmeldt" in said(page, f"#slot-{stage.slots[0]}")
    assert not any(name in kam.send("GET", f"/desk/bookings/{stage.id}/day-list").text for name in stage.names)
    assert looks(house) == []
    page.follow("Vis navnene")
    assert stage.names[0] in said(page, f"#slot-{stage.slots[0]}")
    assert set(looks(house)) == {(ME, f"booking:{stage.id}")}
    page = press(page, f"#slot-{stage.slots[0]}", "Møtt")
    assert page.flash == f"Møtt er notert for {stage.names[0]}."
    assert stage.names[1] in said(page, f"#slot-{stage.slots[0]}"), "the names stay while one works"
    before = len(looks(house))
    fields = [("csrf_token", page.token()), ("names", "1")]
    refused = page.send("POST", f"/desk/slots/{stage.slots[0]}/attendance", fields)
    assert (refused.status_code, stage.names[1] in refused.text) == (409, True)
    assert len(looks(house)) == before + 1, "what is refused shows them, too"
    assert stage.names[0] in page.open(f"/desk/bookings/{stage.id}/day-list?names=1").response.text
    assert house.sign_in("hms.fjord").open(stage.url).has(stage.names[0]), "who signed somebody up knows who it is"
    assert "names=" not in kam.open("/desk/bookings").response.text


def looks(house: House) -> list[tuple[str, str]]:
    """Who has looked at hidden names, and of what."""
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "names shown").order_by(AuditEntry.id))
        return [(entry.actor, entry.about) for entry in entries]
