"""Invoices in Chromium: found, sorted, opened, and the number copied."""

import pytest
from playwright.sync_api import expect

from tests.stage.browsers.chromium import PHONE, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room


# Invoices


def test_f3_f6_f10_an_invoice_is_found_sorted_opened_and_its_kid_copied(visitor: Visitors) -> None:
    person = visitor().sign_in("TESTWEB", to="/invoices")
    same_page = person.stays()
    person.link("Total").press("Enter")
    expect(person.page.get_by_role("columnheader", name="Total")).to_have_attribute("aria-sort", "ascending")
    person.field("Fakturanummer:").press_sequentially("1183")
    expect(person.rows).to_have_count(5)
    person.field("Status:").select_option("Betalt")
    expect(person.part("status")).to_have_text("Ingen fakturaer funnet")
    person.field("Status:").select_option("")
    person.field("Fakturanummer:").press_sequentially("52")
    expect(person.rows).to_have_count(1)
    expect(person.part("status")).to_have_text("1 faktura")
    assert "sort=total" in person.page.url
    same_page()
    person.link("2017-118352").press("Enter")
    expect(person.h1).to_have_text("Faktura 2017-118352")
    person.button("Kopier KID").press("Enter")
    expect(person.part("status")).to_have_text("Nummeret er kopiert")
    kid = person.page.evaluate("navigator.clipboard.readText()")
    person.page.get_by_role("searchbox").fill(kid)
    person.press("Enter")
    expect(person.h1).to_have_text("Søk")
    expect(person.link("2017-118352")).to_be_visible()


def test_on_a_phone_the_button_of_the_frame_opens_the_search(visitor: Visitors) -> None:
    person = visitor(width=PHONE).sign_in("TESTWEB", to="/invoices")
    person.button("Finn").click()
    expect(person.field("Søk:")).to_be_focused()
    person.field("Søk:").press_sequentially("2018-118376")
    expect(person.link("2018-118376")).to_be_visible()
