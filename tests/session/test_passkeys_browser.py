"""A passkey in Chromium, with its virtual authenticator: made, and used at the second step of signing in."""

import pytest
from playwright.sync_api import expect

from tests.stage.browsers.authenticators import make_passkey
from tests.stage.browsers.chromium import Visitors


@pytest.mark.rest  # one room in a browser; test_passkeys has the rules
@pytest.mark.browser
def test_a_passkey_is_made_and_opens_the_portal_at_the_next_sign_in(visitor: Visitors) -> None:
    person = visitor().become("Tester")
    codes = make_passkey(person, "Jobb-PC")
    person.link("Jeg har tatt vare på kodene").click()
    person.button("Logg ut").click()
    person.field("Brukernavn").fill("Tester")
    person.field("Passord").fill("demo-tester")
    person.button("Logg inn").click()
    expect(person.h1).to_have_text("Passnøkkel")
    person.button("Bruk passnøkkel").click()
    expect(person.h1).to_have_text("Info")
    person.open("/password").link("Jobb-PC").click()
    expect(person.page.get_by_text("Sist brukt")).to_be_visible()
    person.field("Engangskode").fill(codes[0])
    person.button("Fjern").click()
    expect(person.part("flash")).to_contain_text("Passnøkkelen «Jobb-PC» er fjernet her.")
