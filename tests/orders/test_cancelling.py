"""Avbestill (H6): until an order is planned, with a reason, once, and told to whom it concerns."""

from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import select

from models.catalogue.entry import Kind
from models.catalogue.words import catalogue_of
from models.core.audit import THE_CRM, AuditEntry
from models.core.database import Database
from models.core.scope import Scope
from models.exchange.crm import shapes
from models.orders.cancelling import cancel_order, may_be_cancelled
from models.orders.order import Order, history_of
from models.orders.progress import progress
from models.outbox.message import Message
from models.users.user import User
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW
from tests.stage.together import Meet, together

NUMBER = 307514
"""An order of Fjordbygg's that is received."""
AT = f"/orders/{NUMBER}/cancellation"
KAM = "per-arne.lie@bht.example"


def ask(page: Page) -> Page:
    return page.open(f"/orders/{NUMBER}").follow("Avbestill")


def told(house: House) -> list[Message]:
    """What was posted about cancellations."""
    kinds = ("order_cancelled", "order.cancelled")
    with house.behind() as db:
        return list(db.scalars(select(Message).where(Message.kind.in_(kinds)).order_by(Message.kind)))


def set_status(house: House, status: str | None) -> None:
    """What the CRM says of the order meanwhile."""
    with house.behind() as db:
        progress(db, db.get_one(Order, NUMBER), status=status, product_group=None, by=THE_CRM, now=NOW)
        db.commit()


def test_h6_an_order_is_taken_back_once_with_a_reason_and_whom_it_concerns_is_told(house: House, hms: Page) -> None:
    page = ask(hms)
    assert page.h1 == "Avbestill"
    assert page.press("Avbestill").status_code == 422
    assert page.error("reason") == "Skriv kort hvorfor bestillingen ikke trengs."
    page.fill(reason="Ola 17912099997\ntrenger det ikke").press("Avbestill")
    assert page.url == f"/orders/{NUMBER}"
    assert page.flash.startswith(f"Bestilling {NUMBER} er avbestilt. Kundeansvarlig er varslet.")
    assert [step.get_text() for step in page.soup.select(".steps li.stop b")] == ["Avbestilt"]
    assert not page.soup.select(f"a[href='{AT}']")
    letter, event = sorted(told(house), key=lambda one: one.channel, reverse=True)
    msgspec.convert(event.payload, shapes.KINDS[event.kind])
    assert (letter.to, letter.payload["reason"]) == (KAM, "Ola 179120*****\ntrenger det ikke")
    assert "Avbestilt: Ola 179120*****" in page.soup.select("#messages li")[-1].get_text()
    with house.behind() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.about, entry.action) == (f"order:{NUMBER}", "order cancelled")
        assert entry.changed == {"before": {"status": "Mottatt"}, "after": {"status": "Avbestilt"}}
        order = db.get_one(Order, NUMBER)
        assert [change.status for change in history_of(db, order)][-1] == "Avbestilt"
    again = hms.send("POST", AT, [("reason", "Igjen"), ("csrf_token", page.token())])
    assert again.status_code in {200, 303}
    assert len(told(house)) == 2
    assert hms.open(AT).has("Bestillingen er allerede avbestilt.")


def test_h6_what_was_planned_meanwhile_is_not_cancelled_and_says_whom_to_call(house: House, hms: Page) -> None:
    page = ask(hms).fill(reason="Flyttet til våren")
    set_status(house, "Planlagt")
    page.press("Avbestill")
    assert page.status_code == 409
    for words in ("er Planlagt, og kan ikke avbestilles her lenger", "Flyttet til våren", "Per-Arne Lie"):
        assert page.has(words)
    assert told(house) == []
    assert "Avbestill" not in [link.get_text() for link in hms.open(f"/orders/{NUMBER}").soup.select("main .head a")]


def test_h6_words_about_health_are_asked_about(quiet_house: House) -> None:
    page = ask(quiet_house.sign_in("hms.fjord")).fill(reason="Hun er sykmeldt").press("Avbestill")
    assert (page.status_code, told(quiet_house)) == (422, [])
    assert page.press("Send likevel").flash.startswith(f"Bestilling {NUMBER} er avbestilt.")


def test_h6_an_order_is_cancelled_until_it_is_planned(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        catalogue = catalogue_of(db)
    statuses = [None, *(word.name for word in catalogue.of(Kind.STATUS))]
    may = [status for status in statuses if may_be_cancelled(Order(status=status), catalogue)]
    assert may == [None, "Mottatt", "Under behandling", "Venter på kunde"]


def test_h6_of_two_at_once_one_cancels(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        customer_id = db.get_one(Order, NUMBER).customer_id
        user = db.scalars(select(User).where(User.username == "hms.fjord")).one()
        by: Any = SimpleNamespace(user_id=user.id, full_name="Hilde", email="h@fjordbygg.example", label="x")

    def press(meet: Meet) -> str:
        database = Database(quiet_house.settings.database_url)
        meet()
        with database.session(Scope.whole(customer_id)) as db:
            told = cancel_order(db, db.get_one(Order, NUMBER), "Nei", by=by, fallback=None, now=NOW)
            db.commit()
        database.close()
        return "told" if told else "cancelled already"

    assert sorted(together([press, press])) == ["cancelled already", "told"]
    assert len(told(quiet_house)) == 2
