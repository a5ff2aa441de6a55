"""Ansatte: the list and its search (A1-A8), and an employee's page (AD1-AD3)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.bookings.sign_ups.seating import sign_up
from models.core.scope import Scope
from models.core.search import PAGE_SIZE
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.names import sort_key
from models.employees.national_ids import NationalId
from models.employees.search import MANY, Criteria, find_employees
from models.employees.search_words import sought, tokens_of
from models.values.texts.folding import fold
from tests.stage.house import House
from tests.stage.material.rounds import HMS, a_round, people, slots_of
from tests.stage.page import Page
from tests.stage.times import NOW

COLUMNS = ["Navn", "Fødselsdato", "E-post", "Arbeidsgiver"]


def names(page: Page) -> list[str]:
    return [row[0] for row in page.rows]


def search(page: Page, **filters: str) -> Page:
    return page.open("/employees").fill(**filters).press("Søk")


def all_pages(page: Page) -> list[str]:
    found = names(page)
    while page.soup.select_one("#following"):
        found += names(page.follow("Flere ansatte"))
    return found


def test_a1_a5_a6_a8_the_guides_list(tester: Page) -> None:
    page = tester.open("/employees")
    assert [cell.get_text() for cell in page.soup.select("#results thead th[scope=col]")] == COLUMNS
    assert [heading.get_text() for heading in page.soup.select("#results h2")] == ["Søkeresultater"]
    assert page.rows == [
        ["Dolly Duck", "", "Dolly.Duck@testeren.no", "Demokunde_Test"],
        ["Donald Duck", "12.05.2023", "Donald.Duck@testeren.no", "Demokunde_Test"],
        ["test yoyo", "", "", "Demokunde_Test"],
    ]
    assert page.has("3 ansatte")


def test_a1_a8_everybody_of_the_units_in_norwegian_order_page_by_page(house: House, hms: Page) -> None:
    found = all_pages(hms.open("/employees"))
    with house.behind() as db:
        customer_id = db.scalar(select(Unit.customer_id).where(Unit.name == "Fjordbygg Entreprenør AS"))
        rows = db.execute(
            select(Employee.given_name, Employee.family_name, Employee.deactivated_at).where(
                Employee.customer_id == customer_id
            )
        ).all()
    active = [(given, family) for given, family, left in rows if left is None]
    assert len(found) == len(active) > 4 * PAGE_SIZE
    assert found == [f"{given} {family}" for given, family in sorted(active, key=lambda name: sort_key(*name))]
    assert found.index("Mohamed Aden") == 0
    left = all_pages(hms.open("/employees").follow("Vis deaktiverte"))
    assert len(left) == len(rows) - len(active)
    assert left[-1] == "Siv Ånonsen"
    assert names(hms.follow("Vis aktive")) == found[:PAGE_SIZE]


def test_h3_who_lacks_something_is_one_press_away_and_is_searched_among(house: House, hms: Page) -> None:
    with house.behind() as db:
        customer_id = db.scalar(select(Unit.customer_id).where(Unit.name == "Fjordbygg Entreprenør AS"))
        here = select(func.count(Employee.id)).where(
            Employee.customer_id == customer_id, Employee.deactivated_at.is_(None)
        )
        silent = db.scalar(here.where(Employee.email.is_(None)))
        unknown = db.scalar(here.where(Employee.id.not_in(select(NationalId.employee_id))))
    emails, numbers = hms.open("/employees").soup.select(".quick a")
    assert [way.get_text() for way in (emails, numbers)] == [f"Mangler e-post ({silent})", "Mangler fødselsnummer"]
    page = hms.click(emails)
    assert page.has(f"{silent} ansatte uten e-post")
    assert {row[2] for row in page.rows} == {""}
    page.fill(q="a").press("Søk")
    assert page.rows
    assert {row[2] for row in page.rows} == {""}
    assert "missing=email" in page.url
    assert hms.click(numbers).has(f"{unknown} ansatte uten fødselsnummer")


def test_h7_an_employees_page_shows_the_times_and_the_way_to_another(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        seen, hidden = (
            slots_of(db, a_round(db, names_hidden=hides))[place] for place, hides in enumerate((False, True))
        )
        [kari] = people(db, 1)
        for slot in (seen, hidden):
            sign_up(db, slot, kari, by=HMS, now=NOW)
        name, url = kari.full_name, f"/employees/{kari.id}"
        db.commit()
    hms = quiet_house.sign_in("hms.fjord").open(url)
    times = [" ".join(row.get_text(" ").split()) for row in hms.soup.select("#times li")]
    shown = "tir. 20. okt. Synskontroll 20. oktober 2026 kl. 08:00 · Brakka Påmeldt"
    assert times[0] == shown, "not what others have seen to, names hidden"
    way = hms.soup.select("#free a")[0]
    assert f"1 valgt: {name}" in " ".join(hms.click(way).soup.get_text(" ").split())
    quiet_house.clock.set(NOW + timedelta(days=30))
    later = quiet_house.sign_in("hms.fjord").open(url)
    assert later.soup.select("#times h3")[0].get_text() == "Tidligere"


def test_a8_the_order_is_norwegian_and_ignores_case_and_accents() -> None:
    ordered = ["aas", "Åse", "Aasen", "de Vries", "Éva", "Evang", "Müller", "Zeth", "Ærø", "Ødegård"]
    family = sorted(ordered, key=lambda name: sort_key("Ola", name))
    assert family == ["de Vries", "Éva", "Evang", "Müller", "Zeth", "Ærø", "Ødegård", "aas", "Åse", "Aasen"]
    assert sort_key("Åse", "Berg") < sort_key("Anne", "Berg Hansen")


def test_a2_the_page_offers_what_the_guide_says(tester: Page, hms: Page) -> None:
    page = tester.open("/employees")
    assert page.has("Finn ansatte")
    assert [label.get_text(strip=True) for label in page.soup.select("#search label")] == [
        "Fritekst:",
        "Bedrift/Avdeling:",
        "Filtrer i bedrifts-/avdelingsliste",
    ]
    assert page.options("unit") == ["Alle", "Demokunde_Test"]
    assert page.follow("Ny ansatt").h1 == "Ny ansatt"
    narrowed = hms.send("GET", "/units?of=employees&unit_filter=troms", headers=part("unit-options"))
    assert "Tromsø" in narrowed.text
    assert "Bergen" not in narrowed.text
    assert ">Alle<" in narrowed.text


def part(name: str) -> dict[str, str]:
    return {"hx-request": "true", "hx-request-type": "partial", "hx-target": f"div#{name}"}


FOUND_BY = {
    "duck": ["Dolly Duck", "Donald Duck"],
    "DUCK donald": ["Donald Duck"],
    "Duck, Dolly": ["Dolly Duck"],
    "du": ["Dolly Duck", "Donald Duck"],
    "Dück": ["Dolly Duck", "Donald Duck"],
    "y": ["test yoyo"],
    "oyo": ["test yoyo"],
    "Donald.Duck@testeren.no": ["Donald Duck"],
    "testeren": ["Dolly Duck", "Donald Duck"],
    "41244845": ["Donald Duck"],
    "+47 412 44 845": ["Donald Duck"],
    "412 44 duck": ["Donald Duck"],
    **{typed: [] for typed in ("120523", "duck%", "_", "ducks", "-", "yoyo tset", "no", "x" * 200, "AND", '"', "*")},
}


def test_a3_free_text_finds_names_addresses_and_numbers(house: House, tester: Page) -> None:
    for typed, found in FOUND_BY.items():
        page = search(tester, q=typed)
        assert names(page) == found or (not found and not page.rows), typed
        assert house.mode == "htmx" or page.value("q") == typed
    assert tester.has("Ingen ansatte funnet")
    if house.mode == "htmx":
        assert tester.status == "Ingen ansatte funnet"
        assert search(tester, q="duck").status == "2 ansatte"


def test_a3_norwegian_letters_are_letters_and_accents_are_not(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann")
    assert "Lars Øvrebø" in names(search(leder, q="øvre"))
    assert "Lars Øvrebø" in names(search(leder, q="ØVREBØ lars"))
    assert fold("ÉLODIE Ångström Ærø łódź") == "elodie ångstrøm ærø lodz"
    assert sought(3, "Elodie").tokens in tokens_of(3, ["Élodie"], None, None)


def test_a3_a_number_is_not_searched_for_and_stays_in_no_address(tester: Page) -> None:
    answer = tester.send("GET", "/employees?q=148384+19861")
    assert answer.status_code == 303
    assert "19861" not in answer.headers["location"]
    page = search(tester, q="14838419861")
    assert page.rows == []
    assert "14838419861" not in page.url
    assert page.has("Det kan ikke søkes på fødselsnummer.")


def test_a3_where_very_many_are_found_the_page_is_the_same(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many hits are not put in order, but the list is walked; also below a row of the page before."""
    with quiet_house.behind() as db:
        customer_id = db.scalars(select(Unit.customer_id).where(Unit.name == "Solvik kommune")).one()
    database = quiet_house._database
    for text in ("a", "han", "solvik", "kari nyg"):
        after = None
        for _ in range(2):
            pages = []
            for many in (MANY, 0):
                monkeypatch.setattr("models.employees.search.MANY", many)
                with database.session(Scope.whole(customer_id), read_only=True) as db:
                    pages.append(find_employees(db, customer_id, Criteria(text, after=after)))
            assert pages[0].rows == pages[1].rows, text
            after = pages[0].next


def test_a4_a_unit_restricts_the_list_and_a_parent_includes_its_children(house: House, hms: Page) -> None:
    page = hms.open("/employees")
    bergen = search(page, unit=page.option("unit", "Bergen"))
    assert {row[3] for row in bergen.rows} == {"Bergen"}, "the company's name is said once, in the frame"
    root = search(page, unit=page.option("unit", "Fjordbygg Entreprenør AS"))
    assert root.has(f"{len(all_pages(hms.open('/employees')))} ansatte")
    both = search(page, q="solbakken", unit=page.option("unit", "Tromsø"))
    assert both.rows == []
    assert hms.open("/employees?unit=1").status_code == 422


def test_a7_the_name_leads_to_the_employee(tester: Page) -> None:
    search(tester, q="donald")
    assert tester.follow("Donald Duck").h1 == "Donald Duck"


def test_a_page_that_is_not_one_is_not_found(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for after in ("x", "-1", "1.5", "٣", "9" * 30, "999999999"):
        for search in ("", "q=a&", "q=donald&"):
            assert tester.send("GET", f"/employees?{search}after={after}").status_code == 404


def test_ad1_ad2_ad3_the_page_of_the_guide(house: House, tester: Page) -> None:
    page = search(tester, q="donald").follow("Donald Duck")
    facts = {str(dt.get_text()): dt.find_next("dd") for dt in page.soup.select("#employee dt")}
    assert {label: dd.get_text(" ", strip=True) for label, dd in facts.items() if dd} == {
        "Bedrift/Avdeling:": "Demokunde_Test",
        "Fødselsdato:": "12.05.2023",
        "E-post:": "Donald.Duck@testeren.no",
        "Mobilnummer:": "412 44 845",
    }
    assert page.soup.select_one("a[href='mailto:Donald.Duck@testeren.no']")
    assert page.soup.find("a", string="Deaktiver")
    assert page.soup.find("a", string="Rediger")
    assert "*****" not in page.soup.get_text()
    bergen = house.sign_in("TESTWEB").open("/employees").follow("Donald Duck")
    assert bergen.has("Kjønn: Mann")
    assert tester.open("/employees").follow("test yoyo").has("E-postadressen mangler")


def test_x1_an_employee_of_another_unit_is_not_there(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        foreign = db.scalar(select(func.min(Employee.id)).where(Employee.family_name == "Solbakken"))
    for path in ("", "/edit", "/deactivation"):
        assert quiet_house.sign_in("Tester").open(f"/employees/{foreign}{path}").status_code == 404
