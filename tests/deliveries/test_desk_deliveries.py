"""Utsendinger at the provider's desk: what waits, what could not be delivered, sending it again, what was refused."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from models.bookings.sign_ups.news import _WITHOUT_LETTER
from models.core.audit import AuditEntry
from models.crm.records import ReceivedEvent
from models.customers.customer import Customer
from models.exchange.crm import shapes
from models.outbox import endpoints
from models.outbox.endpoints import FAILURES
from models.outbox.message import Channel, Message, Outgoing, post
from routes.web.words.messages import KINDS, reason
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

FJORDBYGG, DEMOKUNDE = "319099603", "315908302"


def posted(house: House, number: str = FJORDBYGG, *, kind: str = "order_placed", **changed: Any) -> int:
    """A message of a customer, whatever has become of it."""
    with house.behind() as db:
        customer_id = db.scalars(select(Customer.id).where(Customer.organisation_number == number)).one()
        letter = Outgoing(
            channel=Channel.MAIL,
            kind=kind,
            about="order:307513",
            customer_id=customer_id,
            payload={"number": 307513, "reference": "Taushetsbelagt"},
            at=NOW,
            to="kari.nordmann@kunde.example",
        )
        other = {name: changed.pop(name) for name in ("channel", "about", "to") if name in changed}
        message = post(db, replace(letter, **other))
        db.flush()
        if changed:
            db.execute(update(Message).where(Message.id == message.id).values(**changed))
        db.commit()
        return message.id


def dead(house: House, number: str = FJORDBYGG, **changed: Any) -> int:
    """One that could not be delivered."""
    given: dict[str, Any] = {"dead_at": NOW, "attempts": 1, "last_error": "smtp 550"} | changed
    return posted(house, number, **given)


def stored(house: House, id: int) -> Message:
    with house.behind() as db:
        return db.scalars(select(Message).where(Message.id == id)).one()


def listed(page: Page) -> list[int]:
    """The ids in the list."""
    return [int(str(row["id"]).removeprefix("delivery-")) for row in page.soup.select("#deliveries > li")]


def said(page: Page, id: int) -> str:
    row = page.soup.select_one(f"#delivery-{id}")
    assert row
    return " ".join(row.get_text(" ").split())


@pytest.fixture
def kam(house: House) -> Page:
    """The account manager of Fjordbygg and Havbris."""
    return house.sign_in("kam.lie")


def test_a_dead_letter_is_seen_and_sent_again_on_record(house: House, kam: Page) -> None:
    id = dead(house)
    kam.open("/desk")
    assert kam.has("Utsendinger 1 kunne ikke leveres")
    [link] = kam.soup.select("#figures .late a")
    kam.open(str(link["href"]))
    assert listed(kam) == [id]
    assert said(kam, id) == (
        "Ny bestilling til kundeansvarlig 307513 E-post til kunde.example"
        " · Fjordbygg Entreprenør AS · 1. oktober 2026 kl. 10:00"
        " Mottakerens e-posttjener sa nei (smtp 550), 1 forsøk Kunne ikke leveres Send på nytt"
    )
    assert not re.search("kari|nordmann|Taushet", str(kam.soup), re.IGNORECASE)
    kam.press("Send på nytt")
    assert kam.flash == "Sendes på nytt."
    assert "Venter" in said(kam, id) if house.mode == "htmx" else listed(kam) == []
    after = stored(house, id)
    assert (after.dead_at, after.attempts, after.due_at) == (None, 0, NOW)
    with house.behind() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry
        assert (entry.about, entry.action, entry.actor) == ("order:307513", "resend", "Per-Arne Lie (kam.lie)")
        assert (entry.customer_id, entry.changed) == (after.customer_id, {"kind": "order_placed"})


def test_what_waits_can_be_tried_now_and_wakes_its_endpoint(house: House, kam: Page) -> None:
    later = NOW + timedelta(minutes=10)
    told: dict[str, Any] = {"channel": Channel.CRM, "to": None, "kind": "order.reference_changed"}
    id = posted(house, due_at=later, attempts=4, last_error="http 500", **told)
    with house.behind() as db:
        for _ in range(FAILURES):
            endpoints.note_failure(db, Channel.CRM, "http 500", NOW, is_probe=False)
        db.commit()
    kam.open("/desk/deliveries")
    assert kam.has("CRM tar ikke imot Slik har det vært siden 1. oktober 2026 kl. 10:00.")
    assert kam.has("CRM-et svarte med feil (http 500)")
    assert "Neste forsøk" in said(kam, id)
    kam.press("Prøv nå")
    assert kam.flash == "Sendes på nytt."
    assert stored(house, id).due_at == NOW
    with house.behind() as db:
        assert [endpoint.probe_at for endpoint in endpoints.resting(db)] == [NOW]
    kam.press("Prøv nå")
    assert kam.flash == "Utsendingen er på vei allerede."
    with house.behind() as db:  # the CRM is back
        db.execute(update(Message).where(Message.channel == Channel.CRM).values(delivered_at=NOW))
        endpoints.note_answer(db, Channel.CRM, is_probe=True)
        db.commit()
    kam.open("/desk/deliveries")
    assert kam.has("Alt er levert")
    assert not kam.has("tar ikke imot")
    assert listed(kam.fill(state="delivered").press("Søk")) == [id]


def test_messages_are_found_by_state_way_and_customer(quiet_house: House) -> None:
    waiting, crm = (
        posted(quiet_house),
        posted(quiet_house, channel=Channel.CRM, to=None, kind="order.reference_changed"),
    )
    gone = dead(quiet_house)
    done = posted(quiet_house, delivered_at=NOW)
    under_way = posted(quiet_house, claimed_until=NOW + timedelta(minutes=1), attempts=1)
    others = dead(quiet_house, DEMOKUNDE)
    kam = quiet_house.sign_in("kam.lie").open("/desk/deliveries")
    assert listed(kam) == [under_way, gone, crm, waiting]
    assert "Sendes nå" in said(kam, under_way)
    assert "Prøv nå" not in said(kam, under_way)
    assert listed(kam.fill(state="waiting").press("Søk")) == [under_way, crm, waiting]
    assert listed(kam.fill(state="waiting", channel="crm").press("Søk")) == [crm]
    assert listed(kam.fill(state="dead", channel="").press("Søk")) == [gone]
    assert listed(kam.fill(whose="all").press("Søk")) == [others, gone]
    assert listed(kam.fill(customer="demoKUNDE").press("Søk")) == [others]
    assert listed(kam.fill(state="delivered", customer="").press("Søk")) == [done]
    assert kam.open("/desk/deliveries?state=x").status_code == 422


def test_long_lists_come_in_pages(quiet_house: House) -> None:
    for _ in range(60):
        dead(quiet_house)
    kam = quiet_house.sign_in("kam.lie").open("/desk/deliveries?state=dead")
    assert kam.has("60 utsendinger, nyeste først")
    seen = listed(kam)
    while kam.soup.select_one("#following"):
        seen += listed(kam.follow("Eldre utsendinger"))
    assert len(seen) == len(set(seen)) == 60
    assert seen == sorted(seen, reverse=True)


def test_the_provider_is_told_which_events_of_the_crm_were_refused_and_why(house: House, kam: Page) -> None:
    kam.open("/desk/received")
    assert kam.has("Ingenting er avvist")
    with house.behind() as db:
        for number in range(30):
            facts = {"subject": f"order:{number}", "received_at": NOW, "reason": "the order is not known"}
            status = "applied" if number == 29 else "refused"
            db.add(ReceivedEvent(event_id=f"e{number}", kind="order.changed", status=status, **facts))
        db.commit()
    kam.open("/desk/deliveries").follow("Avvist fra CRM")
    assert kam.has("order.changed order:28 1. oktober 2026 kl. 10:00 the order is not known")
    assert len(kam.soup.select("#main .rows > li")) == 25
    kam.follow("Eldre hendelser")
    assert re.findall(r"order:\d+", kam.soup.get_text(" ")) == [f"order:{number}" for number in (3, 2, 1, 0)]


def test_nobody_but_staff_gets_in_and_what_is_nobodys_cannot_be_sent_again(quiet_house: House) -> None:
    id = dead(quiet_house)
    nobodys = dead(quiet_house)
    with quiet_house.behind() as db:
        db.execute(update(Message).where(Message.id == nobodys).values(customer_id=None))
        db.commit()
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    token = [("csrf_token", hms.token())]
    for path in ("/desk/deliveries", "/desk/received"):
        assert hms.send("GET", path).status_code == 404
    assert hms.send("POST", f"/desk/deliveries/{id}/resend", token).status_code == 404
    kam = quiet_house.sign_in("kam.lie").open("/desk/deliveries?whose=all")
    assert listed(kam) == [nobodys, id]
    assert "Send på nytt" not in said(kam, nobodys)
    for path in (f"/desk/deliveries/{nobodys}/resend", "/desk/deliveries/999999/resend"):
        assert kam.send("POST", path, [("csrf_token", kam.token())]).status_code == 404
    assert stored(quiet_house, id).dead_at
    assert stored(quiet_house, nobodys).dead_at


def test_the_list_walks_an_index_however_much_was_delivered(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        if db.bind is None or db.get_bind().dialect.name != "sqlite":
            db.execute(text("SET enable_seqscan = off"))
            plan = db.execute(
                text("EXPLAIN SELECT id FROM outbox WHERE delivered_at IS NULL ORDER BY id DESC LIMIT 26")
            )
        else:
            plan = db.execute(
                text("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE delivered_at IS NULL ORDER BY id DESC LIMIT 26")
            )
        assert "ix_outbox_undelivered" in str(plan.all())


def test_every_kind_that_leaves_has_a_name() -> None:
    assert shapes.KINDS.keys() <= KINDS.keys()
    letters = {file.stem for file in (Path(__file__).parents[2] / "partials" / "letters").glob("[!_]*.html")}
    assert letters <= KINDS.keys() | {"appointment"}
    news = {kind.partition(".")[2] for kind in shapes.KINDS if kind.startswith("sign_up.")} - {"restated", "attendance"}
    assert {f"appointment_{what}" for what in news - _WITHOUT_LETTER} <= KINDS.keys()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("no valid address", "Adressen er ikke gyldig"),
        ("http 401", "CRM-et kjenner ikke igjen avsenderen (http 401)"),
        ("http 503", "CRM-et svarte med feil (http 503)"),
        ("http 422", "CRM-et tok ikke imot (http 422)"),
        ("smtp 550", "Mottakerens e-posttjener sa nei (smtp 550)"),
        ("smtp 451", "E-posttjeneren ba om å vente (smtp 451)"),
        ("TimeoutError", "Ingen svarte (TimeoutError)"),
        ("TemplateNotFound at letters.py:90", "Portalen kunne ikke skrive den (TemplateNotFound at letters.py:90)"),
    ],
)
def test_a_failure_is_said_in_words(error: str, told: str) -> None:
    assert reason(error) == told
