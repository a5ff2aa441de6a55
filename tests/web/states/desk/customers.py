"""The states of customers, users, units and notices at the desk, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import Ways, desk_customer, from_the_customer, opens, viewing


def refused_for_many(person: Visitor) -> None:
    """A notice to nobody, about nothing."""
    person.open("/desk/notices/new")
    for box in person.page.locator("input[name=customer]").all():
        box.uncheck()
    person.button("Legg ut").click()
    expect(person.part("problems")).to_be_visible()


def looked_over(person: Visitor) -> None:
    """A list with a customer that is new, and a row with a fault."""
    person.open("/desk/customers/import")
    person.field("Eller lim inn fra Excel").fill("Kunde;Organisasjonsnummer\nNy AS;912345602\nFeil AS;912345603")
    person.button("Se over lista").click()
    expect(person.button("Importer 1 rad")).to_be_visible()


def invited_user(person: Visitor) -> None:
    """A user who has chosen no password yet."""
    from_the_customer(person, "Ny bruker")
    person.field("Fullt navn").fill("Kari Nord")
    person.field("E-post").fill("kari@nord.example")
    person.field("Brukernavn").fill("kari.nord")
    person.field("Bestilling").check()
    person.button("Legg til og inviter").click()
    person.link("Kari Nord").click()
    expect(person.button("Send invitasjonen på nytt")).to_be_visible()


def viewing_refused(person: Visitor) -> None:
    desk_customer(person)
    person.button("Se som kunden").click()
    expect(person.part("problems")).to_be_visible()


def viewings(person: Visitor) -> None:
    viewing(person)
    person.button("Avslutt innsyn").click()
    person.link("Innsyn til nå").click()
    expect(person.part("list")).to_be_visible()


def desk_invoice(person: Visitor) -> None:
    from_the_customer(person, "Alle ubetalte")
    person.page.locator("#invoices a").first.click()
    expect(person.part("messages")).to_be_visible()


STATES: Ways = {
    "desk customers": ("desk_customers", "kam.lie", opens("/desk/customers")),
    "no desk customers": ("desk_customers", "kam.lie", opens("/desk/customers?q=xyz")),
    "desk customer": ("desk_customer", "kam.lie", desk_customer),
    "desk employees": ("desk_employees", "kam.lie", lambda person: from_the_customer(person, "Alle ansatte")),
    "desk invoices": ("desk_invoices", "kam.lie", lambda person: from_the_customer(person, "Alle ubetalte")),
    "desk invoice": ("desk_invoice", "kam.lie", desk_invoice),
    "desk search": ("desk_search", "kam.lie", opens("/desk/search?q=berg")),
    "customer list": ("new_customers", "kam.lie", looked_over),
    "new customer": ("new_customer", "kam.lie", opens("/desk/customers/new")),
    "desk new order": (
        "desk_new_order",
        "kam.lie",
        lambda person: from_the_customer(person, "Ny bestilling", press="Send bestilling"),
    ),
    "desk new employee": (
        "desk_new_employee",
        "kam.lie",
        lambda person: from_the_customer(person, "Ny ansatt", press="Lagre"),
    ),
    "new unit": ("new_unit", "kam.lie", lambda person: from_the_customer(person, "Ny avdeling", press="Legg til")),
    "unit": ("edit_unit", "kam.lie", lambda person: from_the_customer(person, "Bergen")),
    "desk checks": (
        "desk_checks",
        "kam.lie",
        lambda person: from_the_customer(person, "Hvem skal til hva, hvor ofte", press="Lagre"),
    ),
    "new user": (
        "new_user",
        "kam.lie",
        lambda person: from_the_customer(person, "Ny bruker", press="Legg til og inviter"),
    ),
    "sign-on refused": (
        "desk_sign_on",
        "kam.lie",
        lambda person: from_the_customer(person, "Innlogging med jobbkonto", press="Lagre"),
    ),
    "invited user": ("desk_user", "kam.lie", invited_user),
    "customer notice": ("new_customer_notice", "kam.lie", lambda person: from_the_customer(person, "Nytt oppslag")),
    "desk notices": ("desk_notices", "kam.lie", opens("/desk/notices")),
    "desk notices that are over": ("desk_notices", "kam.lie", opens("/desk/notices?state=Over")),
    "new notice": ("new_notice", "kam.lie", refused_for_many),
    "notice": ("edit_notice", "kam.lie", opens("/desk/notices/1/edit")),
    "viewing refused": ("desk_customer", "kam.lie", viewing_refused),
    "viewings": ("desk_viewings", "kam.lie", viewings),
}
