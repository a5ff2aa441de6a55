"""Kunder at the provider's desk: finding a customer, and its page."""

from datetime import timedelta

from sqlalchemy import select, update

from models.bookings.attendance import note_attendance
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import State
from models.core.audit import THE_PROVIDER
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit
from models.users.user import Role, User
from tests.stage.house import House
from tests.stage.material.rounds import a_round, people, slots_of
from tests.stage.page import Page
from tests.stage.times import NOW


def listed(page: Page) -> list[str]:
    """The names in the list."""
    return [row[0] for row in page.rows]


def test_staff_find_their_own_customers_first_and_all_of_them_if_they_wish(house: House) -> None:
    kam = house.sign_in("kam.lie")
    assert (kam.h1, kam.tabs) == (
        "Oversikt",
        ["Oversikt", "Bestillinger", "Bookinger", "Kunder", "Medarbeidere", "Katalog", "Utsendinger"],
    )
    kam.follow("Kunder")
    assert listed(kam) == ["Fjordbygg Entreprenør AS", "Havbris Sjømat AS"]
    kam.fill(whose="all").press("Søk")
    assert len(kam.rows) == 6
    for typed, found in (
        ("fjord", ["Fjordbygg Entreprenør AS"]),
        ("ÅSGRENDA", ["Solvik kommune"]),
        ("asgrenda", ["Solvik kommune"]),
        ("entreprenor", ["Fjordbygg Entreprenør AS"]),
        ("sjoemat", ["Havbris Sjømat AS"]),
        ("315 908 302", ["Demokunde_Test"]),
        ("318609136", ["Testbedriften AS"]),
        ("%", []),
    ):
        assert listed(kam.fill(q=typed).press("Søk")) == found, typed
    assert kam.has("Ingen kunder funnet")
    assert kam.open("/desk/customers?after=999999999").status_code == 404


def test_a_customers_page_says_who_may_what(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers").follow("Fjordbygg Entreprenør AS")
    assert kam.has("Hilde Moldskred (hms.fjord) hilde.moldskred@fjordbygg.example")
    assert kam.has("Fjordbygg Entreprenør AS: Bestilling, Ansatte, Rapporter")
    assert kam.has("Organisasjonsnummer 319 099 603")
    assert kam.has("Kundeansvarlig Per-Arne Lie")
    assert kam.open("/desk/customers/999999").status_code == 404


def rows_of(page: Page, id: str) -> list[str]:
    """The rows of a part of the page."""
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select(f"#{id} li")]


def test_d3_a_customers_page_holds_what_is_open_comes_waits_and_is_owed_with_the_way_to_all(house: House) -> None:
    hms = house.sign_in("hms.fjord").open("/orders/307519")
    hms.fill(message="Kan vi flytte til uke 3?").press("Send melding")
    kam = house.sign_in("kam.lie").open("/desk/customers").follow("Fjordbygg Entreprenør AS")
    ids = ("open-orders", "bookings", "conversations", "unpaid", "notices", "users", "people", "owed")
    assert [section["id"] for section in kam.soup.select("main section[id]") if section["id"] in ids] == list(ids)
    orders, bookings, unpaid = (
        kam.soup.select("#open-orders tbody tr"),
        rows_of(kam, "bookings"),
        rows_of(kam, "unpaid"),
    )
    assert (len(orders), len(unpaid)) == (5, 3)
    assert rows_of(kam, "people")[1:3] == ["Administrasjon 29 ansatte", "Bergen 313 082 466 99 ansatte"]
    assert kam.has("244 ansatte i 4 avdelinger")
    [waiting] = [row for row in rows_of(kam, "conversations") if "307519" in row]
    assert waiting.startswith("«Kan vi flytte til uke 3?» 307519 · Støvmåling · Hilde Moldskred")
    assert waiting.endswith("I dag Svar")
    quick = [" ".join(each.get_text(" ").split()) for each in kam.soup.select(".quick a")]
    assert quick[:4] == ["Bestillinger (27)", "Bookinger (10)", "Meldinger (2)", "Folk (2)"]
    assert [each.split(" (")[0] for each in quick[4:]] == ["Fakturaer", "Rapporter", "Oppslag", "Innsyn"]
    assert kam.open("/desk/customers").follow("Fjordbygg Entreprenør AS").follow(quick[4]).h1.startswith("Fakturaer")
    kam = house.sign_in("kam.lie").open("/desk/customers").follow("Fjordbygg Entreprenør AS")
    assert bookings
    assert all("Forfalt" in row or "Ubetalt" in row or "Delvis" in row or "inkasso" in row for row in unpaid), unpaid
    everything = kam.follow("Alle ubetalte")
    assert everything.value("status") == "unpaid"
    assert len(everything.rows) >= len(unpaid)
    page = house.sign_in("kam.lie").open("/desk/customers").follow("Fjordbygg Entreprenør AS").follow("Alle ansatte")
    page.fill(q="solbakken").press("Søk")
    assert [row[0] for row in page.rows] == ["Ingrid Solbakken"]
    assert "Testbedriften" not in page.open("/desk/customers").follow("Fjordbygg Entreprenør AS").response.text


def test_d4_the_box_at_the_desk_finds_customers_orders_invoices_and_the_people_of_ones_own(house: House) -> None:
    kam = house.sign_in("kam.lie")
    box = kam.soup.select_one("form.find")
    assert box
    assert box["action"] == "/desk/search"
    for typed, part, found in (
        ("havbris", "customers", "Havbris Sjømat AS"),
        ("307390", "orders", "307390"),
        ("Faktura 2017-118352", "invoices", "2017-118352"),
        ("2017 118352", "invoices", "2017-118352"),
        ("ingrid solb", "people", "Ingrid Solbakken"),
    ):
        page = kam.open(f"/desk/search?q={typed}")
        [section] = [each for each in page.soup.select("#results section") if f"found-{part}" in str(each)]
        assert found in section.get_text(), typed
    assert kam.open("/desk/search?q=donald").has("Ingen treff"), "whose customer it is not"
    assert kam.open("/desk/search?q=%25%25").has("Ingen treff")
    assert house.sign_in("hms.fjord").send("GET", "/desk/search?q=havbris").status_code == 404


def test_d4_a_reader_who_has_no_customers_is_promised_no_people_and_told_where_they_are(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        user = db.scalars(select(User).where(User.username == "kam.lie")).one()
        user.role = Role.READER.value
        others = select(AccountManager.id).where(AccountManager.id != user.account_manager_id)
        successor = db.scalars(others.order_by(AccountManager.id)).first()
        for served in (Customer, Unit):
            theirs = update(served).where(served.account_manager_id == user.account_manager_id)
            db.execute(theirs.values(account_manager_id=successor))
        db.commit()
    page = quiet_house.sign_in("kam.lie").open("/desk/search?q=ingrid solb")
    assert page.has("En faktura finnes med hele nummeret, og ansatte bare på siden til kunden.")
    assert "ansatt" not in page.part("search").get_text().casefold()
    assert page.open("/desk/search?q=havbris").has("Havbris Sjømat AS")


def test_d3_the_overview_shows_todays_rounds_until_attendance_is_noted(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        slot = slots_of(db, a_round(db))[0]
        seated = sign_up(db, slot, people(db, 1)[0], by=THE_PROVIDER, now=NOW)
        slot.starts_at, slot.ends_at = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
        db.commit()
        id = seated.id
    kam = quiet_house.sign_in("kam.lie")
    [row] = rows_of(kam.open("/desk"), "to-note")
    assert row.endswith("1 ikke ført")
    with quiet_house.behind() as db:
        note_attendance(db, [id], State.ATTENDED, by=THE_PROVIDER, now=NOW)
        db.commit()
    assert rows_of(kam.open("/desk"), "to-note") == []
