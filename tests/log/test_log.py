"""Loggen: who did what, when, before and after; for a customer's administrators and at the desk."""

from sqlalchemy import select

from models.core.scope import Right
from models.customers.units import Unit
from models.employees.employee import Employee
from models.log.search import Entry
from routes.log.words import line_of
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW
from tests.users.test_users import grant

ADDRESS = "ny.adresse@solvik.example"


def things(page: Page) -> list[str]:
    return [f"{row[0]}: {row[1]}" for row in page.rows]


def one_of(house: House, unit: str) -> Employee:
    with house.behind() as db:
        found = select(Employee).join(Unit, Unit.id == Employee.unit_id).where(Unit.name == unit)
        return db.scalars(found.where(Employee.deactivated_at.is_(None)).order_by(Employee.id)).first()  # type: ignore[return-value]


def test_who_did_what_is_found_by_person_thing_and_time_and_is_a_file(house: House) -> None:
    hr, leder, kam = (house.sign_in(name) for name in ("hr.solvik", "leder.brann", "kam.lie"))
    lars = one_of(house, "Brann og redning")
    leder.open(f"/employees/{lars.id}/edit").fill(email=ADDRESS).press("Lagre")
    house.sign_in("hms.fjord").open("/employees/new")
    kam.open("/desk/customers?whose=all").follow("Solvik kommune").fill(reason="Spør om noe").press("Se som kunden")
    kam.open("/employees").press("Avslutt innsyn")

    hr.open("/info").follow("Logg")
    assert hr.h1 == "Logg"
    assert things(hr)[0].startswith("Innsyn ")
    assert hr.has("Side vist for bedriftshelsetjenesten side: /employees")
    assert hr.has("Innsyn begynt")
    hr.fill(user="lena", kind=hr.option("kind", "Ansatt")).press("Søk")
    assert len(hr.rows) == 2, "the mask was looked at, and the address changed"
    assert hr.has(f"e-post: {lars.email} → {ADDRESS}")
    assert hr.has("Lena Brattvåg (leder.brann)")
    assert hr.open(f"/log?q={lars.id}&kind=employee").has(ADDRESS)
    assert hr.open("/log?kind=invoice").has("beløp: 77 500,00 NOK")
    assert not hr.open("/log?to=01.01.2020").rows
    assert hr.has("Ingenting funnet i loggen")
    assert hr.open("/log?from=2.1.2020&to=1.1.2020").status_code == 422
    file = hr.send("GET", "/log.csv?kind=employee")
    assert file.headers["content-disposition"].startswith('attachment; filename="Logg.csv"')
    assert f"e-post: {ADDRESS}" in file.text
    assert "Innsyn" not in file.text

    kam.open("/desk/customers?whose=all").follow("Solvik kommune").follow("Logg")
    assert kam.h1 == "Logg"
    assert kam.has(ADDRESS)
    assert ADDRESS in kam.send("GET", kam.url.split("?")[0] + ".csv").text
    kam.open("/desk/customers?whose=all").follow("Fjordbygg Entreprenør AS").follow("Logg")
    assert not kam.has(ADDRESS), "each customer has a log of its own"


def test_the_log_tells_of_all_branches_and_so_is_for_those_who_administer_all(quiet_house: House) -> None:
    grant(quiet_house, "leder.brann", "Brann og redning", Right.ADMINISTRATOR)
    leder, hms = quiet_house.sign_in("leder.brann"), quiet_house.sign_in("hms.fjord")
    assert leder.open("/users").status_code == 200
    for page in (leder, hms):
        assert page.open("/log").status_code == 404
        assert page.open("/log.csv").status_code == 404
        assert not page.open("/info").has("Logg Tilgj")


def test_what_is_noted_of_a_sign_up_is_said_in_words() -> None:
    noted = {"sign_up": 9, "booking": 3, "order_number": 307513, "employee": 17, "slot": 68, "state": "Påmeldt"}
    entry = Entry(1, NOW, "Hilde", "sign_up:9", "created", noted | {"standing": "signed_up", "revision": 1})
    said = line_of(entry)
    assert (said.thing, said.action) == ("Påmelding 9", "Meldt på")
    assert said.also == "booking: 3; bestilling: 307513; ansatt: 17; time: 68; tilstand: Påmeldt"
