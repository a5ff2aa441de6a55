"""The ways to a state that several rooms share. A state is a place as somebody finds it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor

State = Callable[[Visitor], object]


def opens(path: str) -> State:
    """The place as it comes."""
    return lambda person: person.open(path)


def employee(person: Visitor, name: str = "Ingrid Solbakken") -> None:
    person.open(f"/employees?q={name}{'&inactive=1' if name == 'Siv Ånonsen' else ''}").link(name).click()
    expect(person.h1).to_have_text(name)


def desk_customer(person: Visitor) -> None:
    person.open("/desk/customers").link("Fjordbygg Entreprenør AS").click()
    expect(person.part("viewing")).to_be_visible()


def from_the_customer(person: Visitor, *links: str, press: str = "") -> None:
    """A place that is reached from a customer's page, and a form there that is sent empty."""
    desk_customer(person)
    for link in links:
        person.link(link).first.click()
    if press:
        person.button(press).click()
        expect(person.part("problems")).to_be_visible()
    expect(person.page.locator(".crumbs")).to_be_visible()


def viewing(person: Visitor) -> None:
    desk_customer(person)
    person.field("Hvorfor?").fill("Spør om en time")
    person.button("Se som kunden").click()
    expect(person.button("Avslutt innsyn")).to_be_visible()


Ways = dict[str, tuple[str | None, str | None, State]]
"""By its name, the state's route, who comes, and how it is reached."""
