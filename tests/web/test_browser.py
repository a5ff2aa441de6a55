"""Whole journeys in Chromium, with and without script, by keyboard; what belongs to one room is tested there."""

import re

import pytest
from playwright.sync_api import expect

from tests.orders.ordering import LONG_LABEL, TEXTS, sent, still_written, told_once, write
from tests.stage.browsers.chromium import DESK, PHONE, Visitors
from tests.stage.browsers.live import LivePortal

pytestmark = pytest.mark.browser

widths = pytest.mark.parametrize("width", [DESK, PHONE])


# Journeys


@widths
def test_a_whole_journey_by_keyboard(visitor: Visitors, live: LivePortal, width: int) -> None:
    person = visitor(width=width).open("/orders")
    person.tab_to("Brukernavn")
    person.type("hms.fjord")
    person.tab_to("Passord")
    person.type("demo-hms.fjord")
    person.press("Enter")
    expect(person.h1).to_have_text("Bestilling")
    expect(person.part("tabs").get_by_role("link")).to_have_text(["Info", "Bestilling", "Ansatte", "Rapporter"])
    expect(person.page.get_by_role("banner")).to_contain_text("Du er logget inn som: Hilde Moldskred (hms.fjord)")

    person.tab_to("Bestillingsnummer:")
    person.type("307513")
    expect(person.rows).to_have_count(1)
    person.tab_to("307513")
    person.press("Enter")
    expect(person.page.locator(".number")).to_have_text("307513")
    expect(person.part("bookings")).to_contain_text("13. oktober")

    person.tab_to("Bestilling")
    person.press("Enter")
    expect(person.rows).to_have_count(25)
    person.tab_to("Ny bestilling")
    person.press("Enter")
    expect(person.h1).to_have_text("Ny bestilling")
    person.tab_to("Bedrift/avdeling:")
    for _ in range(3):  # past the company and Administrasjon
        person.press("ArrowDown")
    for label, text in TEXTS.items():
        person.tab_to(label)
        person.type(text)
    still_written(person)
    person.tab_to("Send bestilling")
    person.press("Enter")
    number = sent(person)
    person.comes_to(person.h1.inner_text())
    expect(person.part("status")).to_contain_text(f"Bestilling {number} er sendt.")
    told_once(live, number)

    person.tab_to("Logg ut", back=True)
    person.press("Enter")
    expect(person.h1).to_have_text("Logg inn")
    expect(person.part("flash")).to_have_text("Du er logget ut.")
    expect(person.open("/orders").h1).to_have_text("Logg inn")


@widths
def test_the_same_journey_without_script(visitor: Visitors, live: LivePortal, width: int) -> None:
    person = visitor(script=False, width=width).sign_in(to="/orders")
    person.field("Bestillingsnummer:").fill("307513")
    person.field("Bestillingsnummer:").press("Enter")
    expect(person.rows).to_have_count(1)
    expect(person.page).to_have_url(re.compile("number=307513"))
    person.field("Fra dato:").fill("32.13.2026")
    person.button("Søk").click()
    expect(person.part("from-error")).to_contain_text("dato")
    expect(person.field("Bestillingsnummer:")).to_have_value("307513")
    person.field("Fra dato:").fill("")
    person.button("Søk").click()
    person.link("307513").click()
    expect(person.part("bookings")).to_contain_text("13. oktober")

    person.open("/orders")
    person.link("Ny bestilling").click()
    write(person, description="Hun er sykmeldt nå")
    person.field("Filtrer i bedrifts-/avdelingsliste").fill("tromsø")
    person.button("Filtrer").click()
    expect(person.part("unit-note")).to_have_text("1 treff")
    expect(person.field("Bestillingsbeskrivelse:")).to_have_value("Hun er sykmeldt nå")
    person.field(LONG_LABEL).fill("")
    person.button("Send bestilling").click()
    person.part("problems").get_by_role("link").click()
    expect(person.field(LONG_LABEL)).to_be_focused()
    person.field(LONG_LABEL).fill("Førstehjelpskurs")
    person.button("Send bestilling").click()
    person.button("Fjern").click()
    expect(person.field("Bestillingsbeskrivelse:")).to_have_value("Hun er nå")
    person.field("Bestillingsbeskrivelse:").fill("Gjerne før jul.")
    still_written(person)
    person.button("Send bestilling").click()
    number = sent(person)
    told_once(live, number)

    person.field("Faktura merkes med/fakturareferanse:").fill("PO 4712")
    person.button("Lagre referanse").click()
    expect(person.part("flash")).to_contain_text("Referansen er lagret.")
    expect(person.field("Faktura merkes med/fakturareferanse:")).to_have_value("PO 4712")
    person.button("Logg ut").click()
    expect(person.part("flash")).to_have_text("Du er logget ut.")
