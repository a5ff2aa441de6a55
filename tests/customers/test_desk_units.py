"""Kunder and avdelinger at the desk: a new customer, and what lies below what."""

from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.customer import Customer
from models.customers.units import Unit
from tests.stage.house import House
from tests.stage.page import Page

FJORDBYGG = "Fjordbygg Entreprenør AS"


def at(kam: Page, customer: str = FJORDBYGG) -> Page:
    """The page of a customer at the desk."""
    return kam.open("/desk/customers?whose=all").follow(customer)


def tree(page: Page) -> list[str]:
    """The units, set in as they lie."""
    return [f"{unit['class'][0]} {unit.a.get_text()}" for unit in page.soup.select(".units li")]  # type: ignore[union-attr]


def below(page: Page, name: str) -> str:
    """The value of a unit in the form's list."""
    return page.option("parent", next(option for option in page.options("parent") if option.strip() == name))


def test_a_new_customer_is_there_at_once_with_units_users_and_an_account_manager(house: House) -> None:
    kam = house.sign_in("kam.lie").open("/desk/customers").follow("Ny kunde")
    assert kam.options("account_manager") == ["Ingen ennå", "Aisha Rahman", "Per-Arne Lie", "Silje Haugen"]
    kam.fill(name="Nordvik Verft AS", organisation_number="974 760 673").press("Legg til")
    assert (kam.h1, kam.flash) == (
        "Nordvik Verft AS",
        "Nordvik Verft AS er lagt til. Legg til avdelinger og brukere her.",
    )
    assert kam.has("Organisasjonsnummer 974 760 673")
    assert kam.has("Kundeansvarlig Per-Arne Lie")
    kam.follow("Ny avdeling").fill(name="Dokka", organisation_number="").press("Legg til")
    kam.follow("Ny avdeling").fill(name="Lager", parent=below(kam, "Dokka")).press("Legg til")
    assert tree(kam) == ["d0 Nordvik Verft AS", "d1 Dokka", "d2 Lager"]
    kam.follow("Ny bruker")
    kam.fill(full_name="Eva Vik", email="eva@nordvik.example", username="eva.vik", right=["orders"])
    kam.press("Legg til og inviter")
    assert kam.has("Nordvik Verft AS: Bestilling Invitert")
    assert "Nordvik Verft AS" in [row[0] for row in kam.open("/desk/customers").rows], "it is mine"
    with house.behind() as db:
        id = db.scalars(select(Customer.id).where(Customer.name == "Nordvik Verft AS")).one()
        done = db.scalars(select(AuditEntry.action).where(AuditEntry.customer_id == id).order_by(AuditEntry.id)).all()
    assert done == ["customer added", "added", "added", "user added", "invited"]


def test_a_unit_gets_another_name_place_and_account_manager_and_the_company_another_name(house: House) -> None:
    kam = at(house.sign_in("kam.lie"))
    for name in ("Bergen", "Fana"):
        kam.follow("Ny avdeling")
        kam.fill(name={"Bergen": "Åsane", "Fana": "Fana"}[name], parent=below(kam, "Bergen")).press("Legg til")
    kam.follow("Bergen").fill(parent=below(kam, "Åsane")).press("Lagre")
    assert kam.problems == ["En avdeling kan ikke ligge under seg selv."]
    kam.fill(name="Vestland", parent=below(kam, "Administrasjon"))
    kam.fill(account_manager=kam.option("account_manager", "Silje Haugen")).press("Lagre")
    assert kam.flash == "Vestland er lagret."
    fjordbygg = f"d0 {FJORDBYGG}"
    assert tree(kam) == [
        fjordbygg,
        *("d1 Administrasjon", "d2 Vestland", "d3 Fana", "d3 Åsane"),
        *("d1 Stavanger", "d1 Tromsø"),
    ]
    kam.follow(FJORDBYGG).fill(name="Fjordbygg AS", account_manager="").press("Lagre")
    assert (kam.h1, kam.flash) == ("Fjordbygg AS", "Fjordbygg AS er lagret.")
    assert not kam.has("Kundeansvarlig Per-Arne Lie")
    assert house.sign_in("hms.fjord").has("Fjordbygg AS Organisasjonsnummer 319 099 603")


def test_numbers_and_names_that_cannot_be_are_refused_with_a_sentence(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    taken = "En kunde har dette organisasjonsnummeret, med et annet navn. Finn den under Kunder."
    for number, sentence in (
        ("", "Skriv organisasjonsnummeret."),
        ("97476067", "Et organisasjonsnummer har 9 sifre, og her står det 8."),
        ("974760674", "Kontrollsifferet stemmer ikke. Se etter at alle sifrene er riktige."),
        ("97476067X", "Et organisasjonsnummer har bare tall."),
        ("319099603", taken),
    ):
        kam.open("/desk/customers/new").fill(name="Nordvik", organisation_number=number).press("Legg til")
        assert (kam.status_code, kam.problems) == (422, [sentence]), number
    for name, number, sentence in (
        ("", "", "Skriv navnet."),
        ("Bergen", "", "Det er allerede en avdeling med dette navnet på samme sted."),
        ("Fana", "313082466", "Organisasjonsnummeret er allerede i bruk."),
    ):
        at(kam).follow("Ny avdeling").fill(name=name, organisation_number=number).press("Legg til")
        assert kam.problems == [sentence]
    at(kam).follow(FJORDBYGG).fill(organisation_number="315908302").press("Lagre")
    assert kam.problems == ["Organisasjonsnummeret er allerede i bruk."], "another customer's, behind the walls"
    with quiet_house.behind() as db:
        foreign = db.scalars(select(Unit.id).where(Unit.name == "Skole")).one()
    at(kam).follow("Bergen").press("Lagre", parent=str(foreign))
    assert kam.problems == ["Velg en av kundens avdelinger."]


def test_twice_is_once(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers/new")
    fields = [("csrf_token", kam.token()), ("name", "Nordvik"), ("organisation_number", "974760673")]
    first, second = (kam.send("POST", "/desk/customers", fields) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    url = first.headers["location"]
    kam.open(url).follow("Ny avdeling").fill(name="Dokka")
    form = kam.soup.select_one("#unit-form")
    assert form
    for _ in range(2):
        assert kam.send("POST", str(form["action"]), kam.fields(form)).status_code == 303
    assert tree(kam.open(url)) == ["d0 Nordvik", "d1 Dokka"]
