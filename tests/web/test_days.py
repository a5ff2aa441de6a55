"""The days of finance and of the desk on a narrow screen: by keyboard alone, and without script.

HR's day is the journey in `test_browser`, and the sign-up in `tests/bookings`; in a terminal, `test_text_browser`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.orders.ordering import LONG_LABEL
from tests.stage.browsers.chromium import PHONE, Visitor, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # the rooms' own stories tell each step


@dataclass
class Hands:
    """How somebody goes on, and fills in a field."""

    person: Visitor
    go: Callable[[str], None]
    fill: Callable[[str, str], None]


@pytest.fixture(params=["keyboard", "without script"])
def hands(request: pytest.FixtureRequest, visitor: Visitors) -> Hands:
    """Somebody at a window of 320 pixels, with nothing but Tab, Enter and letters, or with a browser without script."""
    if request.param == "keyboard":
        person = visitor(width=PHONE)

        def go(name: str) -> None:
            person.tab_to(name, within=150)
            person.press("Enter")

        def fill(label: str, text: str) -> None:
            person.tab_to(label, within=150)
            person.press("Control+A")
            person.type(text)

        return Hands(person, go, fill)
    person = visitor(width=PHONE, script=False)

    def click(name: str) -> None:
        person.link(name).or_(person.button(name)).first.click()

    return Hands(person, click, lambda label, text: person.field(label).fill(text))


def fits(person: Visitor) -> None:
    """Nobody has to scroll sideways."""
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_finance_goes_from_what_is_owed_to_the_invoice_and_asks_about_it(hands: Hands) -> None:
    finance = hands.person.sign_in("okonomi.fjord")
    fits(finance)
    hands.go("Forfalt")
    expect(finance.h1).to_have_text("Fakturaer")
    expect(finance.field("Status:")).to_have_value("overdue")
    number = finance.rows.first.locator("th a").inner_text()
    hands.go(number)
    expect(finance.h1).to_contain_text(number)
    expect(finance.part("pay")).to_contain_text("KID")
    fits(finance)
    hands.fill("Skriv en melding", f"Hva gjelder {number}?")
    hands.go("Send melding")
    expect(finance.part("messages")).to_contain_text(f"Hva gjelder {number}?")
    expect(finance.part("flash")).to_have_text("Meldingen er sendt.")
    hands.go("Logg ut")
    expect(finance.part("flash")).to_have_text("Du er logget ut.")


def test_the_desk_finds_a_customer_who_phones_orders_and_answers(hands: Hands) -> None:
    kam = hands.person.sign_in("kam.lie", to="/desk")
    fits(kam)
    hands.go("Kunder")
    hands.fill("Fritekst:", "havbris")
    kam.press("Enter")
    expect(kam.rows).to_have_count(1)
    hands.go("Havbris Sjømat AS")
    expect(kam.h1).to_have_text("Havbris Sjømat AS")
    fits(kam)
    hands.go("Ny bestilling")
    expect(kam.h1).to_have_text("Ny bestilling")
    unit = kam.page.locator("select[name=unit] option", has_text="Produksjon").get_attribute("value")
    kam.page.locator("select[name=unit]").select_option(unit)
    hands.fill("Navn, når det er en annen:", "Ola Olsen")
    hands.fill(LONG_LABEL, "Støymåling")
    hands.go("Send bestilling")
    expect(kam.h1).to_have_text("Støymåling")
    expect(kam.part("flash")).to_contain_text("er sendt")
    fits(kam)
    hands.fill("Skriv en melding", "Vi ringer i morgen.")
    hands.go("Send melding")
    expect(kam.part("messages")).to_contain_text("Vi ringer i morgen.")
