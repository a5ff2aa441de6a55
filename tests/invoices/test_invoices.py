"""Fakturaer: the list and its search (F1-F9). One invoice's page is in `test_invoice_page`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.core.search import PAGE_SIZE
from models.customers.units import Unit
from models.invoices.invoice import Invoice
from models.invoices.settlements import register_payment
from models.users.user import Grant, User
from tests.stage.house import House
from tests.stage.material.invoicing import BERGEN, FJORDBYGG, STAVANGER, let_in, paper
from tests.stage.page import Page
from tests.stage.times import NOW, TODAY

COLUMNS = ["Fakturanummer", "Fakturadato", "Forfallsdato", "Betaler", "Total", "Utestående", "Status"]
GUIDE = [
    ["2017-118350", "31.12.2017", "20.01.2018", "Testbedriften AS", "1 500,00", "1 500,00", "Forfalt"],
    ["2017-118352", "19.12.2017", "08.01.2018", "Bergen TEST", "3 000,00", "3 000,00", "Forfalt"],
    ["2017-118359", "31.12.2017", "20.01.2018", "Bergen TEST", "3 000,00", "3 000,00", "Forfalt"],
    ["2018-118371", "28.02.2018", "20.03.2018", "Bergen TEST", "1 000,00", "1 000,00", "Ubetalt"],
    ["2018-118376", "06.03.2018", "26.03.2018", "Testbedriften AS", "5,00", "5,00", "Ubetalt"],
]
THE_GUIDES_DAY = datetime(2018, 3, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def testweb(quiet_house: House) -> Page:
    """The guide's user, on the guide's day."""
    quiet_house.clock.set(THE_GUIDES_DAY)
    return quiet_house.sign_in("TESTWEB").open("/invoices")


@pytest.fixture
def swapping(house: House) -> Page:
    """The same in both modes, for what is swapped in place."""
    house.clock.set(THE_GUIDES_DAY)
    return house.sign_in("TESTWEB").open("/invoices")


@pytest.fixture
def many(house: House) -> Page:
    """Somebody with more invoices than a page shows, some in euros."""
    with house.behind() as db:
        let_in(
            db,
            *(
                paper(
                    f"T-{number}",
                    (FJORDBYGG, BERGEN, STAVANGER)[number % 3],
                    TODAY - timedelta(days=number % 7),
                    f"{number * 100}.50",
                    currency="EUR" if number == 5 else "NOK",
                )
                for number in range(1, PAGE_SIZE + 6)
            ),
        )
    return house.sign_in("okonomi.fjord")


def numbers(page: Page) -> list[str]:
    return [row[0] for row in page.rows]


def search(page: Page, **filters: str) -> Page:
    return page.open("/invoices").fill(**filters).press("Søk")


# The guide


def test_f1_f6_f8_the_guides_five_rows(testweb: Page) -> None:
    assert testweb.h1 == "Fakturaer"
    assert [heading.get_text() for heading in testweb.soup.select("#results h2")] == ["Faktura"]
    assert [cell.get_text() for cell in testweb.soup.select("#results thead th[scope=col]")] == COLUMNS
    assert testweb.rows == GUIDE
    assert testweb.has("5 fakturaer, utestående kr 8 505,00")


def test_f2_four_filters_with_real_labels_and_a_button(testweb: Page) -> None:
    assert testweb.has("Søk etter faktura")
    labels = testweb.soup.select("#search label")
    assert [label.get_text(strip=True) for label in labels] == ["Fakturanummer:", "Fra dato:", "Til dato:", "Status:"]
    assert all(testweb.soup.select_one(f"[id='{label['for']}'][name]") for label in labels)
    assert testweb.value("status") == "", "every invoice is shown until one chooses (U11)"
    assert testweb.options("status")[:3] == ["Alle", "Ubetalt", "Forfalt"]
    assert testweb.soup.select_one("#search button.caps"), "it says Søk, and CSS writes it in capitals"


def test_f3_a_number_or_a_part_of_it_finds_exactly_that_one(testweb: Page) -> None:
    for typed in ("2017-118352", "118352", " 2017 118352 ", "2017118352"):
        assert numbers(search(testweb, number=typed)) == ["2017-118352"], typed


def test_f3_a_kid_or_ones_own_reference_finds_it_too(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        let_in(db, paper("T-1", BERGEN, TODAY, kid="1234567897", reference="Øst-44"))
        let_in(db, paper("T-2", BERGEN, TODAY))
    okonomi = quiet_house.sign_in("okonomi.fjord")
    for typed in ("1234567897", "1234 5678 97", "Øst-44", "T-1"):
        assert numbers(search(okonomi, number=typed)) == ["T-1"], typed


def test_f4_unpaid_has_the_overdue_ones_too_and_overdue_only_those(testweb: Page) -> None:
    due_first = sorted(GUIDE, key=lambda row: (row[2][6:], row[2][3:5], row[2][:2]))
    late = [row for row in due_first if row in GUIDE[:3]]
    assert search(testweb, status="unpaid").rows == due_first
    assert search(testweb, status="overdue").rows == late
    assert search(testweb, status="paid").rows == []
    assert testweb.open("/invoices?status=Forfalt").rows == late, "addresses of before have the word"
    assert testweb.value("status") == "overdue"


def test_f4_unpaid_and_overdue_are_one_click_away_with_their_counts(testweb: Page) -> None:
    assert sorted(numbers(testweb.open("/invoices").follow("Forfalt (3)"))) == [row[0] for row in GUIDE[:3]]
    assert testweb.value("status") == "overdue"
    assert len(testweb.follow("Ubetalt (5)").rows) == 5
    assert len(testweb.follow("Nullstill").rows) == 5


def test_f5_dates_are_those_of_the_invoice_and_inclusive(testweb: Page) -> None:
    for typed in ("31.12.2017", "2017-12-31"):
        assert numbers(search(testweb, from_=typed, to=typed)) == ["2017-118350", "2017-118359"]
    assert numbers(search(testweb, from_="01.01.2018", status="unpaid")) == ["2018-118371", "2018-118376"]


def test_f5_a_wrong_date_says_so_at_the_field(swapping: Page) -> None:
    page = search(swapping, from_="31.02.2018", number="118")
    assert (page.status_code, page.rows) == (422, [])
    assert page.error("from") == "Denne datoen finnes ikke i kalenderen."
    assert page.value("from") == "31.02.2018"
    page.fill(from_="01.01.2018").press("Søk")
    assert (page.error("from"), len(page.rows)) == ("", 2)
    assert search(swapping, from_="02.01.2018", to="01.01.2018").error("to").startswith("Til dato er før fra dato.")


def test_f6_a_click_on_a_heading_sorts_and_the_next_search_keeps_it(swapping: Page) -> None:
    def sorted_by() -> dict[str, str]:
        return {cell.get_text(): str(cell["aria-sort"]) for cell in swapping.soup.select("th[aria-sort]")}

    assert sorted_by() == {"Fakturanummer": "ascending"}
    swapping.open("/invoices?status=Ubetalt")
    assert sorted_by() == {"Forfallsdato": "ascending"}, "what is due first stands first"
    swapping.open("/invoices").follow("Total")
    assert [row[4] for row in swapping.rows] == ["5,00", "1 000,00", "1 500,00", "3 000,00", "3 000,00"]
    swapping.follow("Total")
    assert (swapping.rows[0][4], sorted_by()) == ("3 000,00", {"Total": "descending"})
    swapping.fill(status="overdue").press("Søk")
    assert (numbers(swapping)[-1], sorted_by()) == ("2017-118350", {"Total": "descending"})
    assert "status=overdue" in swapping.url
    assert "sort=-total" in swapping.url
    assert numbers(swapping.open(swapping.url))[-1] == "2017-118350", "the same URL, the same answer"
    assert [row[3] for row in swapping.follow("Betaler").rows] == ["Bergen TEST", "Bergen TEST", "Testbedriften AS"]
    swapping.open("/invoices")
    assert sorted_by() == {"Betaler": "ascending"}, "what was chosen last is remembered"
    swapping.follow("Fakturanummer").open("/invoices")
    assert sorted_by() == {"Fakturanummer": "ascending"}


def test_f7_the_status_follows_from_the_date_and_what_is_outstanding(quiet_house: House, testweb: Page) -> None:
    with quiet_house.behind() as db:
        for number, amount in (("2017-118350", "1500"), ("2018-118371", "400")):
            invoice = db.scalars(select(Invoice).where(Invoice.number == number)).one()
            register_payment(db, invoice, Decimal(amount), paid_on=date(2018, 3, 14), reference="b", now=NOW)
        db.commit()
    rows = {row[0]: row[5:] for row in testweb.open("/invoices").rows}
    assert rows["2017-118350"] == ["0,00", "Betalt"]
    paid = testweb.open("/invoices/2017-118350").soup.select_one("#pay")
    assert paid is not None
    assert " ".join(paid.get_text(" ").split()).startswith("Betalt 14.03.2018 kr 1 500,00 Det er ikke mer å betale.")
    assert paid.select("details [data-copy]"), "a paid invoice asks for nothing (FI5)"
    assert rows["2018-118371"] == ["600,00", "Delvis betalt"]
    assert rows["2018-118376"] == ["5,00", "Ubetalt"]
    for now, status in ((datetime(2018, 3, 26, 21, 0, tzinfo=UTC), "Ubetalt"), (NOW, "Forfalt")):
        quiet_house.clock.set(now)
        later = quiet_house.sign_in("TESTWEB").open("/invoices?number=118376")
        assert later.rows[0][6] == status, "the last day is not too late, the day after it is"


def test_fi5_an_invoice_shows_how_far_it_has_come(quiet_house: House, testweb: Page) -> None:
    """Sent, due or late, with a debt collector, paid: each with its day, and only what is known."""

    def steps(number: str) -> list[tuple[str, ...]]:
        page = quiet_house.sign_in("TESTWEB").open(f"/invoices/{number}")
        found = [(item, item.select_one("b"), item.select_one("span")) for item in page.soup.select("#pay .steps li")]
        return [(" ".join(li.get("class") or []), b.text, span.text if span else "") for li, b, span in found if b]

    sent = ("done", "Sendt", "06.03.2018, EHF")
    with quiet_house.behind() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == "2018-118376")).one()
        assert (invoice.issued_on, invoice.due_on) == (date(2018, 3, 6), date(2018, 3, 26))
    quiet_house.clock.set(datetime(2018, 3, 26, 21, 0, tzinfo=UTC))
    assert steps("2018-118376") == [sent, ("now", "Forfaller", "26.03.2018"), ("", "Betalt", "")]
    quiet_house.clock.set(NOW)
    assert steps("2018-118376") == [sent, ("stop", "Forfalt", "26.03.2018"), ("", "Betalt", "")]
    with quiet_house.behind() as db:
        late = db.scalars(select(Invoice).where(Invoice.number == "2018-118376")).one()
        late.in_collection_since = date(2018, 4, 20)
        db.commit()
    assert steps("2018-118376")[2] == ("stop", "Til inkasso", "20.04.2018")
    with quiet_house.behind() as db:
        paid = db.scalars(select(Invoice).where(Invoice.number == "2018-118376")).one()
        register_payment(db, paid, paid.outstanding, paid_on=date(2018, 4, 25), reference="c", now=NOW)
        db.commit()
    assert steps("2018-118376") == [sent, ("done", "Betalt", "25.04.2018")]


def test_f9_amounts_are_there_for_people_and_for_programs(testweb: Page) -> None:
    row = testweb.soup.select_one("#invoice-2017-118350")
    assert row is not None
    amounts = row.select("data")
    assert [(amount["value"], amount.get_text()) for amount in amounts] == [("1500", "1\u00a0500,00")] * 2


def test_f10_the_number_leads_to_the_invoice(testweb: Page) -> None:
    first = testweb.soup.select_one("#invoice-2017-118350 > :first-child a")
    assert first is not None
    assert first["href"] == "/invoices/2017-118350"
    assert testweb.follow("2017-118350").h1 == "Faktura 2017-118350"


# Many


def test_pages_keep_filters_and_sort_and_sums_are_those_of_all_pages(many: Page) -> None:
    many.open("/invoices?number=T-&sort=total")
    seen = numbers(many)
    assert len(seen) == PAGE_SIZE
    assert many.has("30 fakturaer, utestående kr 46 014,50 + EUR 500,50"), "euros are never added to kroner"
    sums = many.soup.select("#invoices tfoot tr")
    assert [" ".join(each.get_text(" ").split()) for each in sums] == [
        "Sum av 29 fakturaer 46 014,50 46 014,50",
        "Sum av 1 faktura i EUR EUR 500,50 EUR 500,50",
    ]
    many.follow("Neste side")
    seen += numbers(many)
    assert seen == [f"T-{number}" for number in range(1, PAGE_SIZE + 6)]
    assert "sort=total" in many.url
    assert numbers(many.follow("Første side")) == seen[:PAGE_SIZE]


def test_an_order_or_a_page_that_is_none_is_not_found(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord")
    texts = ("~", "x", "1~", "x~1", "~%00", "2026-13-01~1", "1.234~1", "9~1", "nan~1", "-1~1", "1e9~1", "~" + "9" * 900)
    for sort in ("number", "issued", "due", "total", "status"):
        for after in (*texts, "999999999"):
            assert okonomi.send("GET", f"/invoices?sort={sort}&after={after}").status_code == 404, (sort, after)
    for query in ("sort=x", "sort=--total"):
        assert okonomi.send("GET", f"/invoices?{query}").status_code == 404, query


def test_no_hits_are_a_sentence_and_announced(house: House, okonomi: Page) -> None:
    page = search(okonomi, number="finnes ikke")
    assert page.soup.select("#results table") == []
    assert page.has("Ingen fakturaer funnet")
    assert page.follow("se alle fakturaer").url == "/invoices"
    if house.mode == "htmx":
        assert search(okonomi, number="finnes ikke").status == "Ingen fakturaer funnet"


# Who sees what


def test_x2_without_the_right_there_are_no_invoices(quiet_house: House) -> None:
    hms, tester = quiet_house.sign_in("hms.fjord"), quiet_house.sign_in("Tester")
    assert "Fakturaer" not in hms.open("/info").tabs
    for url in ("/invoices", "/invoices.csv", "/invoices/2017-118350", "/account-statement"):
        assert hms.send("GET", url).status_code == 404
    for url in ("/invoices/2017-118350", "/invoices/2017-118350.pdf", "/invoices/2017-118350.xml"):
        foreign, unknown = tester.send("GET", url), tester.send("GET", url.replace("118350", "999999"))
        assert foreign.status_code == unknown.status_code == 404
        assert "finnes ikke" in foreign.text


def test_x1_a_payer_outside_the_units_is_in_no_list_sum_or_count(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        let_in(db, paper("T-1", BERGEN, TODAY, "10.00"), paper("T-2", STAVANGER, TODAY, "20.00"))
    narrow(quiet_house, "okonomi.fjord", "Bergen")
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/invoices?number=T-")
    assert numbers(okonomi) == ["T-1"]
    assert okonomi.has("1 faktura, utestående kr 10,00")
    assert okonomi.send("GET", "/invoices/T-2").status_code == 404
    assert "T-2" not in okonomi.send("GET", "/invoices.csv").text


def narrow(house: House, username: str, unit: str) -> None:
    """From now on the user has the rights in one unit only."""
    with house.behind() as db:
        grant = db.scalars(select(Grant).join(User, User.id == Grant.user_id).where(User.username == username)).one()
        grant.unit_id = db.scalars(
            select(Unit.id).where(Unit.name == unit, Unit.customer_id == grant.customer_id)
        ).one()
        db.commit()
