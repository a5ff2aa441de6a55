"""Bestillinger at the provider's desk: found across customers, given a status, and the customer is told."""

from datetime import date
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from models.core.audit import THE_PORTAL, AuditEntry
from models.core.database import Database
from models.core.scope import Scope
from models.core.search import Found
from models.exchange.crm import shapes
from models.orders.desk import Criteria, OrderRow, find_orders
from models.orders.order import Order, StatusChange
from models.orders.progress import MovedOn, progress_at_desk
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW
from tests.stage.together import Meet, together


@pytest.fixture
def kam(house: House) -> Page:
    """The account manager of Fjordbygg and Havbris."""
    return house.sign_in("kam.lie")


def listed(page: Page) -> list[str]:
    """The numbers in the list."""
    return [row[0] for row in page.rows]


def place(house: House, delivery: str = "Støymåling") -> str:
    """An order of Fjordbygg, sent by hms.fjord; its number."""
    hms = house.sign_in("hms.fjord").open("/orders/new")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery=delivery).press("Send bestilling")
    return hms.url.rsplit("/", 1)[1]


def messages_about(house: House, number: str) -> list[Message]:
    with house.behind() as db:
        return list(db.scalars(select(Message).where(Message.about == f"order:{number}").order_by(Message.id)))


def test_a_new_order_of_ones_own_customer_is_on_the_overview(house: House, kam: Page) -> None:
    number = place(house)
    kam.open("/desk")
    assert kam.has(f"Støymåling {number} · Fjordbygg Entreprenør AS, Bergen")
    assert kam.soup.select_one(f"#order-{number} .tag")
    kam.follow("Støymåling")
    assert kam.number == str(number)
    assert kam.has("Bestilt av Hilde Moldskred hilde.moldskred@fjordbygg.example")


def test_orders_are_found_of_ones_own_customers_or_of_all(house: House, kam: Page) -> None:
    kam.open("/desk/orders")
    assert "307513" in listed(kam)
    assert {row[2].split("  ")[0].split(" AS")[0] for row in kam.rows} <= {"Fjordbygg Entreprenør", "Havbris Sjømat"}
    assert listed(kam.fill(number="307390").press("Søk")) == []
    assert listed(kam.fill(number="307390", whose="all").press("Søk")) == ["307390"]
    kam.open("/desk/orders?whose=all").fill(customer="DEMOKUNDE").press("Søk")
    with house.behind() as db:
        mine = db.scalar(select(Order.customer_id).where(Order.number == 307390))
        numbers = db.scalars(select(Order.number).where(Order.customer_id == mine))
        assert set(listed(kam)) <= {str(number) for number in numbers}
    assert "307390" in listed(kam)
    kam.open("/desk/orders").fill(from_="i går").press("Søk")
    assert kam.status_code == 422


def test_u9_status_and_product_group_are_set_and_the_customer_and_the_crm_are_told(house: House, kam: Page) -> None:
    number = place(house)
    kam.open(f"/desk/orders/{number}").fill(status="Under behandling", product_group="Yrkeshygiene").press("Lagre")
    assert kam.flash == "Lagret. Hilde Moldskred får en e-post."
    hms = house.sign_in("hms.fjord").open(f"/orders/{number}")
    assert hms.has("Under behandling")
    assert hms.has("Produktgruppe Yrkeshygiene")
    *_, event, letter = messages_about(house, number)
    assert (event.kind, event.payload) == (
        "order.progressed",
        {"number": int(number), "status": "Under behandling", "product_group": "Yrkeshygiene"},
    )
    msgspec.convert(event.payload, shapes.KINDS[event.kind])
    assert (letter.kind, letter.to) == ("order_progress", "hilde.moldskred@fjordbygg.example")
    house.deliver()
    with house.behind() as db:
        assert db.scalars(select(StatusChange.status).where(StatusChange.order_number == int(number))).all() == [
            "Under behandling"
        ]
        last = select(AuditEntry.actor).where(AuditEntry.action == "progress").order_by(AuditEntry.id.desc())
        assert db.scalars(last.limit(1)).one() == "Per-Arne Lie (kam.lie)"


def test_nobody_is_told_where_that_is_not_wished_or_nothing_changed(house: House, kam: Page) -> None:
    number = place(house)
    before = len(messages_about(house, number))
    kam.open(f"/desk/orders/{number}").fill(status="Mottatt", notify=[]).press("Lagre")
    assert kam.flash == "Lagret."
    assert [message.kind for message in messages_about(house, number)[before:]] == ["order.progressed"]
    kam.open(f"/desk/orders/{number}").press("Lagre")
    assert len(messages_about(house, number)) == before + 1


def test_of_two_who_change_the_same_order_the_second_is_shown_what_the_first_did(house: House, kam: Page) -> None:
    number = place(house)
    late = house.sign_in("kam.lie").open(f"/desk/orders/{number}")
    kam.open(f"/desk/orders/{number}").fill(status="Mottatt").press("Lagre")
    late.fill(status="Avvist").press("Lagre")
    assert late.status_code == 409
    assert late.has("Noen andre har endret bestillingen i mellomtiden.")
    assert late.value("status") == "Avvist", "what was chosen is kept"
    assert late.has("Lagret nå: Mottatt")
    late.press("Lagre")
    assert late.flash.startswith("Lagret.")
    assert house.sign_in("hms.fjord").open(f"/orders/{number}").has("Avvist")


def test_what_is_no_status_is_refused_and_what_is_not_there_is_not_found(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/orders/307513")
    kam.press("Lagre", status="Tull")
    assert (kam.status_code, kam.problems) == (422, ["Velg fra listen."])
    assert kam.send("GET", "/desk/orders/999999").status_code == 404
    assert quiet_house.sign_in("Tester").send("GET", "/desk/orders/307390").status_code == 404


def test_the_letter_of_a_new_order_leads_the_account_manager_to_the_desk(quiet_house: House) -> None:
    number = place(quiet_house)
    quiet_house.deliver()
    letters = [file.read_text(encoding="utf-8") for file in (quiet_house.settings.var / "mail").rglob("*.eml")]
    assert any(f"/desk/orders/{number}" in letter and "per-arne.lie" in letter for letter in letters)


def test_the_desks_list_walks_an_index_whatever_it_is_asked(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    first = kam.open("/desk/orders?whose=all")
    seen = listed(first)
    while kam.soup.select_one("#following"):
        seen += listed(kam.follow("Eldre bestillinger"))
    assert len(seen) == len(set(seen))
    with quiet_house.behind() as db:
        assert set(seen) == {str(number) for number in db.scalars(select(Order.number))}


def test_of_two_who_save_at_the_same_moment_one_is_shown_what_the_other_did(quiet_house: House) -> None:
    number = int(place(quiet_house))
    is_sqlite = quiet_house.settings.database_url.startswith("sqlite")

    def save(status: str, meet: Meet) -> str:
        database = Database(quiet_house.settings.database_url)
        with quiet_house.behind() as db:
            scope = Scope.whole(db.get_one(Order, number).customer_id)
        with database.session(scope) as db:
            if is_sqlite:
                meet()  # whoever writes holds the lock from the beginning
            order = db.scalars(select(Order).where(Order.number == number)).one()
            if not is_sqlite:
                meet()
            wanted: dict[str, Any] = {"status": status, "product_group": None, "notify": False}
            try:
                progress_at_desk(db, order, seen=(None, None), by=THE_PORTAL, now=NOW, **wanted)  # type: ignore[arg-type]
                db.commit()
            except MovedOn:
                status = "moved on"
        database.close()
        return status

    ended = together([partial(save, status) for status in ("Mottatt", "Avvist")])
    with quiet_house.behind() as db:
        assert sorted(ended) == sorted(["moved on", str(db.get_one(Order, number).status)])


def test_of_many_orders_and_of_few_the_same_are_found(quiet_house: House) -> None:
    searches: tuple[dict[str, Any], ...] = (
        {},
        {"customer": "fjord"},
        {"status": "Planlagt"},
        {"product_group": "Kurs"},
        {"from_date": date(2026, 1, 1)},
    )
    with quiet_house.behind() as db:
        for search in searches:
            pages: list[Found[OrderRow]] = []
            after = None
            while not pages or after is not None:
                criteria = Criteria(**search, after=after)
                pages.append(find_orders(db, criteria, page_size=4))
                assert find_orders(db, criteria, page_size=4, few=0) == pages[-1], (search, after)
                after = pages[-1].next
            numbers = [row.number for page in pages for row in page.rows]
            assert len(set(numbers)) == len(numbers) == pages[0].count > 0, search
