"""The states of users and the log, for a customer's own administrator and at the desk, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import Ways, from_the_customer, opens


def colleague(person: Visitor) -> None:
    """A colleague's rights, and what follows from them."""
    person.open("/users")
    person.link("Lena Brattvåg").click()
    expect(person.part("sees")).to_be_visible()


def refused_colleague(person: Visitor) -> None:
    person.open("/users/new")
    person.button("Legg til og inviter").click()
    expect(person.part("problems")).to_be_visible()


def everything(person: Visitor) -> None:
    """Somebody is found whose file can be fetched."""
    from_the_customer(person, "Alt om en ansatt")
    person.field("Navn, e-post eller mobil:").fill("Ingrid")
    person.button("Søk").click()
    expect(person.link("Alt om Ingrid Solbakken som PDF")).to_be_visible()


STATES: Ways = {
    "users": ("users", "hr.solvik", opens("/users")),
    "new colleague": ("new_colleague", "hr.solvik", refused_colleague),
    "colleague": ("user", "hr.solvik", colleague),
    "log": ("log", "hr.solvik", opens("/log")),
    "nothing in the log": ("log", "hr.solvik", opens("/log?user=xyz")),
    "everything of an employee": ("desk_disclosure", "kam.lie", everything),
    "desk log": ("desk_log", "kam.lie", lambda person: from_the_customer(person, "Logg")),
}
