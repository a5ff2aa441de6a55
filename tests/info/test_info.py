"""Info: the first tab, with what a customer wants to see first (I1)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from models.bookings.booking import Booking
from models.customers.units import Unit
from models.orders.order import Order
from routes.info.page import SHOWN
from tests.stage.house import House
from tests.stage.page import Page


def sections(page: Page) -> list[str]:
    return [heading.get_text() for heading in page.soup.select("main h2")]


def test_i1_it_opens_after_signing_in_and_at_the_address_without_a_path(house: House) -> None:
    tester = house.sign_in("Tester")
    assert (tester.h1, tester.url) == ("Info", "/info")
    assert tester.open("/").h1 == "Info"


def test_i1_the_account_manager_can_be_called_and_written_to(hms: Page) -> None:
    hms.open("/info")
    assert hms.has("Kundeansvarlig Per-Arne Lie 12 34 50 02 per-arne.lie@bht.example")
    assert hms.soup.select_one("main a[href='tel:12345002']")
    assert hms.soup.select_one("main a[href='mailto:per-arne.lie@bht.example']")


def test_i1_the_customer_and_its_units_with_their_numbers(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    assert hms.has("Fjordbygg Entreprenør AS Organisasjonsnummer 319 099 603")
    units = [" ".join(unit.get_text(" ").split()) for unit in hms.soup.select(".units li")]
    assert [unit.replace("\xa0", " ") for unit in units] == [
        "Fjordbygg Entreprenør AS 319 099 603",
        "Administrasjon",
        "Bergen 313 082 466",
        "Stavanger 312 819 481",
        "Tromsø 312 199 351",
    ]


def test_x1_a_leader_sees_the_own_unit_only(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann").open("/info")
    assert [unit.get_text()[:16] for unit in leder.soup.select(".units li")] == ["Brann og redning"]
    shown = {int(str(link["href"]).rsplit("/", 1)[1]) for link in leder.soup.select("#open-orders li a")}
    with quiet_house.behind() as db:
        unit = select(Unit.id).where(Unit.name == "Brann og redning").scalar_subquery()
        assert set() != shown <= set(db.scalars(select(Order.number).where(Order.unit_id == unit)))


def test_i1_the_newest_open_orders_and_how_many_there_are(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    numbers = [int(str(link["href"]).rsplit("/", 1)[1]) for link in hms.soup.select("#open-orders li a")]
    with quiet_house.behind() as db:
        customer = select(Order.customer_id).where(Order.number == 307512).scalar_subquery()
        is_open = Order.status.is_(None) | Order.status.not_in(["Utført", "Fakturert", "Avbestilt", "Avvist"])
        found = db.scalars(
            select(Order.number)
            .where(Order.customer_id == customer, is_open)
            .order_by(Order.ordered_on.desc(), Order.number.desc())
        ).all()
    assert numbers == list(found[:SHOWN])
    assert hms.has(f"Se alle bestillinger ({len(found)} åpne)")


def test_i1_the_next_bookings_with_their_deadline_and_free_places(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    rounds = [" ".join(row.get_text(" ").split()) for row in hms.soup.select("#upcoming li")]
    assert len(rounds) <= SHOWN
    assert any("13.–15. oktober 2026 · frist" in row and row.endswith("ledige") for row in rounds)
    with quiet_house.behind() as db:
        for booking in db.scalars(select(Booking)):
            booking.cancelled_at = quiet_house.clock.now()
        db.commit()
    assert "Ingen bookinger er satt opp for dere nå." in hms.open("/info").soup.select("#upcoming")[0].get_text()


def test_i1_what_is_over_is_not_to_come(quiet_house: House) -> None:
    quiet_house.clock.advance(timedelta(days=3650))
    assert "Ingen bookinger" in quiet_house.sign_in("hms.fjord").open("/info").soup.select("#upcoming")[0].get_text()


def test_x2_finance_sees_neither_orders_nor_bookings(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/info")
    assert sections(okonomi) == [
        *("Oppslag", "Å gjøre", "Utestående"),
        *("Kundeansvarlig", "Fjordbygg Entreprenør AS", "Brukerveiledning"),
    ]
    assert not okonomi.soup.select("main a[href^='/orders']")


def test_i1_invoices_that_are_overdue_or_else_unpaid_wait_with_what_they_come_to(quiet_house: House) -> None:
    quiet_house.clock.set(datetime(2018, 3, 15, 9, 0, tzinfo=UTC))
    late = quiet_house.sign_in("TESTWEB").open("/info")
    assert late.has("3 fakturaer er forfalt Utestående kr 7 500,00")
    assert len(late.follow("Se fakturaer").rows) == 3
    quiet_house.clock.set(datetime(2018, 1, 2, 9, 0, tzinfo=UTC))
    early = quiet_house.sign_in("TESTWEB").open("/info")
    assert early.has("5 fakturaer er ubetalt Utestående kr 8 505,00")
    assert not quiet_house.sign_in("hms.fjord").open("/info").has("Se fakturaer")


def test_a_new_customer_is_told_what_to_do(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        for order in db.scalars(select(Order)):
            order.status = "Utført"
        db.commit()
    page = quiet_house.sign_in("Tester").open("/info")
    assert page.has("Dere har ingen åpne bestillinger.")
    assert page.follow("Ny bestilling").h1 == "Ny bestilling"


def test_the_bookings_come_alone_when_htmx_asks_for_them(quiet_house: House) -> None:
    answer = quiet_house.sign_in("hms.fjord").send(
        "GET", "/info", None, {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#upcoming"}
    )
    assert answer.text.lstrip().startswith('<section class="panel" id="upcoming">')


def test_fi1_what_is_owed_stands_by_when_it_is_due_and_each_part_leads_to_its_list(quiet_house: House) -> None:
    page = quiet_house.sign_in("okonomi.fjord").open("/info")
    parts = [(row.a, row.data) for row in page.soup.select("#owed .key > div")]
    ways = {way.get_text(): (value.get_text(), str(way["href"])) for way, value in parts if way and value}
    assert [label for label in ("Forfalt", "Forfaller innen 14 dager", "Senere") if label in ways] == list(ways)
    assert len(ways) > 1
    for amount, href in ways.values():
        assert page.open(href).has(amount.replace("\xa0", " ")), href
    assert not quiet_house.sign_in("hms.fjord").open("/info").soup.select("#owed")
