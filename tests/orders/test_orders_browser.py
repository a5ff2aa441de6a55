"""Orders in Chromium: the search in place, and the order's page."""

import re

import pytest
from playwright.sync_api import Request, Route, expect

from tests.stage.browsers.chromium import DESK, PHONE, Visitor, Visitors
from tests.stage.browsers.live import until

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room

widths = pytest.mark.parametrize("width", [DESK, PHONE])


def hold(person: Visitor, url: str) -> list[Route]:
    """Keep requests back; the list fills with them."""
    held: list[Route] = []
    person.page.route(re.compile(url), lambda route: held.append(route))  # noqa: PLW0108  # takes no built-in method
    return held


@widths
def test_typing_narrows_the_list_in_place(visitor: Visitors, width: int) -> None:
    person = visitor(width=width).sign_in(to="/orders")
    same_page = person.stays()
    number = person.field("Bestillingsnummer:")
    expect(person.part("status")).to_be_empty()
    number.press_sequentially("307513")
    expect(person.rows).to_have_count(1)
    expect(person.rows).to_contain_text("307513")
    expect(person.part("status")).to_have_text("1 bestilling")
    expect(person.page).to_have_url(f"{person.portal.url}/orders?number=307513")
    expect(number).to_be_focused()
    expect(number).to_have_value("307513")
    same_page()

    number.fill("999999")
    expect(person.part("status")).to_have_text("Ingen bestillinger funnet")
    expect(person.part("results")).to_contain_text("Ingen bestillinger funnet")
    expect(number).to_be_focused()
    same_page()

    person.page.go_back()
    expect(person.rows).to_have_count(1)
    expect(person.field("Bestillingsnummer:")).to_have_value("307513")
    person.page.reload()
    expect(person.rows).to_have_count(1)
    expect(person.field("Bestillingsnummer:")).to_have_value("307513")
    expect(person.part("tabs")).to_be_visible()
    person.page.go_back()
    expect(person.rows).to_have_count(25)
    expect(person.field("Bestillingsnummer:")).to_have_value("")


def test_a_number_that_is_typed_is_asked_for_once(visitor: Visitors) -> None:
    person = visitor()
    person.page.clock.install()
    person.sign_in(to="/orders")
    person.page.clock.pause_at(person.page.evaluate("Date.now() + 1000"))
    before = len(person.requests("/orders"))
    for key in "307513":
        person.field("Bestillingsnummer:").press(key)
        person.page.clock.run_for(100)
    assert len(person.requests("/orders")) == before
    person.page.clock.run_for(300)
    expect(person.rows).to_have_count(1)
    assert [request.url for request in person.requests("/orders")[before:]] == [
        f"{person.portal.url}/orders?number=307513&from=&to=&status=&unit=&product_group="
    ]


def test_what_is_typed_while_the_answer_comes_is_kept(visitor: Visitors) -> None:
    person = visitor()
    person.page.clock.install()
    person.sign_in(to="/orders")
    person.page.clock.pause_at(person.page.evaluate("Date.now() + 1000"))
    held = hold(person, "number=3075&")
    number = person.field("Bestillingsnummer:")
    number.press_sequentially("3075")
    person.page.clock.run_for(300)
    until(lambda: person.page.evaluate("1") and held, "the request")
    number.press_sequentially("13")
    held[0].continue_()
    expect(person.part("status")).not_to_be_empty()
    expect(number).to_have_value("307513")
    expect(number).to_be_focused()
    person.page.clock.run_for(300)
    expect(person.rows).to_have_count(1)


def test_the_newest_search_wins(visitor: Visitors) -> None:
    person = visitor(expects="ERR_ABORTED").sign_in(to="/orders")
    held = hold(person, "number=307512&")
    ended: list[Request] = []
    for event in ("requestfailed", "requestfinished"):
        person.page.on(event, lambda request: ended.append(request))  # noqa: PLW0108  # takes no built-in method
    number = person.field("Bestillingsnummer:")
    with person.page.expect_request(re.compile(r"number=307512&")):
        number.fill("307512")
    number.fill("307513")
    expect(person.rows).to_have_count(1)
    held[0].continue_()
    until(lambda: person.page.evaluate("1") and held[0].request in ended, "the end of the older request")
    person.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(person.rows).to_have_count(1)
    expect(person.rows).to_contain_text("307513")
    expect(person.part("status")).to_have_text("1 bestilling")
    expect(person.page).to_have_url(f"{person.portal.url}/orders?number=307513")


@widths
def test_a_wrong_date_is_said_at_the_field(visitor: Visitors, width: int) -> None:
    person = visitor(width=width).sign_in(to="/orders")
    same_page = person.stays()
    person.field("Status:").select_option("Planlagt")
    expect(person.page).to_have_url(re.compile("status=Planlagt"))
    planned = person.rows.count()
    person.field("Fra dato:").fill("31.02.2026")
    person.press("Tab")
    expect(person.part("from-error")).not_to_be_empty()
    expect(person.field("Fra dato:")).to_have_attribute("aria-invalid", "true")
    expect(person.field("Fra dato:")).to_have_attribute("aria-describedby", "from-error")
    expect(person.field("Fra dato:")).to_have_value("31.02.2026")
    expect(person.field("Status:")).to_have_value("Planlagt")
    expect(person.field("Til dato:")).to_be_focused()

    person.field("Fra dato:").fill("01.01.2020")
    person.press("Enter")
    expect(person.part("from-error")).to_be_empty()
    expect(person.field("Fra dato:")).not_to_have_attribute("aria-invalid", "true")
    expect(person.field("Fra dato:")).to_be_focused()
    expect(person.rows).to_have_count(planned)
    same_page()


def test_the_next_page_comes_in_place(visitor: Visitors) -> None:
    person = visitor().sign_in(to="/orders")
    same_page = person.stays()
    first = person.rows.first.inner_text()
    person.tab_to("Eldre bestillinger")
    person.press("Enter")
    expect(person.rows.first).not_to_have_text(first)
    expect(person.page).to_have_url(re.compile("after="))
    person.comes_to("Søkeresultat")
    same_page()
    person.page.go_back()
    expect(person.rows.first).to_contain_text(first.split()[0])


def test_a_search_without_connection_says_so_and_recovers(visitor: Visitors) -> None:
    person = visitor(expects="ERR_INTERNET_DISCONNECTED|Failed to fetch").sign_in(to="/orders")
    person.context.set_offline(offline=True)
    number = person.field("Bestillingsnummer:")
    number.press_sequentially("307513")
    expect(person.part("lost")).to_contain_text("Ingen forbindelse.")
    expect(number).to_have_value("307513")
    expect(number).to_be_focused()
    person.context.set_offline(offline=False)
    number.press("Enter")
    expect(person.rows).to_have_count(1)
    expect(person.part("lost")).to_have_count(0)
    expect(person.part("status")).to_have_text("1 bestilling")


# The order's page


def test_the_reference_is_changed_in_place_and_the_number_copied(visitor: Visitors) -> None:
    person = visitor().sign_in(to="/orders/307513")
    same_page = person.stays()
    person.field("Faktura merkes med/fakturareferanse:").fill("PO 4713")
    person.press("Enter")
    expect(person.part("flash")).to_contain_text("Referansen er lagret.")
    expect(person.part("status")).to_have_text("Referansen er lagret.")
    person.comes_to("Faktura merkes med/fakturareferanse:")
    same_page()
    person.button("Kopier nummer").press("Enter")
    expect(person.button("Kopiert")).to_be_focused()
    expect(person.part("status")).to_have_text("Nummeret er kopiert")
    assert person.page.evaluate("navigator.clipboard.readText()") == "307513"


def test_how_much_of_a_file_is_sent_is_seen_and_the_message_comes_in_place(visitor: Visitors) -> None:
    person = visitor(width=PHONE).sign_in(to="/orders/307512")
    same_page, bars = person.stays(), "document.querySelector('[data-sending]')"
    person.page.evaluate(
        f"window.seen = []; new MutationObserver(() => {{ const bar = {bars};"
        " if (bar && !bar.hidden) window.seen.push(bar.textContent.trim()); })"
        ".observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })"
    )
    person.field("Skriv en melding").fill("Tegningen")
    person.page.locator("#files").set_input_files(
        {"name": "tegning.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + bytes(4_000_000)}
    )
    person.button("Send melding").click()
    expect(person.part("messages")).to_contain_text("tegning.pdf")
    expect(person.part("flash")).to_contain_text("Meldingen er sendt.")
    assert "Filene er sendt. Venter på svar." in person.page.evaluate("window.seen")
    same_page()
