"""The states of employees, and lists of them, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import Ways, employee, opens


def employee_edited(person: Visitor) -> None:
    employee(person)
    person.link("Rediger").click()
    expect(person.h1).to_have_text("Rediger ansatt")


def employee_refused(person: Visitor) -> None:
    employee_edited(person)
    person.field("Epost").fill("")
    person.field("Fødselsnummer (11 siffer)").fill("1")
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()
    expect(person.part("problems")).to_be_visible()


def employee_asked_about(person: Visitor) -> None:
    employee_edited(person)
    person.field("Epost").fill("mohamed.aden@fjordbygg.example")
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()
    expect(person.button("Lagre likevel")).to_be_visible()


def number_about_to_go(person: Visitor) -> None:
    employee_edited(person)
    person.button("Fjern fødselsnummeret").click()
    expect(person.button("Ja, fjern nummeret")).to_be_visible()


def new_employee_refused(person: Visitor) -> None:
    person.open("/employees/new").button("Lagre").click()
    expect(person.part("problems")).to_be_visible()


def leaving(person: Visitor) -> None:
    """Somebody with times ahead, of whom nothing is decided yet."""
    person.open("/orders/307513")
    employee(person, (person.page.locator("#bookings .slot li").first.text_content() or "").strip())
    person.link("Deaktiver").click()
    person.button("Deaktiver").click()
    expect(person.part("problems")).to_be_visible()


def list_looked_over(person: Visitor) -> None:
    """A list with a new row and a faulty one."""
    person.open("/employees/imports").field("Eller lim inn fra Excel").fill(
        "Fornavn\tEtternavn\tEpost\tAvdeling\nKari\tNord\tkari@n.example\tBergen\nOla\tNord\t\tBergen"
    )
    person.button("Se over lista").click()
    expect(person.page.get_by_text("1 feil").first).to_be_visible()


def list_refused(person: Visitor) -> None:
    person.open("/employees/imports").button("Se over lista").click()
    expect(person.part("problems")).to_be_visible()


STATES: Ways = {
    "employees": ("employees", "hms.fjord", opens("/employees")),
    "no employees": ("employees", "hms.fjord", opens("/employees?q=xyz")),
    "employee": ("employee", "hms.fjord", employee),
    "employee who left": ("employee", "hms.fjord", lambda person: employee(person, "Siv Ånonsen")),
    "employee edited": ("edit_employee", "hms.fjord", employee_edited),
    "employee refused": ("edit_employee", "hms.fjord", employee_refused),
    "employee asked about": ("edit_employee", "hms.fjord", employee_asked_about),
    "number about to go": ("edit_employee", "hms.fjord", number_about_to_go),
    "checks": ("due", "leder.brann", opens("/employees/due?within=unknown")),
    "new employee": ("new_employee", "hms.fjord", opens("/employees/new")),
    "new employee refused": ("new_employee", "hms.fjord", new_employee_refused),
    "leaving": ("deactivation", "hms.fjord", leaving),
    "import": ("new_import", "hms.fjord", opens("/employees/imports")),
    "import refused": ("new_import", "hms.fjord", list_refused),
    "import looked over": ("import", "hms.fjord", list_looked_over),
}
