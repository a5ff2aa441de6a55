"""Choosing a password in Chromium and in lynx: what is seen, what is kept, and where focus goes."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitors
from tests.stage.browsers.live import LivePortal, until
from tests.stage.browsers.terminals import Terminals

GOOD = "sure epler i kurv"


@pytest.mark.browser
@pytest.mark.rest  # of one room; the journeys sign in
def test_a_password_is_chosen_seen_for_a_moment_and_sent_from_a_field_of_dots(
    visitor: Visitors, live: LivePortal
) -> None:
    person = visitor()
    person.open(live.password_link("okonomi.fjord"))
    password, username = person.field("Nytt passord"), person.field("Brukernavn")
    for field, kind in ((username, "username"), (password, "new-password")):
        expect(field).to_have_attribute("autocomplete", kind)
    expect(username).to_have_value("okonomi.fjord")
    expect(username).not_to_be_editable()
    password.fill("kort")
    person.button("Vis passordet").click()
    expect(password).to_have_attribute("type", "text")
    password.press("Enter")
    expect(person.part("problems")).to_be_focused()
    expect(person.field("Nytt passord")).to_have_attribute("type", "password")
    expect(person.button("Vis passordet")).to_be_visible()
    person.field("Nytt passord").fill(GOOD)
    person.button("Vis passordet").click()
    with person.page.expect_request(re.compile("/password/")):
        person.button("Lagre passordet").click()
    expect(person.h1).to_have_text("Logg inn")
    expect(person.part("flash")).to_have_text("Passordet er lagret. Logg inn med det.")
    said = [f"{asked.url} {asked.headers.get('referer')}" for asked in person.asked]
    assert not [each for each in said if "epler" in each or "/password/" in each.partition(" ")[2]]
    person.field("Brukernavn").fill("okonomi.fjord")
    person.field("Passord").fill(GOOD)
    person.field("Passord").press("Enter")
    expect(person.h1).to_have_text("Info")


@pytest.mark.text_browser
def test_whoever_forgot_a_password_gets_in_again_with_a_text_browser(terminal: Terminals, live: LivePortal) -> None:
    person = terminal("lynx", "/login")
    person.sees("Brukernavn")
    person.enter("Glemt passord?")
    person.sees("Brukernavn eller e-post")
    person.fill("Brukernavn eller e-post", "leder.brann")
    person.enter("Send lenke")
    person.sees("Hvis brukeren finnes")
    until(lambda: bool(_letters(live)), "the letter")
    text = _letters(live)[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [url] = re.findall(r"(/password/[a-z2-7]{40})", text)
    person = terminal("lynx", url)
    person.sees("Nytt passord")
    person.fill("Nytt passord", GOOD)
    person.enter("Lagre passordet")
    person.sees("Passordet er lagret.")
    person = terminal("lynx", "/orders")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "leder.brann")
    person.fill("Passord", GOOD)
    person.enter("Logg inn")
    person.sees("Søkeresultat")


def _letters(live: LivePortal) -> list[EmailMessage]:
    return [letter for letter in live.letters("Velg et nytt passord") if letter["To"] == "lena.brattvag@solvik.example"]
