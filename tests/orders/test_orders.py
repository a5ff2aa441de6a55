"""Bestilling: the list and its search (B1-B11), the order's page (B13-B16)."""

import re

import pytest
from sqlalchemy import select

from models.core.search import PAGE_SIZE
from models.exchange.sheets.files import read as read_file
from models.orders.order import Order
from models.outbox.message import Message
from models.users.user import Grant, User
from routes.orders.exports import HEADINGS
from tests.stage.house import House
from tests.stage.page import Page

COLUMNS = ["Bestillingsnummer", "Bestillingsdato", "Produktgruppe", "Beskrivelse", "Bedrift/avdeling", "Ordrestatus"]
LABELS = ["Bestillingsnummer:", "Fra dato:", "Til dato:", "Status:", "Bedrift/avdeling:", "Produktgruppe:"]


def numbers(page: Page) -> list[str]:
    return [row[0] for row in page.rows]


def search(page: Page, **filters: str) -> Page:
    return page.open("/orders").fill(**filters).press("Søk")


def all_pages(page: Page) -> list[str]:
    found = numbers(page)
    while page.soup.select_one("#following"):
        found += numbers(page.follow("Eldre bestillinger"))
    return found


def test_b1_all_orders_of_the_units_are_listed(house: House, hms: Page) -> None:
    found = all_pages(hms.open("/orders"))
    with house.behind() as db:
        one = db.scalar(select(Order.customer_id).where(Order.number == 307512))
        expected = set(db.scalars(select(Order.number).where(Order.customer_id == one)))
    assert {int(number) for number in found} == expected
    assert len(found) == len(expected) > PAGE_SIZE


def test_b2_the_page_offers_search_and_new_order(tester: Page) -> None:
    tester.open("/orders")
    assert tester.has("Finn bestillinger")
    assert tester.follow("Ny bestilling").h1 == "Ny bestilling"


def test_b3_six_filters_with_real_labels(tester: Page) -> None:
    tester.open("/orders")
    labels = tester.soup.select("#search label")
    assert [label.get_text(strip=True) for label in labels] == LABELS
    for label in labels:
        assert tester.soup.select_one(f"[id='{label['for']}'][name]")


def test_b4_the_number_finds_exactly_that_order(tester: Page) -> None:
    assert numbers(search(tester, number="307390")) == ["307390"]
    assert "number=307390" in tester.url


@pytest.mark.parametrize("typed", [" 307390 ", "#307390", "307 390"])
def test_b4_the_number_may_be_copied_with_signs_around(tester: Page, typed: str) -> None:
    assert numbers(search(tester, number=typed)) == ["307390"]


def test_b4_the_first_digits_narrow_the_list_while_one_types(tester: Page) -> None:
    found = numbers(search(tester, number="3073"))
    assert "307390" in found
    assert all(number.startswith("3073") for number in found)


def test_b5_each_filter_works_alone_and_all_together(hms: Page) -> None:
    row = search(hms, number="307513").rows[0]
    _, day, group, _, unit, status = row
    hms.open("/orders")
    alone = [
        {"from_": day},
        {"to": day},
        {"status": status},
        {"unit": hms.option("unit", unit)},
        {"product_group": group},
    ]
    for one in alone:
        assert "307513" in all_pages(search(hms, **one)), one
    together = search(hms, **{name: value for one in alone for name, value in one.items()})
    assert "307513" in numbers(together)
    assert all(found[1:] and found[2] == group and found[4] == unit and found[5] == status for found in together.rows)
    assert all(found[1] == day for found in together.rows)


def test_b5_empty_filters_do_not_restrict(tester: Page) -> None:
    everything = numbers(tester.open("/orders"))
    assert numbers(tester.open("/orders?number=&from=&to=&status=&unit=&product_group=")) == everything


def test_u8_orders_without_a_status_can_be_found(tester: Page) -> None:
    found = search(tester, status="none")
    assert "307390" in numbers(found)
    assert all(row[5] == "" for row in found.rows)


def test_b6_dates_in_both_spellings_and_both_ends_inclusive(tester: Page) -> None:
    for typed in ("17.04.2023", "17.4.2023", "2023-04-17", "17.4.23", "17042023", "17-04-2023", "170423"):
        assert numbers(search(tester, from_=typed, to=typed)) == ["307390"], typed
    assert "307390" not in numbers(search(tester, from_="18.04.2023"))
    assert "307390" not in numbers(search(tester, to="16.04.2023"))


@pytest.mark.parametrize("wrong", ["32.01.2026", "29.02.2026", "i går", "01.2026", "٣٢", "0000-00-00"])
def test_b6_a_wrong_date_says_so_at_the_field_and_keeps_the_rest(tester: Page, wrong: str) -> None:
    page = search(tester, from_=wrong, number="307390")
    assert page.status_code == 422
    assert page.error("from")
    assert (page.value("from"), page.value("number")) == (wrong, "307390")
    assert numbers(search(page, from_="17.04.2023")) != []
    assert page.error("from") == ""


def test_b6_from_after_to_says_so(tester: Page) -> None:
    page = search(tester, from_="02.01.2026", to="01.01.2026")
    assert (page.status_code, page.error("to")) == (
        422,
        "Til dato er før fra dato. Bytt om eller rett en av dem.",
    )


def test_b7_heading_and_columns(tester: Page) -> None:
    tester.open("/orders")
    assert [heading.get_text() for heading in tester.soup.select("#results h2")] == ["Søkeresultat"]
    assert [cell.get_text() for cell in tester.soup.select("#results thead th[scope=col]")] == COLUMNS


def composed(page: Page) -> str:
    """All that was written on the first order, in an element of its own (B12)."""
    found = page.soup.select_one("#results tbody td p")
    assert found is not None
    return found.get_text()


def test_h2_what_was_ordered_stands_first_and_all_that_was_written_below_it(house: House, hms: Page) -> None:
    page = search(hms, number="307519")
    cell = page.soup.select_one("#order-307519 td:nth-child(4)")
    assert cell is not None
    assert [part.get_text() for part in cell.select(":first-child")] == ["Støvmåling"]
    assert composed(page).startswith('Vi kommer tilbake med hvilken uke det sages. Ønsket leveranse: "Støvmåling".')
    page.follow("307519")
    assert (page.h1, page.number) == ("Støvmåling", "307519")
    assert page.soup.title
    assert page.soup.title.get_text().startswith("Støvmåling, bestilling 307519")
    written_by_the_provider = search(hms.open("/orders"), number="307513")
    assert not written_by_the_provider.soup.select("#results tbody td p"), "nothing is said twice"


def test_h1_h2_places_side_by_side_and_ready_searches_with_their_counts(house: House, hms: Page) -> None:
    page = hms.open("/orders")
    assert [link.get_text() for link in page.soup.select("nav.sub a")] == ["Bestillinger", "Bookinger"]
    assert [link.get_text() for link in page.soup.select("nav.sub [aria-current]")] == ["Bestillinger"]
    quick = [" ".join(link.get_text().split()) for link in page.soup.select(".quick a")]
    assert quick == ["Åpne (10)", "Venter på dere (1)", "Alle"]
    link = page.soup.select_one(".quick a")
    assert link
    opened = page.open(str(link["href"]))
    assert len(opened.rows) == 10
    assert (opened.value("status"), {row[5] for row in opened.rows} & {"Utført", "Fakturert", "Avbestilt"}) == (
        "open",
        set(),
    )
    assert page.open("/orders?status=Venter+p%C3%A5+kunde").rows[0][0] == "307519"
    for url in ("/bookings", "/calendar", "/bookings/1", "/orders/307513"):
        current = page.open(url).soup.select_one("nav.sub [aria-current]")
        assert current is not None, url
        assert current.get_text() == ("Bestillinger" if "orders" in url else "Bookinger"), url


def test_b8_the_guides_row(tester: Page) -> None:
    number, day, group, text, unit, status = search(tester, number="307390").rows[0]
    assert (number, day, group, unit, status) == ("307390", "17.04.2023", "", "Demokunde_Test", "")
    assert text.startswith(
        'Støttesamtaler så raskt som mulig Ønsket leveranse: "Støttesamtaler". Antall/omfang: 4. Sted'
    )
    assert composed(tester) == (
        'så raskt som mulig Ønsket leveranse: "Støttesamtaler". Antall/omfang: 4. '
        "Sted/lokasjon for gjennomføring av leveranse: Oslo. Kundebestilling referanse: Merkes med 123. "
        "Navn og tlf nr til kontaktperson: Ola Olsen - tlf 1243254."
    )
    assert "None" not in tester.soup.get_text()


def test_b9_the_left_most_cell_leads_to_the_order(tester: Page) -> None:
    search(tester, number="307390")
    first = tester.soup.select_one("#order-307390 > :first-child a")
    assert first is not None
    assert first["href"] == "/orders/307390"
    assert tester.follow("307390").number == "307390"


def test_b10_newest_first_in_pages_that_keep_the_filters(hms: Page) -> None:
    page = search(hms, from_="01.01.2020")
    first = page.rows
    assert len(first) == PAGE_SIZE
    page.follow("Eldre bestillinger")
    assert "from=01.01.2020" in page.url
    days = [(*tuple(reversed(row[1].split("."))), row[0]) for row in first + page.rows]
    assert days == sorted(days, reverse=True)
    again = hms.open(page.url)
    assert again.rows == page.rows
    assert numbers(again.follow("Nyeste bestillinger")) == [row[0] for row in first]


def test_b10_a_page_that_is_not_one_is_not_found(tester: Page) -> None:
    anothers, nobodys = "307513", "999999999"
    made_up = ("x", "20260101-", "20260101-307390", "99999999-1", "20260101-307390'--", "9" * 400)
    for after in (*made_up, anothers, nobodys):
        assert tester.send("GET", f"/orders?after={after}").status_code == 404


def test_b11_no_hits_are_a_sentence_and_announced(tester: Page, house: House) -> None:
    page = search(tester, number="999999")
    assert page.soup.select("#results table") == []
    assert page.has("Ingen bestillinger funnet")
    if house.mode == "htmx":
        assert page.status == "Ingen bestillinger funnet"
        assert search(tester, number="307390").status == "1 bestilling"


def test_b13_an_order_outside_the_units_is_not_found(leder: Page, tester: Page) -> None:
    for page in (leder, tester):
        foreign = page.open("/orders/307513")
        unknown = page.send("GET", "/orders/399999")
        assert foreign.status_code == unknown.status_code == 404
        assert not foreign.has("307513")


def test_b13_another_customers_unit_in_the_filter_finds_nothing(tester: Page, hms: Page) -> None:
    bergen = hms.open("/orders").option("unit", "Bergen")
    page = tester.open(f"/orders?unit={bergen}")
    assert page.status_code == 422
    assert page.rows == []


def test_b14_the_order_shows_its_bookings(hms: Page) -> None:
    page = hms.open("/orders/307513")
    assert page.has("Tilhørende bookinger")
    assert len(page.soup.select("#bookings .day")) == 3
    assert len(page.soup.select("[id^=slot-]")) == 39
    assert page.has("08:00–08:30")
    assert page.has("Bedriftshelsesenteret Bergen")
    days = [" ".join(day.get_text(" ").split()) for day in page.soup.select("#bookings .day > div")]
    assert days[1] == "onsdag 14. oktober , kl. 08:00–15:00 13 av 13 tatt"
    ways = [" ".join(str(way["aria-label"]).split()) for way in page.soup.select("#bookings .day > a")]
    assert ways == ["Meld på ansatte tirsdag 13. oktober", "Meld på ansatte torsdag 15. oktober"]


def test_b14_names_of_employees_need_the_right_to_see_them(house: House, hms: Page) -> None:
    seen = hms.open("/orders/307513").soup.select("#bookings .slot li")
    assert seen
    with house.behind() as db:
        user = db.scalar(select(User).where(User.username == "hms.fjord"))
        assert user is not None
        for grant in db.scalars(select(Grant).where(Grant.user_id == user.id)):
            grant.employees = False
        db.commit()
    blind = hms.open("/orders/307513")
    assert blind.soup.select("#bookings .slot li") == []
    assert len(blind.soup.select("#bookings .slot.full")) >= 13


def test_b15_number_reference_history_and_account_manager(hms: Page) -> None:
    page = hms.open("/orders/307513")
    assert page.number == "307513"
    assert page.soup.select_one("[data-copy='307513']")
    headings = [heading.get_text() for heading in page.soup.select("main h2")]
    assert headings.index("Historikk") < headings.index("Meldinger")
    assert page.has("Planlagt")
    assert page.has("Per-Arne Lie")
    assert page.soup.select_one("#reference input[name=reference]")


def test_b16_the_reference_is_changed_in_place(house: House, tester: Page) -> None:
    page = tester.open("/orders/307390").fill(reference="PO 4711 æøå").press("Lagre referanse")
    assert page.status_code == 200
    assert page.flash == "Referansen er lagret."
    assert tester.open("/orders/307390").value("reference") == "PO 4711 æøå"
    assert "Kundebestilling referanse: PO 4711 æøå." in search(tester, number="307390").rows[0][3]
    with house.behind() as db:
        event = db.scalars(select(Message).where(Message.about == "order:307390")).one()
        assert (event.kind, event.payload["reference"]) == ("order.reference_changed", "PO 4711 æøå")


def test_b16_an_invoiced_order_keeps_its_reference(house: House, tester: Page) -> None:
    tester.open("/orders/307390")
    token = tester.token()
    with house.behind() as db:
        order = db.get_one(Order, 307390)
        order.status, before = "Fakturert", order.reference
        db.commit()
    answer = tester.send("POST", "/orders/307390/reference", [("reference", "ny"), ("csrf_token", token)])
    assert answer.status_code == 409
    assert "referansen kan ikke endres" in answer.text
    assert not tester.open("/orders/307390").soup.select("input[name=reference]")
    with house.behind() as db:
        assert db.get_one(Order, 307390).reference == before


def test_b16_a_reference_that_is_too_long_is_kept_in_the_field(tester: Page) -> None:
    page = tester.open("/orders/307390").fill(reference="x" * 101).press("Lagre referanse")
    assert page.status_code == 422
    assert page.problems
    assert page.value("reference") == "x" * 101


def test_h6_the_list_is_a_file_with_its_filters(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/orders?status=Planlagt")
    links = {link.get_text(): str(link["href"]) for link in hms.soup.select("#results header a")}
    heads, *rows = [
        line.split(";")
        for line in hms.send("GET", links["CSV"]).text.removeprefix("\ufeff").split("\r\n")
        if re.match('[0-9]{6};|Bestillingsnummer;"?', line)
    ]
    assert heads == HEADINGS
    assert [row[0] for row in rows] == all_pages(hms)
    assert {row[4] for row in rows} == {"Planlagt"}
    table = read_file(hms.send("GET", links["Excel"]).content)
    assert [line.cells[0] for line in table.lines[1:]] == [row[0] for row in rows]
    everything = read_file(hms.send("GET", "/orders.xlsx").content)
    assert len(everything.lines) - 1 == len(all_pages(hms.open("/orders"))), "all pages are in the file"
    assert hms.send("GET", "/orders.csv?from=31.02.2026").status_code == 400
    okonomi, leder = (quiet_house.sign_in(name) for name in ("okonomi.fjord", "leder.brann"))
    assert okonomi.send("GET", "/orders.csv").status_code == 404, "no right, no file"
    units = {line.cells[3] for line in read_file(leder.send("GET", "/orders.xlsx").content).lines[1:]}
    assert len(units) == 1, "those of another unit are in no file"
