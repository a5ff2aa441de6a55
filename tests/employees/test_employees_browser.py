"""Employees in Chromium: the form in the place of the card, where the focus goes, and the same without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.stage.browsers.chromium import PHONE, Visitor, Visitors
from tests.stage.browsers.live import until

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room


def editing(person: Visitor, name: str) -> Visitor:
    person.link(name).click()
    expect(person.h1).to_have_text(name)
    person.link("Rediger").click()
    expect(person.h1).to_have_text("Rediger ansatt")
    return person


def save(person: Visitor) -> None:
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()


def test_edit_in_place_by_keyboard(visitor: Visitors) -> None:
    person = visitor().sign_in("hms.fjord", to="/employees")
    person.field("Fritekst:").fill("solb")
    expect(person.rows).to_have_count(1)
    expect(person.part("status")).to_have_text("1 ansatt")
    expect(person.page).to_have_url(re.compile("q=solb"))
    editing(person, "Ingrid Solbakken")
    expect(person.field("Fornavn")).to_be_focused()
    expect(person.page).to_have_url(re.compile(r"/employees/\d+/edit$"))
    person.tab_to("Avbryt")
    person.press("Enter")
    expect(person.page).to_have_url(re.compile(r"/employees/\d+$"))
    expect(person.h1).to_have_text("Ingrid Solbakken")
    expect(person.h1).to_be_focused()
    expect(person.page).to_have_title("Ingrid Solbakken – Avonova Kundeportal")

    person.tab_to("Rediger")
    person.press("Enter")
    person.field("Epost").fill("ingrid")
    person.field("Mobil").fill("12345699")
    person.press("Enter")
    expect(person.part("problems")).to_be_focused()
    expect(person.field("Mobil")).to_have_value("12345699")
    expect(person.field("Epost")).to_have_attribute("aria-invalid", "true")
    person.field("Epost").fill("ingrid.solbakken@fjordbygg.example")
    person.press("Enter")
    expect(person.part("flash")).to_contain_text("Endringene er lagret.")
    expect(person.part("status")).to_contain_text("Endringene er lagret.")
    expect(person.part("employee")).to_contain_text("12345699")
    until(lambda: person.focused != "body", "the focus somewhere")


def test_c11_back_and_forward_find_what_was_typed_and_never_a_number(visitor: Visitors) -> None:
    """Only what was changed comes back, and only in the entry of the history in which it was typed."""
    person = editing(visitor().sign_in("hms.fjord", to="/employees?q=solb"), "Ingrid Solbakken")
    person.field("Mobil").fill("99 88 77 66")
    person.field("Etternavn").fill("148384-19861")
    person.page.locator("[name=national_id]").fill("14838419861")
    kept = person.page.evaluate("JSON.stringify(history.state)")
    assert "99 88 77 66" in kept
    assert "14838" not in kept
    assert "Solbakken" not in kept, "nothing that was not typed"
    person.page.go_back()
    expect(person.h1).to_have_text("Ingrid Solbakken")
    person.page.go_forward()
    expect(person.field("Mobil")).to_have_value("99 88 77 66")
    person.link("Info").click()
    expect(person.h1).to_have_text("Info")
    person.page.go_back()
    expect(person.h1).to_have_text("Rediger ansatt")
    expect(person.field("Mobil")).to_have_value("99 88 77 66")
    expect(person.page.locator("[name=national_id]")).not_to_have_value("14838419861")
    person.link("Avbryt").click()
    expect(person.h1).to_have_text("Ingrid Solbakken")
    person.link("Rediger").click()
    expect(person.h1).to_have_text("Rediger ansatt")
    expect(person.field("Mobil")).not_to_have_value("99 88 77 66")


def test_the_units_are_narrowed_while_one_types(visitor: Visitors) -> None:
    person = visitor(width=PHONE).sign_in("hms.fjord", to="/employees")
    person.field("Filtrer i bedrifts-/avdelingsliste").fill("troms")
    expect(person.part("unit").locator("option")).to_have_text(["Alle", re.compile("Tromsø")])
    person.field("Bedrift/Avdeling:").select_option(index=1)
    expect(person.page).to_have_url(re.compile(r"unit=\d+"))
    expect(person.rows.first).to_contain_text("Tromsø")


@pytest.mark.rest  # as in the stories without a browser
def test_the_same_without_script(visitor: Visitors) -> None:
    person = visitor(script=False).sign_in("leder.brann", to="/employees")
    person.field("Fritekst:").fill("øvre")
    person.press("Enter")
    expect(person.rows).to_have_count(1)
    editing(person, "Lars Øvrebø")
    expect(person.page).to_have_url(re.compile(r"/edit$"))
    person.field("Epost").fill("")
    save(person)
    expect(person.part("problems")).to_be_visible()
    person.field("Epost").fill("lars@solvik.example")
    save(person)
    expect(person.h1).to_have_text("Lars Øvrebø")
    expect(person.part("flash")).to_contain_text("Endringene er lagret.")
    person.link("Deaktiver").click()
    expect(person.h1).to_have_text("Deaktiver ansatt")
