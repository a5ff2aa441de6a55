"""The worklist in Chromium, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitors
from tests.stage.browsers.live import LivePortal

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room


def test_4_one_works_down_the_worklist_without_leaving_the_keyboard(visitor: Visitors, live: LivePortal) -> None:
    """What is half typed elsewhere stays, the next row has the focus, and the receipt becomes true by itself."""
    person = visitor(expects="422").sign_in("hms.fjord")
    worklist = person.part("worklist")
    worklist.get_by_role("link", name="Legg inn").last.click()
    fields = worklist.get_by_role("textbox")
    expect(fields.first).to_be_focused()
    first, second = (str(fields.nth(at).get_attribute("id")) for at in (0, 1))
    fields.nth(2).fill("halvt@skrevet")
    fields.first.fill("feil")
    person.press("Enter")
    expect(person.part(first)).to_have_attribute("aria-invalid", "true")
    expect(person.part(first)).to_be_focused()
    person.part(first).fill("ny@fjordbygg.example")
    person.press("Enter")
    expect(person.part("flash")).to_contain_text("er lagret.")
    expect(person.part(second)).to_be_focused()
    expect(fields.nth(1)).to_have_value("halvt@skrevet")
    expect(person.part("receipt")).to_contain_text("Lagret kl.")
    expect(person.part(second)).to_be_focused()
    expect(person.page).to_have_url(f"{live.url}/info")
    person.check()
