"""Info: the first tab, with what a customer wants to see first (I1)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import extract, func, select

from models.bookings.booking import Booking
from models.core.clock import today_in_oslo
from models.customers.units import Unit
from models.invoices.invoice import Invoice
from models.invoices.settlements import register_payment
from models.orders.order import Order
from routes.info.page import SHOWN
from routes.web.words import amount as amount_in_words
from tests.stage.house import House
from tests.stage.page import Page


def sections(page: Page) -> list[str]:
    return [heading.get_text().replace("\xa0", " ") for heading in page.soup.select("main h2")]


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
    assert hms.has(f"{SHOWN} av {len(found)} Se alle bestillinger")
    assert hms.follow("Se alle bestillinger").has(f"{len(found)} bestillinger")


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
        *("Utestående kr 1 315 624,39", "Utestående SEK 5 250,00", "Å betale"),
        *("Oppslag", "Fakturert i år", "Kundeansvarlig", "Fjordbygg Entreprenør AS", "Brukerveiledning"),
    ]
    assert not okonomi.soup.select("main a[href^='/orders']")


def figures(page: Page) -> dict[str, tuple[str, str]]:
    """Of each figure on top: how much it is, and what to think of."""
    found = {}
    for row in page.soup.select("#tiles > div"):
        name, figure, *more = [part.get_text().replace("\xa0", " ") for part in row.select("dt, dd")]
        found[name] = (figure, "".join(more))
    return found


def test_i1_the_figures_on_top_are_counts_of_their_lists(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    shown = figures(hms)
    assert list(shown) == ["Må gjøres", "Åpne bestillinger", "Ledige plasser", "Planen for 2026"]
    assert shown["Må gjøres"][0] == str(len(hms.soup.select("#worklist > .rows > li")))
    is_open, waiting = shown["Åpne bestillinger"]
    assert hms.follow("Åpne bestillinger").has(f"{is_open} bestillinger")
    assert waiting == f"{len(hms.open('/orders?status=Venter+på+kunde').rows)} venter på dere"
    places, rounds = shown["Ledige plasser"]
    agenda = hms.open("/info").follow("Ledige plasser")
    free = [tuple(map(int, cap.get_text().split()[:3:2])) for cap in agenda.soup.select("#results .cap")]
    assert places == str(sum(capacity - taken for taken, capacity in free))
    booked = {str(way["href"]) for way in agenda.soup.select("#results .agenda p a")}
    assert rounds == f"i {len(booked)} bookinger"
    done, late = shown["Planen for 2026"]
    plan = hms.open("/info").follow("Planen for 2026")
    assert plan.has(f"{done} aktiviteter er gjort")
    assert late == f"{len(plan.soup.select('#results tbody .tag.bad'))} er forfalt"


def test_x3_the_figures_are_those_of_the_own_tabs(quiet_house: House) -> None:
    assert "Planen for 2026" not in figures(quiet_house.sign_in("Tester").open("/info"))
    assert not figures(quiet_house.sign_in("okonomi.fjord").open("/info"))


def test_h3_what_is_late_is_marked_and_named(quiet_house: House) -> None:
    quiet_house.clock.set(datetime(2018, 3, 15, 9, 0, tzinfo=UTC))
    late = quiet_house.sign_in("TESTWEB").open("/info")
    assert late.soup.select("#tile-to-do.late")
    assert figures(late)["Må gjøres"][1] == "noe er forfalt"
    quiet_house.clock.set(datetime(2018, 1, 2, 9, 0, tzinfo=UTC))
    assert not quiet_house.sign_in("TESTWEB").open("/info").soup.select("#tile-to-do.late")


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


def test_fi1_finance_sees_what_is_to_be_paid_the_oldest_first_and_what_was_paid_of_late(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/info")
    assert sections(okonomi)[:1] == [f"Utestående kr {sums(quiet_house)}"]
    shown = [row.get_text() for row in okonomi.soup.select("#to-pay tbody th a")]
    listed = [row[0] for row in okonomi.open("/invoices?status=unpaid").rows]
    assert shown == listed[: len(shown)]
    assert len(okonomi.open("/info").follow("Se forfalte fakturaer").rows) > 0
    with quiet_house.behind() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == shown[0])).one()
        today = today_in_oslo(quiet_house.clock.now())
        paid_on, now = today - timedelta(days=3), quiet_house.clock.now()
        register_payment(db, invoice, Decimal(100), paid_on=today - timedelta(days=31), reference="1", now=now)
        register_payment(db, invoice, invoice.outstanding, paid_on=paid_on, reference="2", now=now)
        db.commit()
    okonomi.open("/info")
    assert shown[0] not in [row.get_text() for row in okonomi.soup.select("#to-pay tbody th a")]
    [paid] = [row for row in okonomi.soup.select("#paid li") if shown[0] in row.get_text()]
    assert f"Betalt {paid_on:%d.%m.%Y}" in paid.get_text()
    quiet_house.clock.advance(timedelta(days=28))
    assert shown[0] not in quiet_house.sign_in("okonomi.fjord").open("/info").soup.select("main")[0].get_text()


def test_fi1_finance_sees_what_the_years_came_to_in_each_currency(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/info")
    told = [row.get_text(" ", strip=True).replace("\xa0", " ") for row in okonomi.soup.select(".lines div")]
    with quiet_house.behind() as db:
        year = today_in_oslo(quiet_house.clock.now()).year
        customer = select(Unit.customer_id).where(Unit.name == "Fjordbygg Entreprenør AS").scalar_subquery()
        found = db.execute(
            select(Invoice.currency, func.sum(Invoice.total))
            .where(Invoice.customer_id == customer, extract("year", Invoice.issued_on) == year)
            .group_by(Invoice.currency)
        ).all()
    assert len(found) == 2
    for currency, total in found:
        written = amount_in_words(total).replace("\xa0", " ")
        assert f"{year} til nå {'' if currency == 'NOK' else currency + ' '}{written}" in told


def test_d19_finance_sees_which_invoices_lack_a_reference_that_is_demanded(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/info")
    assert not okonomi.soup.select("#lacking")
    with quiet_house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Fjordbygg Entreprenør AS")).one()
        unit.reference_pattern = "0000"
        [invoice, *_] = db.scalars(select(Invoice).where(Invoice.unit_id == unit.id, Invoice.outstanding > 0))
        invoice.buyer_reference = None
        db.commit()
    shown = [row.get_text() for row in okonomi.open("/info").soup.select("#lacking a")]
    assert shown
    assert set(shown) <= {row[0] for row in okonomi.follow("Alle uten referanse").rows}


def sums(house: House) -> str:
    """What is owed in kroner, as the list has it."""
    [row, *_] = house.sign_in("okonomi.fjord").open("/invoices?status=unpaid").soup.select("#invoices tfoot tr")
    return row.select("td")[1].get_text().replace("\xa0", " ")
