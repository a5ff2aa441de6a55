"""The states of the provider's own staff at the desk, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import Ways, opens


def refused(person: Visitor) -> None:
    """A form that is sent empty."""
    person.open("/desk/staff/new").button("Legg til og inviter").click()
    expect(person.part("problems")).to_be_visible()


def member(person: Visitor, name: str) -> None:
    person.open("/desk/staff").link(name).click()
    expect(person.h1).to_have_text(name)


def away(person: Visitor) -> None:
    """A member with a stand-in later on, when no other story writes to the member, and another one refused."""
    member(person, "Per-Arne Lie")
    for _ in range(2):
        person.field("Stedfortreder").select_option(label="Silje Haugen")
        person.field("Fra og med").fill("12.10.2026")
        person.field("Til og med").fill("16.10.2026" if not _ else "17.10.2026")
        person.button("Legg til stedfortreder").click()
        expect(person.part("problems") if _ else person.button("Ta bort Silje Haugen, 12.10.2026")).to_be_visible()


STATES: Ways = {
    "staff": ("desk_staff", "kam.lie", opens("/desk/staff")),
    "no staff": ("desk_staff", "kam.lie", opens("/desk/staff?q=xyz")),
    "new member": ("new_member", "kam.lie", refused),
    "member who cannot sign in": ("desk_member", "kam.lie", lambda person: member(person, "Aisha Rahman")),
    "member who will be away": ("desk_member", "kam.lie", away),
}
