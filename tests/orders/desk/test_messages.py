"""Messages of a customer who phones, written by staff; and answers that nobody of the customer has read (D2, H3)."""

from typing import Any

import msgspec
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.exchange.crm import shapes
from models.outbox.message import Message
from models.users.user import Role
from tests.bookings.test_desk_sign_ups import of_somebody_else
from tests.stage.house import House
from tests.stage.page import Page

NUMBER = 307512
ASKED = "Hilde Moldskred"


def shown(page: Page) -> list[str]:
    """The messages on the page, as they are read."""
    return [" ".join(item.get_text(" ").split()) for item in page.soup.select("#messages li[id^=message-]")]


def letters(house: House) -> list[tuple[str | None, Any]]:
    """To whom a letter of a message went, and what it says."""
    with house.behind() as db:
        found = select(Message).where(Message.kind == "order_message").order_by(Message.id)
        return [(message.to, message.payload) for message in db.scalars(found)]


def test_d2_a_message_is_the_customers_and_says_who_asked_and_who_wrote(house: House) -> None:
    kam = house.sign_in("kam.lie").open(f"/desk/orders/{NUMBER}")
    kam.fill(message="Ring meg før 12", asked_by=kam.option("asked_by", f"{ASKED} (hms.fjord)")).press("Send melding")
    said = f"{ASKED} , kunden, skrevet av Per-Arne Lie ·"
    assert said in shown(kam)[-1]
    hms = house.sign_in("hms.fjord").open(f"/orders/{NUMBER}")
    assert said in shown(hms)[-1]
    assert hms.soup.select("#messages li.ours")
    # Who wrote it is the account manager, who is not told; she is, of what stands in her name.
    [(to, told)] = letters(house)
    assert (to, told["author_name"], told["written_for"]) == (
        "hilde.moldskred@fjordbygg.example",
        "Per-Arne Lie",
        ASKED,
    )
    with house.behind() as db:
        event = db.scalars(select(Message).where(Message.kind == "order.message_added")).one()
        added: Any = msgspec.convert(event.payload, shapes.OrderMessageAdded, strict=False)
        assert (added.side, added.author, added.written_by) == ("customer", ASKED, "Per-Arne Lie")
        logged = select(AuditEntry).where(AuditEntry.about == f"order:{NUMBER}", AuditEntry.action == "message")
        entry = db.scalars(logged).one()
        assert (entry.actor.partition(" (")[0], entry.changed) == ("Per-Arne Lie", {"asked_by": ASKED})
    # The customer waits for the answer, and she gets it.
    assert kam.has("Trenger ikke svar")
    kam.fill(message="Det gjør vi", asked_by="").press("Send melding")
    assert letters(house)[1][0] == "hilde.moldskred@fjordbygg.example"
    assert "bedriftshelsetjenesten ·" in shown(kam)[-1]


def test_d2_a_colleagues_note_reaches_the_account_manager_and_a_stranger_writes_for_nobody(house: House) -> None:
    kam = house.sign_in("kam.lie").open(f"/desk/orders/{NUMBER}")
    kam.fill(message="Hei", asked_by=kam.option("asked_by", f"{ASKED} (hms.fjord)"), asked_name="Ola").press(
        "Send melding"
    )
    assert kam.status_code == 422
    assert kam.error("asked_name") == "Du har valgt en bruker. Ta bort navnet, eller velg «Ingen av brukerne»."
    assert kam.value("message") == "Hei"
    of_somebody_else(house, Role.ADMINISTRATOR)
    kam.fill(asked_by="", asked_name="Ola Olsen").press("Send melding")
    assert [(to, told["written_for"]) for to, told in letters(house)] == [("nora@bht.example", "Ola Olsen")]
    of_somebody_else(house)
    before = shown(kam)
    again = house.sign_in("kam.lie").open(f"/desk/orders/{NUMBER}")
    assert "asked_by" not in [name for form in again.soup.select("#message-form") for name, _ in again.fields(form)]
    assert again.fill(message="Hei igjen").press("Send melding", asked_name="Ola Olsen").status_code == 403
    assert shown(again.open(f"/desk/orders/{NUMBER}")) == before


def test_h3_an_answer_that_nobody_has_read_stands_in_the_list_and_in_what_waits(house: House) -> None:
    kam, hms = house.sign_in("kam.lie"), house.sign_in("hms.fjord")
    assert "Nytt svar" not in hms.open("/orders").soup.get_text()
    kam.open(f"/desk/orders/{NUMBER}").fill(message="Vi kommer 14.10").press("Send melding")
    assert "Nytt svar" in hms.open(f"/orders?number={NUMBER}").row(f"order-{NUMBER}")[3]
    assert "Nytt svar" not in hms.open("/orders?number=307513").row("order-307513")[3]
    box = hms.open("/worklist").part(f"todo-answer-{NUMBER}")
    assert f"Nytt svar på bestilling {NUMBER}" in box.get_text()
    assert "Fra Per-Arne Lie" in box.get_text()
    assert not house.sign_in("okonomi.fjord").open("/worklist").has("Nytt svar")
    hms.follow("Les svaret")
    assert "Vi kommer 14.10" in shown(hms)[-1]
    assert "Nytt svar" not in hms.open(f"/orders?number={NUMBER}").soup.get_text()
    assert not hms.open("/worklist").soup.select(f"#todo-answer-{NUMBER}")
    # What one writes oneself is no answer.
    hms.open(f"/orders/{NUMBER}").fill(message="Takk").press("Send melding")
    assert "Nytt svar" not in hms.open("/orders").soup.get_text()
