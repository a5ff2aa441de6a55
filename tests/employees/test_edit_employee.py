"""Rediger ansatt (AR1-AR12): in the place of the card and as a page, the number, and two people at a time."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.core.sealed import Keyring
from models.employees.details import Details, read_birth_date
from models.employees.employee import ChangedMeanwhile, Employee, add_employees, change_employees
from models.employees.national_ids import NationalId
from models.employees.search import Criteria, find_employees
from models.outbox.message import Message
from models.users.sessions import SignedIn, find_signed_in, open_session
from models.users.user import find_user
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import NOW, TODAY

LABELS = ["Fornavn", "Etternavn", "Epost", "Mobil", "Fødselsdag", "Bedrift/avdeling", "Fødselsnummer (11 siffer)"]
WORK = ["Ansattnummer", "Stilling", "Gruppe"]
STORED = {
    "given_name": "Donald",
    "family_name": "Duck",
    "email": "Donald.Duck@testeren.no",
    "mobile": "41244845",
    "birth_date": "12.05.2023",
}
NEW_NUMBER = "29822099635"


def donald(house: House) -> Employee:
    with house.behind() as db:
        return db.scalars(select(Employee).where(Employee.email == STORED["email"])).one()


@pytest.fixture
def signed_in(quiet_house: House) -> SignedIn:
    """The user Tester, for what is done without a page."""
    customer_id = donald(quiet_house).customer_id
    with quiet_house.behind() as db:
        user = find_user(db, "Tester")
        assert user
        found = find_signed_in(db, open_session(db, user.id, customer_id, NOW), customer_id, NOW)
    assert found
    return found


def editing(page: Page, name: str = "Donald Duck") -> Page:
    return page.open("/employees").fill(q=name).press("Søk").follow(name).follow("Rediger")


def number_of(house: House, id: int) -> str:
    with house.behind() as db:
        row = db.get(NationalId, id)
        return Keyring(FIELD_KEYS).open(row.sealed, place=row.place) if row else ""


def save_only_the_number(page: Page, **extra: str) -> Page:
    button = page.soup.select_one("button[value=fodselsnummer]")
    form = page.soup.select_one("#employee-form")
    assert button
    assert form
    return page.submit(form, button, **extra)


def save(page: Page) -> Page:
    buttons = page.soup.find_all("button", string="Lagre")
    form = page.soup.select_one("#employee-form")
    assert form
    return page.submit(form, buttons[-1])


@pytest.mark.parametrize("way", ["Lagre", "Avbryt"])
def test_c11_the_page_is_whole_again_where_it_was_opened_at_the_form(house: House, tester: Page, way: str) -> None:
    page = tester.open(f"/employees/{donald(house).id}/edit")
    assert not page.soup.select("#times, #history")
    page = save(page) if way == "Lagre" else page.follow(way)
    assert page.h1 == "Donald Duck"
    assert [part["id"] for part in page.soup.select("#around > * > [id], #history")] == ["times", "history"]


def test_ar1_ar4_ar11_the_form_of_the_guide_in_place_and_back(house: House, tester: Page) -> None:
    page = editing(tester)
    assert page.h1 == "Rediger ansatt"
    assert {name: page.value(name) for name in STORED} == STORED
    labels = [label.get_text(strip=True) for label in page.soup.select("#employee-form .fields label")]
    assert labels == [*LABELS, *WORK]
    assert page.soup.select_one("#employee-form details:not([open])"), "what few have is folded away"
    assert page.options("unit") == ["Demokunde_Test"]
    assert page.value("national_id") == "120523*****"
    assert page.has("Endre fødselsnummer")
    assert len(page.soup.find_all("button", string="Lagre")) == 2
    assert page.headers["cache-control"] == "no-store"
    assert page.url.endswith(f"/employees/{donald(house).id}/edit"), "in place as well it has an address of its own"
    assert page.soup.title
    assert page.soup.title.get_text().startswith("Rediger ansatt – ")
    back = page.follow("Avbryt")
    assert (back.h1, back.status_code) == ("Donald Duck", 200)
    assert back.has("412 44 845")


def test_ar2_ar12_everything_can_be_changed_also_the_unit(house: House, hms: Page) -> None:
    page = editing(hms, "Ingrid Solbakken")
    page.fill(given_name="Inger", family_name="Åsen", email="inger@fjord.example", mobile="0047 12345679")
    page.fill(birth_date="1984-03-15", unit=page.option("unit", "Tromsø"))
    page = save(page)
    assert (page.h1, page.flash) == ("Inger Åsen", "Endringene er lagret.")
    assert page.has("Tromsø")
    assert page.has("15.03.1984")
    assert page.has("Endret : fornavn, etternavn, e-post, mobil, fødselsdag, bedrift/avdeling")
    with house.behind() as db:
        employee = db.scalars(select(Employee).where(Employee.email == "inger@fjord.example")).one()
        assert (employee.mobile, employee.version) == ("12345679", 2)
        (event,) = db.scalars(select(Message).where(Message.about == employee.about))
        assert (event.kind, event.payload["unit"], len(event.payload["fields"])) == ("employee.changed", "Tromsø", 6)
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "changed")).one()
        assert set(entry.changed["fields"]) == {*STORED, "unit_id"}
        assert (entry.changed["before"]["given_name"], entry.changed["after"]["unit_id"]) == ("Ingrid", "Tromsø")
    assert hms.open("/employees?q=inger").rows[0][0] == "Inger Åsen"
    assert hms.open("/employees?q=solbakken").rows == []


def test_ar2_only_to_a_unit_that_one_may_use(house: House, leder: Page) -> None:
    page = editing(leder, "Lars Øvrebø")
    with house.behind() as db:
        foreign = select(Employee.unit_id).where(Employee.family_name == "Nygård")
        other = db.scalars(foreign.order_by(Employee.id)).first()
    form = page.soup.select_one("#employee-form")
    assert form
    page.submit(form, page.soup.find_all("button", string="Lagre")[-1], unit=str(other))
    assert (page.status_code, page.error("unit")) == (422, "Velg bedrift/avdeling.")


def test_ar3_without_an_address_nothing_is_saved_and_an_old_one_can_be_opened(house: House, tester: Page) -> None:
    page = save(editing(tester).fill(email="", given_name="Don"))
    assert page.status_code == 422
    assert page.problems == ["Skriv e-postadressen. Uten den får ikke den ansatte informasjon om timene sine."]
    assert page.value("given_name") == "Don"
    assert donald(house).given_name == "Donald"
    page = editing(tester, "test yoyo")
    assert page.value("email") == ""
    assert page.value("national_id") == "", "AR5"
    assert save(page).status_code == 422
    page.fill(email="test.yoyo@demokunde.example")
    assert save(page).h1 == "test yoyo"


def test_ar6_a_new_number_is_shown_as_its_mask_only(house: House, tester: Page) -> None:
    page = save_only_the_number(editing(tester).fill(national_id="298220 996 35"))
    assert page.flash == "Fødselsnummeret er lagret."
    assert page.h1 == "Donald Duck"
    assert number_of(house, donald(house).id) == NEW_NUMBER
    page = page.follow("Rediger")
    assert page.value("national_id") == "298220*****"
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about == donald(house).about)).all()
    assert "national_id_changed" in {entry.action for entry in entries}
    assert NEW_NUMBER not in str([entry.changed for entry in entries])


def test_ar7_the_mask_or_nothing_leaves_the_number_alone_and_removing_is_asked_for(house: House, tester: Page) -> None:
    before, id = number_of(house, donald(house).id), donald(house).id
    assert before
    for posted in ("120523*****", "", "  "):
        page = save(editing(tester).fill(national_id=posted))
        assert page.flash == "Ingenting var endret."
        assert number_of(house, id) == before
    page = editing(tester).fill(mobile="41244847").press("Fjern fødselsnummeret")
    assert number_of(house, id) == before
    assert page.value("mobile") == "41244847"
    page.press("Ja, fjern nummeret")
    assert page.has("Fødselsnummeret er fjernet. Resten av skjemaet er ikke lagret ennå.")
    assert (page.value("mobile"), page.value("national_id")) == ("41244847", "")
    assert number_of(house, id) == ""
    assert save(page).has("412 44 847")


@pytest.mark.parametrize("wrong", ["12052350033", "1205235003", "120523 5003x", "32052350032"])
def test_ar8_what_is_wrong_is_said_without_the_number(quiet_house: House, wrong: str) -> None:
    tester = quiet_house.sign_in("Tester")
    for press in (save, save_only_the_number):
        page = press(editing(tester).fill(national_id=wrong))
        assert page.status_code == 422
        assert page.error("national_id")
        assert page.value("national_id") == ""
        assert wrong not in page.response.text


def test_ar8_synthetic_numbers_only_where_test_mode_is_on(quiet_house: House) -> None:
    with quiet_house.with_settings(demo=False) as visitor:
        person = visitor().open("/login").fill(username="Tester", password="demo-tester").press("Logg inn")
        page = save_only_the_number(editing(person).fill(national_id=NEW_NUMBER))
        assert page.status_code == 422
        assert "testnummer" in page.error("national_id")


def test_ar9_no_age_is_refused_but_tomorrow_is() -> None:
    assert read_birth_date("12.05.2023", today=TODAY)
    assert read_birth_date("01.01.1900", today=TODAY)
    with pytest.raises(ValueError, match="etter i dag"):
        read_birth_date("31.12.2199", today=TODAY)


def test_u3_enter_saves_everything_where_no_number_is_typed(tester: Page) -> None:
    """Enter in a field presses the first button of the form."""
    page = save_only_the_number(editing(tester).fill(mobile="41244848"))
    assert page.flash == "Endringene er lagret."
    assert page.has("412 44 848")


def test_u3_the_numbers_button_saves_the_number_and_loses_nothing(house: House, tester: Page) -> None:
    page = save_only_the_number(editing(tester).fill(national_id=NEW_NUMBER, given_name="Don", email="x"))
    assert page.status_code == 200
    assert page.has("Fødselsnummeret er lagret. Resten av skjemaet er ikke lagret ennå.")
    assert (page.value("given_name"), page.value("email"), page.value("national_id")) == ("Don", "x", "298220*****")
    assert donald(house).given_name == "Donald"
    assert number_of(house, donald(house).id) == NEW_NUMBER


def test_u4_a_tick_asks_for_a_number(tester: Page) -> None:
    page = save(editing(tester).fill(change_number="1"))
    assert page.status_code == 422
    assert page.error("national_id").startswith("Skriv hele fødselsnummeret")


def test_an2_a_number_that_another_has_is_asked_about(house: House, hms: Page) -> None:
    page = editing(hms, "Ingrid Solbakken").fill(national_id="02919009791")
    page = save_only_the_number(page)
    assert page.status_code == 422
    assert page.has("har samme fødselsnummer")
    assert "02919009791" not in page.response.text
    page.press("Lagre likevel")
    assert page.flash == "Fødselsnummeret er lagret."


def test_two_people_edit_the_same_employee_and_the_second_sees_both(house: House, hms: Page) -> None:
    mine = editing(hms, "Ingrid Solbakken")
    theirs = editing(house.sign_in("hms.fjord"), "Ingrid Solbakken")
    assert save(theirs.fill(given_name="Inger", mobile="12345670")).flash == "Endringene er lagret."
    page = save(mine.fill(given_name="Ingebjørg", mobile="12345670"))
    assert page.status_code == 409
    assert page.has("Hilde Moldskred (hms.fjord) har lagret Inger Solbakken mens du skrev")
    assert page.value("given_name") == "Ingebjørg"
    note = page.soup.select_one("#given_name-note")
    assert note
    assert note.get_text() == "Lagret nå: Inger"
    assert not page.soup.select_one("#mobile-note")
    assert save(page).h1 == "Ingebjørg Solbakken"


@pytest.mark.parametrize("store", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_two_saves_at_the_same_moment_are_one(quiet_house: House, signed_in: SignedIn) -> None:
    """Both have looked before either has saved; on SQLite the second waits before it looks."""
    assert signed_in.scope
    database, id = quiet_house._database, donald(quiet_house).id
    with database.session(signed_in.scope) as mine, database.session(signed_in.scope) as theirs:
        my_donald, their_donald = (session.get_one(Employee, id) for session in (mine, theirs))
        details = [replace(my_donald.details, given_name=name) for name in ("Don", "Dono")]
        their_donald.change(theirs, details[1], by=signed_in, now=NOW, seen=1)
        theirs.commit()
        with pytest.raises(ChangedMeanwhile):
            my_donald.change(mine, details[0], by=signed_in, now=NOW, seen=1)
    assert donald(quiet_house).given_name == "Dono"


def test_many_are_added_and_changed_at_once_and_found_as_they_are_now(quiet_house: House, signed_in: SignedIn) -> None:
    """What a list does: as many events and entries as changes, and the search knows all of it (AR12)."""
    assert signed_in.scope
    unit_id, many = donald(quiet_house).unit_id, 500
    new = [Details("Liv", f"Liste{n}", f"liv{n}@x.no", None, None, unit_id) for n in range(many)]
    with quiet_house._database.session(signed_in.scope) as db:
        people = add_employees(db, new, by=signed_in, now=NOW)
        changes = [(one, replace(one.details, family_name=f"Ny{n % 2}")) for n, one in enumerate(people)]
        assert change_employees(db, changes, by=signed_in, now=NOW) == many
        assert change_employees(db, changes, by=signed_in, now=NOW) == 0
        db.commit()
        found = [find_employees(db, signed_in.scope.customer_id, Criteria(text)).count for text in ("liste", "liv ny1")]
        assert found == [0, many // 2]
    with quiet_house.behind() as db:
        kinds = db.scalars(select(Message.kind).where(Message.kind.like("employee.%")).order_by(Message.id)).all()
    assert kinds == ["employee.added"] * many + ["employee.changed"] * many
