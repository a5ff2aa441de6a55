"""D5: what comes from a customer without an account manager reaches somebody; nobody is said to be told who was not."""

import pytest
from sqlalchemy import select, update

from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit
from models.outbox.message import Message
from models.users.user import User
from tests.stage.house import House
from tests.stage.page import Page

FJORDBYGG = "Fjordbygg Entreprenør AS"


@pytest.fixture
def unserved(house: House) -> House:
    """Nobody serves Fjordbygg; it has Bergen and other units."""
    with house.behind() as db:
        db.execute(update(Customer).where(Customer.name == FJORDBYGG).values(account_manager_id=None))
        db.commit()
    return house


def order(page: Page, unit: str = "Bergen") -> Page:
    page.open("/orders/new").fill(unit=page.option("unit", unit), delivery="Ergonomi i kranen")
    return page.press("Send bestilling")


def told(house: House, kind: str) -> list[str | None]:
    with house.behind() as db:
        return list(db.scalars(select(Message.to).where(Message.kind == kind).order_by(Message.id)))


def test_d5_every_administrator_is_told_and_every_desk_shows_it(unserved: House) -> None:
    hms, kam = order(unserved.sign_in("hms.fjord")), unserved.sign_in("kam.lie").open("/desk")
    number = hms.flash.split()[1]
    assert hms.flash == (
        f"Bestilling {number} er sendt. Bedriftshelsetjenesten er varslet, og en bekreftelse er sendt til"
        " hilde.moldskred@fjordbygg.example."
    )
    assert told(unserved, "order_placed") == ["per-arne.lie@bht.example"], "who is an administrator"
    hms.fill(message="Gjerne i uke 45").press("Send melding")
    assert told(unserved, "order_message") == ["per-arne.lie@bht.example"]
    assert unserved.deliver() > 0
    kam.open("/desk")
    section = kam.soup.select_one("#unserved")
    assert section is not None
    assert "Ergonomi i kranen" in section.get_text()
    assert "Venter på svar" in section.get_text()
    kam.follow("Se kundene uten kundeansvarlig")
    assert [row[0] for row in kam.rows] == [FJORDBYGG]


def test_d5_one_address_may_take_the_place_of_the_administrators(unserved: House) -> None:
    with unserved.with_settings(fallback_email="post@bht.example") as visitor:
        page = visitor().open("/login").fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
        assert "Bedriftshelsetjenesten er varslet" in order(page).flash
    assert told(unserved, "order_placed") == ["post@bht.example"]


def test_d5_where_nobody_can_be_told_nobody_is_said_to_be(unserved: House) -> None:
    with unserved.behind() as db:
        db.execute(update(User).where(User.username == "kam.lie").values(role="account manager"))
        db.commit()
    page = order(unserved.sign_in("hms.fjord"))
    assert page.flash.endswith("er sendt. En bekreftelse er sendt til hilde.moldskred@fjordbygg.example.")
    assert told(unserved, "order_placed") == []


def test_d5_a_unit_that_is_served_is_no_orphan_and_who_has_left_serves_nobody(unserved: House) -> None:
    with unserved.behind() as db:
        silje = db.scalars(select(AccountManager.id).where(AccountManager.name == "Silje Haugen")).one()
        db.execute(update(Unit).where(Unit.name == "Bergen").values(account_manager_id=silje))
        db.commit()
    hms, kam = unserved.sign_in("hms.fjord"), unserved.sign_in("kam.lie")
    assert "Kundeansvarlig er varslet" in order(hms).flash
    assert told(unserved, "order_placed") == ["silje.haugen@bht.example"]
    assert "Ergonomi i kranen" not in kam.open("/desk").response.text
    with unserved.behind() as db:
        db.execute(update(AccountManager).where(AccountManager.id == silje).values(serves=False))
        db.commit()
    assert "Ergonomi i kranen" in kam.open("/desk").response.text
    assert "Bedriftshelsetjenesten er varslet" in order(hms).flash
