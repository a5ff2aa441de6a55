"""Orders that staff write in the stead of a customer who phones: who asked, who wrote, and who is told (D2)."""

from email import message_from_bytes, policy
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.customer import Customer
from models.exchange.crm import shapes
from models.orders.order import Order
from models.outbox.message import Message
from models.users.user import Role
from tests.bookings.test_desk_sign_ups import of_somebody_else
from tests.stage.house import House
from tests.stage.page import Page

ASKED = "Hilde Moldskred"
"""A user of Fjordbygg, who looks after its orders."""
BY_USER_NAME = {ASKED: "hms.fjord", "Oddvar Steinsund": "okonomi.fjord"}


def customer(house: House) -> int:
    with house.behind() as db:
        return db.scalars(select(Customer.id).where(Customer.name == "Fjordbygg Entreprenør AS")).one()


def begun(house: House) -> Page:
    """The form at the desk, from the customer's page, with all that has to be filled in but who asked."""
    kam = house.sign_in("kam.lie").open(f"/desk/customers/{customer(house)}").follow("Ny bestilling")
    return kam.fill(unit=kam.option("unit", "Bergen"), delivery="Ergonomigjennomgang")


def chosen(kam: Page, name: str = ASKED) -> Page:
    """The same with one of the customer's users."""
    return kam.fill(asked_by=kam.option("asked_by", f"{name} ({BY_USER_NAME[name]})"))


def about(house: House, kam: Page) -> tuple[int, dict[str, Message], AuditEntry]:
    """The order that was sent: its number, what was posted of it, by kind, and what the log says."""
    number = int(kam.number)
    with house.behind() as db:
        posted = db.scalars(select(Message).where(Message.about == f"order:{number}").order_by(Message.id)).all()
        logged = select(AuditEntry).where(AuditEntry.about == f"order:{number}", AuditEntry.action == "placed")
        return number, {message.kind: message for message in posted}, db.scalars(logged).one()


def letter(house: House, kind: str) -> str:
    """The letter of a kind that is brought out now."""
    house.deliver()
    [file] = (house.settings.var / "mail").rglob(f"*{kind}*.eml")
    body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_d2_an_order_is_the_customers_and_says_who_asked_and_who_wrote(house: House) -> None:
    kam = chosen(begun(house)).press("Send bestilling")
    number, posted, logged = about(house, kam)
    assert kam.flash == f"Bestilling {number} er sendt. {ASKED} får en bekreftelse på e-post."
    assert kam.has(f"Bestilt av {ASKED}")
    assert kam.has("Skrevet av Per-Arne Lie")
    hms = house.sign_in("hms.fjord").open(f"/orders/{number}")
    assert hms.has(f"Bestilt av {ASKED}")
    assert hms.has("Skrevet av Per-Arne Lie")
    # Her account manager wrote it, who is not told; she is, and by whom it was written.
    assert posted.keys() == {"order_confirmation", "order.placed"}
    assert posted["order_confirmation"].to == "hilde.moldskred@fjordbygg.example"
    told: Any = msgspec.convert(posted["order.placed"].payload, shapes.OrderPlaced, strict=False)
    assert (told.sender_name, told.written_by, told.customer) == (ASKED, "Per-Arne Lie", "Fjordbygg Entreprenør AS")
    assert logged.actor.startswith("Per-Arne Lie")
    assert logged.changed == {"asked_by": ASKED}
    text = letter(house, "order_confirmation")
    assert "Per-Arne Lie hos oss skrev den for deg." in text
    assert "Per-Arne Lie er kundeansvarlig for dere. Telefon:" in text
    # It is written to as others are: what the provider writes on it reaches her.
    kam.fill(message="Vi kommer 14.10").press("Send melding")
    assert about(house, kam)[1]["order_message"].to == "hilde.moldskred@fjordbygg.example"


def test_d2_who_is_no_user_is_named_and_nobody_is_written_to_who_may_not_see_it(house: House) -> None:
    refused = begun(house).fill(delivery="").press("Send bestilling")
    assert [said[:10] for said in refused.problems] == ["Velg hvem ", "Skriv hva "], "in the order of the page"
    kam = begun(house).press("Send bestilling")
    assert kam.status_code == 422
    assert kam.error("asked_by") == "Velg hvem som ba om det, eller skriv navnet."
    assert kam.value("delivery") == "Ergonomigjennomgang"
    chosen(kam).fill(asked_name="Ola Olsen").press("Send bestilling")
    assert kam.status_code == 422
    assert kam.error("asked_name") == "Du har valgt en bruker. Ta bort navnet, eller velg «Ingen av brukerne»."
    kam.fill(asked_by="", asked_name="Ola Olsen 01816932455").press("Send bestilling")
    number, posted, _ = about(house, kam)
    assert kam.flash == f"Bestilling {number} er sendt. Et fødselsnummer i teksten ble skjult."
    assert kam.has("Bestilt av Ola Olsen 018169*****")
    assert house.sign_in("hms.fjord").open(f"/orders/{number}").has("Bestilt av Ola Olsen 018169*****")
    assert posted.keys() == {"order.placed"}
    # Finance sees no orders, and so gets no letter of one.
    kam = chosen(begun(house), "Oddvar Steinsund").press("Send bestilling")
    assert kam.flash == f"Bestilling {kam.number} er sendt."
    assert about(house, kam)[1].keys() == {"order.placed"}


@pytest.mark.rest  # of one room; the form and who may are told of elsewhere
def test_d2_the_same_form_makes_one_order_and_who_does_not_look_after_the_customer_writes_none(house: House) -> None:
    kam, again = chosen(begun(house)), chosen(begun(house))
    key = kam.value("idempotency_key")
    number = about(house, kam.press("Send bestilling"))[0]
    again.press("Send bestilling", idempotency_key=key)
    assert about(house, again)[0] == number
    other = begun(house).fill(asked_name="Ola Olsen").press("Send bestilling", idempotency_key=key)
    assert other.status_code == 409
    assert other.has(f"Dette skjemaet er allerede sendt som bestilling {number}.")
    # A colleague wrote it: the customer's own account manager is told.
    waiting = chosen(begun(house))
    of_somebody_else(house, Role.ADMINISTRATOR)
    waiting.press("Send bestilling")
    assert waiting.flash.endswith("Kundeansvarlig er varslet.")
    assert about(house, waiting)[1]["order_placed"].to == "nora@bht.example"
    text = letter(house, "order_placed")
    assert "Per-Arne Lie har skrevet en ny bestilling for Fjordbygg Entreprenør AS." in text
    assert f"{ASKED} (hilde.moldskred@fjordbygg.example) ba om den." in text
    waiting = chosen(begun(house))
    of_somebody_else(house)
    assert waiting.press("Send bestilling").status_code == 403
    assert waiting.open(f"/desk/customers/{customer(house)}/orders/new").status_code == 403
    assert "Ny bestilling" not in waiting.open(f"/desk/customers/{customer(house)}").soup.get_text()
    with house.behind() as db:
        assert len(db.scalars(select(Order).where(Order.written_by_id.is_not(None))).all()) == 2
