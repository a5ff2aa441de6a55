"""Ny ansatt (AN1-AN3): what is required, who may be there already, the same form twice."""

from sqlalchemy import select, text

from models.core.audit import AuditEntry
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.outbox.message import Message
from models.values.national_id import mask
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import counted

NUMBER = "14838419861"
"""Ingrid Solbakken's, of Bergen."""
FREE_NUMBER = "17912099997"
KARI = {"given_name": "Kari", "family_name": "Nordmann", "email": "kari.nordmann@demokunde.example"}


def added(page: Page, **values: str) -> Page:
    return page.open("/employees/new").fill(**{**KARI, **values}).press("Lagre")


def named(house: House, family_name: str) -> list[Employee]:
    with house.behind() as db:
        return list(db.scalars(select(Employee).where(Employee.family_name == family_name).order_by(Employee.id)))


def test_an1_ar12_a_new_employee_is_in_the_list_in_the_log_and_at_the_crm(house: House, tester: Page) -> None:
    page = added(tester, mobile="+47 412 44 846", birth_date="2.1.1990", national_id=FREE_NUMBER)
    assert (page.status_code, page.h1) == (200, "Kari Nordmann")
    assert page.flash.startswith("Kari Nordmann er lagt til.")
    assert page.has("412 44 846")
    assert page.has("02.01.1990")
    assert page.has("Lagt til")
    assert [row[0] for row in page.open("/employees?q=nordmann").rows] == ["Kari Nordmann"]
    (employee,) = named(house, "Nordmann")
    assert (employee.mobile, employee.version, employee.added_by_id is not None) == ("41244846", 1, True)
    with house.behind() as db:
        assert db.get(NationalId, employee.id)
        told = db.scalars(select(Message).where(Message.about == employee.about).order_by(Message.id)).all()
        assert [message.kind for message in told] == ["employee.added", "employee.national_id_changed"]
        assert told[0].payload["email"] == KARI["email"]
        actions = db.scalars(select(AuditEntry.action).where(AuditEntry.about == employee.about)).all()
    assert set(actions) == {"added", "national_id_set"}


def test_ar9_number_and_day_of_birth_that_disagree_are_told_of_and_saved(tester: Page) -> None:
    page = added(tester, birth_date="13.05.1990", national_id=FREE_NUMBER)
    assert "er lagt til. Fødselsdatoen og fødselsnummeret stemmer ikke med hverandre." in page.flash


def test_an2_an3_what_is_required_and_what_is_not(house: House, tester: Page) -> None:
    page = tester.open("/employees/new").fill(mobile="12345678").press("Lagre")
    assert page.status_code == 422
    assert page.problems == [
        "Skriv fornavnet.",
        "Skriv etternavnet.",
        "Skriv e-postadressen. Uten den får ikke den ansatte informasjon om timene sine.",
    ]
    assert page.error("email")
    assert page.value("mobile") == "12345678"
    page = added(tester, email="kari(at)x.no", mobile="123", birth_date="31.02.1990", national_id="14838419862")
    assert page.status_code == 422
    assert [bool(page.error(name)) for name in ("email", "mobile", "birth_date", "national_id")] == [True] * 4
    assert "14838419862" not in page.response.text
    assert page.value("national_id") == ""
    assert (page.value("given_name"), page.value("email")) == ("Kari", "kari(at)x.no")
    assert named(house, "Nordmann") == []


def test_an3_with_several_units_one_has_to_be_chosen(house: House, hms: Page) -> None:
    page = added(hms)
    assert (page.status_code, page.error("unit")) == (422, "Velg bedrift/avdeling.")
    page.fill(unit=page.option("unit", "Tromsø")).press("Lagre")
    assert page.h1 == "Kari Nordmann"
    foreign = house.sign_in("Tester").open("/employees/new").option("unit", "Demokunde_Test")
    assert added(hms, unit=foreign, email="x@y.no").status_code == 422
    assert len(named(house, "Nordmann")) == 1


def test_an2_who_may_be_there_already_is_asked_about_and_never_hidden(house: House, hms: Page) -> None:
    ingrid = {"given_name": "Ingrid", "family_name": "Solbakken", "birth_date": "14.03.1984"}
    page = hms.open("/employees/new")
    unit = page.option("unit", "Stavanger")
    page.fill(**{**KARI, **ingrid}, unit=unit, national_id=NUMBER).press("Lagre")
    assert page.status_code == 422
    said = page.soup.select_one("[aria-labelledby=duplicates]")
    assert said
    assert "samme navn og fødselsdag" in said.get_text()
    assert "samme fødselsnummer" in said.get_text()
    link = said.select_one("a")
    assert link
    assert hms.send("GET", str(link["href"])).status_code == 200
    assert len(named(house, "Solbakken")) == 1
    assert page.value("national_id") == "148384*****", "the number that was typed is lost"
    assert NUMBER not in page.response.text
    page.press("Lagre likevel")
    assert page.flash == "Ingrid Solbakken er lagt til."
    _, twin = named(house, "Solbakken")
    with house.behind() as db:
        assert db.get(NationalId, twin.id), "the number was not saved with the rest"


def test_an2_an_address_that_the_release_before_wrote_is_found(quiet_house: House) -> None:
    """It serves while tables are brought up, and writes no folded address, or leaves an old one as it was."""
    with quiet_house.behind() as db:
        db.execute(text("UPDATE employees SET email = 'Ingrid.NY@fjordbygg.example' WHERE family_name = 'Solbakken'"))
        db.commit()
    page = quiet_house.sign_in("hms.fjord").open("/employees/new")
    unit = page.option("unit", "Stavanger")
    page.fill(**{**KARI, "email": "ingrid.ny@fjordbygg.example"}, unit=unit).press("Lagre")
    said = page.soup.select_one("[aria-labelledby=duplicates]")
    assert said
    assert "Ingrid Solbakken" in said.get_text()
    assert "samme e-postadresse" in said.get_text()


def test_an2_nobody_learns_who_is_registered_in_a_unit_that_one_does_not_see(quiet_house: House) -> None:
    """By the form, by the number alone and by a list: who is elsewhere and who is nowhere get the same answer."""
    leder = quiet_house.sign_in("leder.brann")
    with quiet_house.behind() as db:
        kari = db.scalars(select(Employee).where(Employee.given_name == "Kari", Employee.family_name == "Nygård")).one()
        mine = db.scalars(
            select(Employee)
            .join(Unit, Unit.id == Employee.unit_id)
            .where(Unit.name == "Brann og redning", Employee.deactivated_at.is_(None))
            .where(Employee.id.not_in(select(NationalId.employee_id)))
            .order_by(Employee.id)
        ).all()
    assert kari.birth_date
    born = kari.birth_date.strftime("%d.%m.%Y")
    elsewhere = {"family_name": "Nygård", "email": (kari.email or "").upper(), "national_id": "29829624883"}
    nowhere = {"family_name": "Nesset", "email": "NOWHERE@SOLVIK.EXAMPLE", "national_id": "29829620004"}

    def by_form(typed: dict[str, str], _turn: int) -> Page:
        return added(leder, **typed | {"national_id": ""}, birth_date=born)

    def by_number(typed: dict[str, str], turn: int) -> Page:
        page = leder.open(f"/employees/{mine[turn].id}/edit").fill(national_id=typed["national_id"])
        return page.press("Lagre", handling="fodselsnummer")

    def by_list(typed: dict[str, str], _turn: int) -> Page:
        head = "Fornavn\tEtternavn\tE-post\tFødselsdag\tFødselsnummer"
        row = "\t".join(["Kari", typed["family_name"], typed["email"], born, typed["national_id"]])
        return leder.open("/employees/imports").fill(pasted=f"{head}\n{row}\n").press("Se over lista")

    for way in (by_list, by_form, by_number):
        told = []
        for turn, typed in enumerate((elsewhere, nowhere)):
            with counted(quiet_house) as asked:
                page = way(typed, turn)
            said = page.soup.get_text(" ", strip=True) if way is by_list else page.flash
            for value in (typed["family_name"], typed["email"], mask(typed["national_id"])):
                said = said.casefold().replace(value.casefold(), "…")
            told.append((page.status_code, page.problems, said, len(asked)))
        assert told[0] == told[1], way
        assert "annen" not in told[0][2], way
    for url in ("/employees/new", f"/employees/{mine[0].id}/edit", "/employees/imports"):
        assert leder.open(url).has("Finnes den samme personen i en avdeling du ikke ser, får du ikke vite det")
        assert not quiet_house.sign_in("hr.solvik").open(url).has("Finnes den samme personen")


def test_the_same_form_twice_is_one_employee_and_another_form_is_not(house: House, tester: Page) -> None:
    form = tester.open("/employees/new").fill(**KARI).soup.select_one("#employee-form")
    assert form
    sent = tester.fields(form)
    answers = [tester.send("POST", "/employees", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    other = [(name, "Ola" if name == "given_name" else value) for name, value in sent] + [("duplicate", "save")]
    refused = tester.send("POST", "/employees", other)
    assert refused.status_code == 409
    assert "Dette skjemaet er allerede sendt" in refused.text
    assert len(named(house, "Nordmann")) == 1


def test_a_draft_keeps_everything_but_the_number(house: House, tester: Page) -> None:
    page = tester.open("/employees/new").fill(**KARI, national_id=FREE_NUMBER)
    form = page.soup.select_one("#employee-form")
    assert form
    sent = page.fields(form)
    tester.cookies.delete("session")
    answer = tester.send("POST", "/employees", sent)
    assert answer.status_code == 303
    page = tester.open(answer.headers["location"]).fill(username="Tester", password="demo-tester").press("Logg inn")
    assert (page.h1, page.value("email"), page.value("national_id")) == ("Ny ansatt", KARI["email"], "")
