"""Signing out in Chromium: what is behind the button called Back (N4)."""

import pytest
from playwright.sync_api import Browser, expect

from tests.stage.browsers.chromium import Visitors

pytestmark = pytest.mark.browser


@pytest.fixture
def chromium(whole_chromium: Browser) -> Browser:
    """The one that keeps the pages which were left."""
    return whole_chromium


# Signing out (N4)


@pytest.mark.rest  # of one room; that nothing is kept is in its headers
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_n4_back_shows_nothing_after_signing_out(visitor: Visitors, script: bool) -> None:
    person = visitor(script=script).sign_in(to="/orders")
    person.open("/orders/307513")
    person.page.go_back(wait_until="commit")
    expect(person.h1).to_have_text("Bestilling")
    assert len(person.requests("/orders")) == 1, "Back asked anew, so that the rest of this story shows nothing"
    person.page.go_forward(wait_until="commit")
    expect(person.page.locator(".number")).to_have_text("307513")
    person.button("Logg ut").click()
    expect(person.part("flash")).to_have_text("Du er logget ut.")
    person.page.wait_for_load_state()
    for _ in range(2):  # the page that was open, and the one before it
        person.page.go_back(wait_until="commit")
        expect(person.h1).to_have_text("Logg inn")
        expect(person.page.locator("body")).not_to_contain_text("Du er logget inn som")
