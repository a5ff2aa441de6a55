"""The states of the catalogue at the desk, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import Ways, opens


def refused(person: Visitor) -> None:
    """A form that is sent empty."""
    person.open("/desk/catalogue/new?kind=status").button("Legg til").click()
    expect(person.part("problems")).to_be_visible()


def entry(person: Visitor) -> None:
    person.open("/desk/catalogue").link("Under behandling").click()
    expect(person.h1).to_have_text("Endre Under behandling")


STATES: Ways = {
    "catalogue": ("desk_catalogue", "kam.lie", opens("/desk/catalogue")),
    "new entry": ("new_entry", "kam.lie", refused),
    "entry": ("edit_entry", "kam.lie", entry),
}
