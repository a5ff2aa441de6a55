"""The states of signing in, and of passwords, and how each is reached."""

import pyotp
from playwright.sync_api import expect

from tests.stage.browsers.authenticators import make_passkey
from tests.stage.browsers.chromium import Visitor
from tests.stage.times import NOW
from tests.web.states.ways import Ways, opens


def refused_sign_in(person: Visitor) -> None:
    person.open("/login").field("Brukernavn").fill("hms.fjord")
    person.button("Logg inn").click()
    expect(person.part("problems")).to_be_visible()


def signed_out(person: Visitor) -> None:
    person.open("/info").button("Logg ut").click()
    expect(person.part("flash")).to_be_visible()


def password_forgotten(person: Visitor) -> None:
    person.open("/login").link("Glemt passord?").click()
    person.field("Brukernavn eller e-post").fill("hms.fjord")
    person.button("Send lenke").click()
    expect(person.part("request-form")).to_contain_text("Hvis brukeren finnes")


def request_refused(person: Visitor) -> None:
    person.open("/password/forgotten").button("Send lenke").click()
    expect(person.part("problems")).to_be_visible()


def password_link(person: Visitor, typed: str = "") -> None:
    """The page of a user's link, where a password was shown, or was refused."""
    person.open(person.portal.password_link("TESTWEB"))
    person.button("Vis passordet").click()
    if typed:
        person.field("Nytt passord").fill(typed)
        person.button("Lagre passordet").click()
        expect(person.part("problems")).to_be_visible()


def password_refused(person: Visitor) -> None:
    person.open("/password").button("Bytt passord").click()
    expect(person.part("problems")).to_be_visible()


def factor_refused(person: Visitor) -> None:
    """The page with the picture, where a code was wrong."""
    person.open("/password").link("Slå på").click()
    person.field("Engangskode").fill("000000")
    person.button("Slå på").click()
    expect(person.part("problems")).to_be_visible()


def factor_on(person: Visitor) -> None:
    """The page of a second factor, which is set up where it is not yet."""
    person.open("/password/factors")
    if person.part("factor").count() == 0:
        secret = (person.page.locator("main code").first.text_content() or "").replace(" ", "")
        person.field("Engangskode").fill(pyotp.TOTP(secret).at(NOW))
        person.button("Slå på").click()
        person.link("Jeg har tatt vare på kodene").click()
        person.open("/password/factors")
    expect(person.part("factor")).to_be_visible()


def asked_for_a_code(person: Visitor) -> None:
    """After the password, where the user has a second factor."""
    factor_on(person.become("anna.ka"))
    person.context.clear_cookies()
    person.open("/login").field("Brukernavn").fill("anna.ka")
    person.field("Passord").fill("demo-anna.ka")
    person.button("Logg inn").click()
    expect(person.part("code-form")).to_be_visible()


def new_passkey(person: Visitor) -> None:
    """The form of a passkey, sent without a name."""
    person.open("/password").link("Lag en passnøkkel").click()
    person.field("Navn på passnøkkelen").press("Enter")
    expect(person.part("problems")).to_be_visible()


def passkey_on(person: Visitor) -> None:
    """The page of a passkey, which is made where there is none yet."""
    person.open("/password")
    if person.link("Telefonen min").count() == 0:
        make_passkey(person, "Telefonen min")
        person.open("/password")
    person.link("Telefonen min").click()
    expect(person.part("passkey")).to_be_visible()


def work_refused(person: Visitor) -> None:
    """An address at work of which no issuer speaks."""
    person.open("/login/work").field("E-postadressen din på jobben").fill("kari@ukjent.example")
    person.button("Gå videre").click()
    expect(person.part("problems")).to_be_visible()


STATES: Ways = {
    "sign-in": ("sign_in", None, opens("/login")),
    "sign-in refused": ("sign_in", None, refused_sign_in),
    "sign-in at work refused": ("work_sign_in", None, work_refused),
    "sign-in at work that failed": ("work_back", None, opens("/login/work/back")),
    "signed out": ("sign_in", "hms.fjord", signed_out),
    "password": ("password", "hms.fjord", opens("/password")),
    "password refused": ("password", "hms.fjord", password_refused),
    "alerts": ("alerts", "hms.fjord", opens("/alerts")),
    "second factor": ("second_factor", "anna.ka", factor_on),
    "sign-in with a code": ("sign_in_code", None, asked_for_a_code),
    "second factor refused": ("new_factor", "hms.fjord", factor_refused),
    "new passkey refused": ("new_passkey", "hms.fjord", new_passkey),
    "passkey": ("passkey", "hr.solvik", passkey_on),
    "password forgotten": ("forgotten_password", None, password_forgotten),
    "password request refused": ("forgotten_password", None, request_refused),
    "password link": ("password_link", None, password_link),
    "password link refused": ("password_link", None, lambda person: password_link(person, "kort")),
    "password link that is over": ("password_link", None, opens("/password/over")),
}
