"""The days of finance and of the desk on a narrow screen: by keyboard alone, and without script.

HR's day is the journey in `test_browser`, and the sign-up in `tests/bookings`; in a terminal, `test_text_browser`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.orders.ordering import LONG_LABEL
from tests.stage.browsers.chromium import PHONE, Visitor, Visitors
from tests.stage.browsers.live import LivePortal
from tests.stage.material.rounds import somebody_comes_today

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # the rooms' own stories tell each step


@dataclass
class Hands:
    """How somebody goes on, fills in a field, and chooses from a list."""

    person: Visitor
    go: Callable[[str], None]
    fill: Callable[[str, str], None]
    choose: Callable[[str, str], object]


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

        def choose(label: str, text: str) -> None:
            person.tab_to(label, within=150)
            person.type(text)

        return Hands(person, go, fill, choose)
    person = visitor(width=PHONE, script=False)

    def click(name: str) -> None:
        person.page.locator("a, button").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).first.click()

    return Hands(
        person,
        click,
        lambda label, text: person.field(label).fill(text),
        lambda label, text: person.field(label).select_option(label=text),
    )


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


def test_the_desk_receives_an_order_answers_books_and_notes_who_came(hands: Hands, live: LivePortal) -> None:
    live.put_back()
    with live.behind() as db:
        title, who = somebody_comes_today(db)
        db.commit()
    kam = hands.person.sign_in("kam.lie", to="/desk")
    fits(kam)
    hands.go("Vaksinasjon stivkrampe")
    expect(kam.h1).to_have_text("Vaksinasjon stivkrampe")
    fits(kam)
    hands.fill("Skriv en melding", "Vi kommer gjerne om morgenen.")
    hands.go("Send melding")
    expect(kam.part("messages")).to_contain_text("Vi kommer gjerne om morgenen.")
    hands.choose("Ordrestatus", "Mottatt")
    hands.go("Lagre")
    expect(kam.part("flash")).to_contain_text("Lagret.")

    hands.go("Ny booking")
    expect(kam.h1).to_have_text("Ny booking")
    fits(kam)
    hands.fill("Sted", "Brakkeriggen")
    hands.fill("Fra dato", "09.11.2026")
    hands.go("Se over")
    expect(kam.part("planned")).to_contain_text("14 tider")
    fits(kam)
    hands.go("Publiser")
    expect(kam.part("flash")).to_contain_text("Vaksinasjon stivkrampe er publisert med 14 tider.")
    fits(kam)

    hands.go("Oversikt")
    expect(kam.h1).to_have_text("Oversikt")
    hands.go(title)
    expect(kam.h1).to_have_text(title)
    fits(kam)
    hands.go("Møtt")
    expect(kam.part("flash")).to_have_text(f"Møtt er notert for {who}.")
    hands.go("Oversikt")
    expect(kam.h1).to_have_text("Oversikt")
    expect(kam.part("to-note")).to_have_count(0)


def test_the_desk_finds_a_customer_who_phones_and_orders(hands: Hands) -> None:
    kam = hands.person.sign_in("kam.lie", to="/desk")
    hands.go("Kunder")
    expect(kam.h1).to_have_text("Kunder")
    hands.fill("Fritekst:", "havbris")
    kam.press("Enter")
    expect(kam.rows).to_have_count(1)
    hands.go("Havbris Sjømat AS")
    expect(kam.h1).to_have_text("Havbris Sjømat AS")
    fits(kam)
    hands.go("Ny bestilling")
    expect(kam.h1).to_have_text("Ny bestilling for Havbris Sjømat AS")
    hands.choose("Bedrift/avdeling:", "Produksjon")
    hands.fill("Navn, når det er en annen:", "Ola Olsen")
    hands.fill(LONG_LABEL, "Støymåling")
    hands.go("Send bestilling")
    expect(kam.h1).to_have_text("Støymåling")
    expect(kam.part("flash")).to_contain_text("er sendt")
