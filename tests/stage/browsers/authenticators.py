"""Chromium's own authenticator, which has a finger on its button: passkeys without a device."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor

_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_device(person: Visitor) -> None:
    """From now on there is a device at hand that makes passkeys and uses them."""
    cdp = person.context.new_cdp_session(person.page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})


def make_passkey(person: Visitor, name: str) -> list[str]:
    """Make the first passkey of a user, with such a device; gives the recovery codes."""
    give_device(person)
    person.open("/password").link("Lag en passnøkkel").click()
    person.field("Navn på passnøkkelen").fill(name)
    person.button("Lag passnøkkel").click()
    expect(person.h1).to_have_text("Gjenopprettingskoder")
    return person.page.locator("#codes code").all_text_contents()
