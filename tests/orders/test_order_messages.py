"""Meldinger on an order: both sides write and read, each is told once, and nothing that was typed is lost."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, select

from models.conversations.message import KEPT
from models.core.audit import AuditEntry
from models.core.database import Database
from models.core.scope import Scope
from models.exchange.crm import shapes
from models.operations.erasure import purge
from models.orders.messages import OrderMessage, write_message
from models.orders.order import Order
from models.orders.words import OrderWords
from models.outbox.message import Message
from models.users.user import Grant, User
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW
from tests.stage.together import Meet, together

NUMBER = 307512
"""An order of Fjordbygg's that nobody sent in the portal."""
KAM, HMS = "per-arne.lie@bht.example", "hilde.moldskred@fjordbygg.example"


@pytest.fixture
def kam(house: House) -> Page:
    """The account manager of Fjordbygg."""
    return house.sign_in("kam.lie")


def written(house: House) -> list[tuple[str, str, str]]:
    """Side, author and text of all messages."""
    with house.behind() as db:
        rows = db.scalars(select(OrderMessage).order_by(OrderMessage.id))
        return [(row.side, row.author, row.text) for row in rows]


def told(house: House) -> list[Message]:
    """The letters and events about messages."""
    with house.behind() as db:
        return list(db.scalars(select(Message).where(Message.kind.contains("message")).order_by(Message.id)))


def say(page: Page, text: str, at: str = f"/orders/{NUMBER}") -> Page:
    """Write a message on the order's page."""
    return page.open(at).fill(message=text).press("Send melding")


def shown(page: Page) -> list[str]:
    """The messages on the page, as they are read."""
    return [" ".join(item.get_text(" ").split()) for item in page.soup.select("#messages li[id^=message-]")]


def test_both_sides_write_and_read_and_each_is_told_once(house: House, hms: Page, kam: Page) -> None:
    before = len(written(house))
    say(hms, "Kan dere komme\nfør jul?")
    assert hms.flash == "Meldingen er sendt."
    assert hms.value("message") == ""
    assert shown(hms)[-1] == "Hilde Moldskred , kunden · 1. oktober 2026 kl. 10:00 Kan dere komme før jul?"
    house.clock.advance(timedelta(minutes=5))
    assert shown(kam.open(f"/desk/orders/{NUMBER}")) == shown(hms)
    say(kam, "Ja, uke 50.", f"/desk/orders/{NUMBER}")
    assert kam.flash == "Meldingen er sendt."
    assert shown(hms.open(f"/orders/{NUMBER}"))[-1].startswith("Per-Arne Lie , bedriftshelsetjenesten · 1. oktober")
    assert [line[:2] for line in written(house)[before:]] == [
        ("customer", "Hilde Moldskred"),
        ("provider", "Per-Arne Lie"),
    ]
    to_kam, event, to_hms, answer = told(house)
    assert [(one.kind, one.to) for one in (to_kam, to_hms)] == [("order_message", KAM), ("order_message", HMS)]
    assert (to_kam.payload["unit"], to_kam.payload["text"]) == ("Bergen", "Kan dere komme\nfør jul?")
    for one in (event, answer):
        msgspec.convert(one.payload, shapes.KINDS[one.kind])
    assert [one.payload["side"] for one in (event, answer)] == ["customer", "provider"]
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "message").order_by(AuditEntry.id)).all()
        assert [(entry.actor, entry.about, entry.changed) for entry in entries] == [
            ("Hilde Moldskred (hms.fjord)", f"order:{NUMBER}", {}),
            ("Per-Arne Lie (kam.lie)", f"order:{NUMBER}", {}),
        ]


def test_each_letter_leads_to_the_page_of_its_reader_and_is_answered_to_the_writer(quiet_house: House) -> None:
    say(quiet_house.sign_in("hms.fjord"), "Hei")
    say(quiet_house.sign_in("kam.lie"), "Hei igjen", f"/desk/orders/{NUMBER}")
    quiet_house.deliver()
    files = sorted((quiet_house.settings.var / "mail").rglob("*order_message*.eml"))
    to_kam, to_hms = sorted(
        (file.read_text(encoding="utf-8") for file in files), key=lambda text: f"To: {KAM}" not in text
    )
    assert f"/desk/orders/{NUMBER}" in to_kam
    assert f"Reply-To: Hilde Moldskred <{HMS}>" in to_kam
    assert "fra Fjordbygg" in to_kam
    assert f"/orders/{NUMBER}" in to_hms
    assert "/desk/" not in to_hms
    assert "Reply-To: Per-Arne Lie <" in to_hms


def test_who_has_written_is_told_as_long_as_the_right_lasts(quiet_house: House) -> None:
    """An order that was placed in the CRM has no sender: only those who wrote are told."""
    number, hms, kam = 307512, quiet_house.sign_in("hms.fjord"), quiet_house.sign_in("kam.lie")
    with quiet_house.behind() as db:
        assert db.get_one(Order, number).placed_by_id is None
        db.execute(delete(OrderMessage))
        db.commit()
    say(kam, "Første", f"/desk/orders/{number}")
    assert [one.channel for one in told(quiet_house)] == ["crm"]
    say(hms, "Svar")
    say(kam, "Andre", f"/desk/orders/{number}")
    assert [one.to for one in told(quiet_house)] == [None, KAM, None, HMS, None]
    with quiet_house.behind() as db:
        user = db.scalars(select(User).where(User.username == "hms.fjord")).one()
        for grant in db.scalars(select(Grant).where(Grant.user_id == user.id)):
            grant.orders = False
        db.commit()
    say(kam, "Tredje", f"/desk/orders/{number}")
    assert [one.to for one in told(quiet_house)][5:] == [None]


def test_pressing_twice_is_once_and_another_text_is_asked_about(house: House, hms: Page) -> None:
    before = len(written(house))
    hms.open(f"/orders/{NUMBER}").fill(message="En gang")
    form = hms.soup.select_one("#message-form")
    assert form is not None
    fields = hms.fields(form)
    answers = [hms.send("POST", f"/orders/{NUMBER}/messages", fields) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len(written(house)) == before + 1
    assert len(told(house)) == 2
    hms.fill(message="Noe annet").press("Send melding")
    assert hms.status_code == 409
    assert hms.has("Skjemaet er allerede sendt, med en annen tekst.")
    assert hms.value("message") == "Noe annet"
    hms.press("Send melding")
    assert [text for _, _, text in written(house)[before:]] == ["En gang", "Noe annet"]


def test_an_empty_and_a_long_message_are_refused_with_what_was_typed(house: House, hms: Page) -> None:
    before = written(house)
    say(hms, "")
    assert (hms.status_code, hms.problems) == (422, ["Skriv meldingen før du sender den."])
    say(hms, "å" * 2001)
    assert "høyst 2000 tegn" in hms.error("message")
    assert len(hms.value("message")) == 2001
    summary = hms.soup.select_one("#message-form #problems[autofocus]")
    assert summary is not None
    assert written(house) == before


def test_identity_numbers_are_masked_and_sensitive_words_asked_about_on_both_sides(
    house: House, hms: Page, kam: Page
) -> None:
    for page, at in ((hms, f"/orders/{NUMBER}"), (kam, f"/desk/orders/{NUMBER}")):
        say(page, "Gjelder 148384 19861", at)
        assert page.flash == "Meldingen er sendt. Et fødselsnummer i teksten ble skjult."
        assert shown(page)[-1].endswith("Gjelder 148384*****")
        before = len(written(house))
        say(page, "Hun er sykmeldt nå", at)
        assert page.status_code == 422
        assert page.has("Teksten kan inneholde sensitive opplysninger")
        assert page.has("Skriv en melding: sykmeldt")
        page.press("Fjern")
        assert (page.status_code, page.value("message")) == (200, "Hun er nå")
        assert len(written(house)) == before
        say(page, "Hun er sykmeldt nå", at).press("Send likevel")
        assert written(house)[-1][2] == "Hun er sykmeldt nå"
    assert "19861" not in str([one.payload for one in told(house)])


def test_a_message_survives_the_end_of_the_session(house: House) -> None:
    for username, at in (("kam.lie", f"/desk/orders/{NUMBER}"), ("hms.fjord", f"/orders/{NUMBER}")):
        page = house.sign_in(username)
        page.open(at).fill(message="Nesten sendt")
        house.clock.advance(timedelta(hours=2))
        page.press("Send melding")
        assert page.h1 == "Logg inn"
        page.fill(username=username, password=f"demo-{username}").press("Logg inn")
        assert page.number == str(NUMBER)
        assert page.value("message") == "Nesten sendt"
        page.press("Send melding")
        assert shown(page)[-1].endswith("Nesten sendt")
        with house.behind() as db:
            kept = page.value("reference") if username == "hms.fjord" else ""
            assert kept in {"", db.get_one(Order, NUMBER).reference}, "the other form is as it was"


def test_strangers_and_those_without_the_right_write_nothing(quiet_house: House) -> None:
    before = written(quiet_house)
    for username in ("Tester", "leder.brann", "okonomi.fjord", "kam.lie"):
        page = quiet_house.sign_in(username).open("/info")
        fields = [("message", "Hei"), ("csrf_token", page.token())]
        assert page.send("POST", f"/orders/{NUMBER}/messages", fields).status_code == 404, username
        if username != "kam.lie":
            assert page.send("POST", f"/desk/orders/{NUMBER}/messages", fields).status_code == 404, username
    assert written(quiet_house) == before


def test_the_overview_shows_what_waits_for_an_answer_until_one_is_written(quiet_house: House) -> None:
    hms, kam = quiet_house.sign_in("hms.fjord"), quiet_house.sign_in("kam.lie")
    say(hms, "Hallo?")
    say(hms, "Er det noen der?")
    [earlier, waiting] = kam.open("/desk").soup.select("#waits [id^=written]")
    assert "«Kan møtet tas på Teams?" in earlier.get_text(), "who has waited longest comes first"
    assert "«Hallo?»" in waiting.get_text(), "since then they have waited"
    assert f"{NUMBER} · For- og etterarbeid til HK · Fjordbygg Entreprenør AS · Hilde" in waiting.get_text()
    say(kam, "Ja", f"/desk/orders/{NUMBER}")
    assert len(kam.open("/desk").soup.select("#waits [id^=written]")) == 1
    say(hms, "Fint")
    assert len(kam.open("/desk").soup.select("#waits [id^=written]")) == 2
    kam.open(f"/desk/orders/{NUMBER}").press("Trenger ikke svar")
    assert kam.flash == "Meldingen venter ikke på svar lenger."
    assert kam.soup.select_one("#no-answer-form") is None
    assert len(kam.open("/desk").soup.select("#waits [id^=written]")) == 1
    assert hms.open(f"/orders/{NUMBER}").soup.select_one("#no-answer-form") is None
    say(hms, "Forresten?")
    with quiet_house.behind() as db:
        db.get_one(Order, NUMBER).status = "Utført"
        db.commit()
    assert len(kam.open("/desk").soup.select("#waits [id^=written]")) == 1, "nobody waits on an order that is closed"


def test_messages_are_forgotten_after_their_time(quiet_house: House) -> None:
    say(quiet_house.sign_in("hms.fjord"), "Gammelt")
    quiet_house.clock.advance(KEPT - timedelta(hours=1))
    database = Database(quiet_house.settings.database_url)
    for left in (1, 0):
        counts = dict(
            purge(database, quiet_house.settings.var, former_kept=timedelta(days=9999), now=quiet_house.clock.now())
        )
        assert counts["messages on orders"] > 0
        assert len(written(quiet_house)) == left, "those of the demo are older"
        with quiet_house.behind() as db:
            assert ("gammelt" in db.get_one(OrderWords, NUMBER).text) == bool(left), "and no order is found by it"
        quiet_house.clock.advance(timedelta(hours=2))
    database.close()


def test_the_same_form_twice_at_the_same_moment_is_one_message(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        customer_id = db.get_one(Order, NUMBER).customer_id
        user = db.scalars(select(User).where(User.username == "hms.fjord")).one()
        by: Any = SimpleNamespace(
            user_id=user.id, full_name=user.full_name, email=user.email, label="x", account_manager_id=None
        )

    def send(meet: Meet) -> int:
        database = Database(quiet_house.settings.database_url)
        meet()
        with database.session(Scope.whole(customer_id)) as db:
            order = db.get_one(Order, NUMBER)
            id = write_message(db, order, "Hei", by=by, key="k" * 20, fallback=None, now=NOW)
            db.commit()
        database.close()
        return id

    assert len(set(together([send, send]))) == 1
    assert len(told(quiet_house)) == 2


def test_files_that_are_named_where_no_form_had_any_are_left_alone(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    say(quiet_house.sign_in("hms.fjord"), "Hallo?")
    stray = [("waiting", "x"), ("csrf_token", kam.open(f"/desk/orders/{NUMBER}").token())]
    assert kam.send("POST", f"/desk/orders/{NUMBER}/messages/answered", stray).status_code in {200, 303}, "it was 500"
    assert len(kam.open("/desk").soup.select("#waits [id^=written]")) == 1, "and it waits no longer"
