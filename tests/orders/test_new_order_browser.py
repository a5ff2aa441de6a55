"""A new order in Chromium: asked about, sent once, and nothing that was typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.orders.ordering import LONG_LABEL, sent, still_written, told_once, write
from tests.stage.browsers.chromium import DESK, PHONE, Visitors
from tests.stage.browsers.live import LivePortal

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room

widths = pytest.mark.parametrize("width", [DESK, PHONE])


# A new order


@widths
def test_the_filter_box_narrows_and_says_how_many(visitor: Visitors, width: int) -> None:
    person = visitor(width=width).sign_in(to="/orders/new")
    same_page = person.stays()
    expect(person.button("Filtrer")).to_be_hidden()
    person.tab_to("Filtrer i bedrifts-/avdelingsliste")
    person.type("TROMS")
    expect(person.part("unit").locator("option")).to_have_text(["Velg", "Tromsø"])
    expect(person.part("status")).to_have_text("1 treff")
    assert person.focused == "Filtrer i bedrifts-/avdelingsliste"
    person.press("Enter")
    expect(person.h1).to_have_text("Ny bestilling")
    same_page()


@widths
def test_a_refused_form_leads_to_its_fields(visitor: Visitors, width: int) -> None:
    person = visitor(width=width).sign_in(to="/orders/new")
    person.field("Antall/omfang:").fill("4")
    person.field("Bestillingsbeskrivelse:").fill("to linjer\n  og innrykk")
    person.button("Send bestilling").press("Enter")
    expect(person.part("problems")).to_be_focused()
    links = person.part("problems").get_by_role("link")
    expect(links).to_have_text(["Velg bedrift/avdeling.", "Skriv hva som ønskes levert."])
    expect(person.field("Antall/omfang:")).to_have_value("4")
    expect(person.field("Bestillingsbeskrivelse:")).to_have_value("to linjer\n  og innrykk")
    expect(person.page).to_have_url(f"{person.portal.url}/orders/new")
    person.press("Tab")
    person.press("Enter")
    expect(person.field("Bedrift/avdeling:")).to_be_focused()
    person.tab_to("Skriv hva som ønskes levert.", back=True)
    person.press("Enter")
    expect(person.field(LONG_LABEL)).to_be_focused()


@widths
@pytest.mark.parametrize(("answer", "left"), [("Fjern", "Hun er nå"), ("Send likevel", "Hun er sykmeldt nå")])
def test_sensitive_words_are_asked_about(
    visitor: Visitors, live: LivePortal, width: int, answer: str, left: str
) -> None:
    person = visitor(width=width).sign_in(to="/orders/new")
    write(person, description="Hun er sykmeldt nå")
    person.button("Send bestilling").press("Enter")
    expect(person.part("guard")).to_be_focused()
    expect(person.part("guard")).to_be_in_viewport()
    person.tab_to(answer)
    person.press("Enter")
    if answer == "Fjern":
        expect(person.part("guard")).to_contain_text("Dette er fjernet fra teksten: sykmeldt")
        expect(person.part("guard")).to_be_focused()
        expect(person.field("Bestillingsbeskrivelse:")).to_have_value(left)
        person.tab_to("Send bestilling")
        person.press("Enter")
    number = sent(person)
    expect(person.page.get_by_text(left, exact=True)).to_be_visible()
    told_once(live, number)


def test_pressing_twice_sends_once(visitor: Visitors, live: LivePortal) -> None:
    person = visitor().sign_in(to="/orders/new")
    write(person)
    person.button("Send bestilling").dblclick()
    number = sent(person)
    told_once(live, number)
    assert len([request for request in person.requests("/orders") if request.method == "POST"]) == 1


def test_pressing_twice_without_script_sends_once(visitor: Visitors, live: LivePortal) -> None:
    person = visitor(script=False).sign_in(to="/orders")
    before = int(person.page.get_by_text(re.compile(r"^\d+ bestillinger")).inner_text().split()[0])
    person.open("/orders/new")
    write(person)
    person.button("Send bestilling").dblclick()
    told_once(live, sent(person))
    expect(person.open("/orders").part("results")).to_contain_text(f"{before + 1} bestillinger")


# What must not be lost


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_was_typed_survives_the_end_of_the_session(visitor: Visitors, live: LivePortal, script: bool) -> None:
    person = visitor(script=script).sign_in(to="/orders/new")
    write(person)
    other = person.window()
    other.goto("/info")
    other.get_by_role("button", name="Logg ut").click()
    expect(other.locator("h1")).to_have_text("Logg inn")
    person.button("Send bestilling").click()
    expect(person.h1).to_have_text("Logg inn")
    expect(person.page.get_by_text("Det du hadde skrevet, er tatt vare på.")).to_be_visible()
    person.field("Brukernavn").fill("hms.fjord")
    person.field("Passord").fill("demo-hms.fjord")
    person.button("Logg inn").click()
    expect(person.h1).to_have_text("Ny bestilling")
    expect(person.part("flash")).to_contain_text("står her fortsatt")
    still_written(person)
    person.button("Send bestilling").click()
    told_once(live, sent(person))


@widths
def test_a_lost_connection_is_said_beside_the_form(visitor: Visitors, live: LivePortal, width: int) -> None:
    person = visitor(width=width, expects="ERR_INTERNET_DISCONNECTED|Failed to fetch").sign_in(to="/orders/new")
    write(person)
    person.context.set_offline(offline=True)
    person.button("Send bestilling").press("Enter")
    expect(person.part("lost")).to_contain_text("Ingen forbindelse.")
    expect(person.part("lost")).to_be_in_viewport()
    expect(person.part("status")).to_contain_text("Ingen forbindelse.")
    expect(person.button("Send bestilling")).to_be_focused()
    expect(person.button("Send bestilling")).to_be_enabled()
    still_written(person)
    person.context.set_offline(offline=False)
    person.button("Send bestilling").press("Enter")
    told_once(live, sent(person))
    expect(person.part("lost")).to_have_count(0)
