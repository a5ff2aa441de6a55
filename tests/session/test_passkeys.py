"""Passkeys: made, used at the second step of signing in, refused where anything about them is wrong, and taken away."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.demo.authenticator import PRESENT
from models.users.factors.passkeys import Challenge, Made, Party, Refused
from models.users.user import FactorKind, SecondFactor
from routes.session.giving import WRONG_PASSKEY
from routes.session.passkeys import NOT_MADE, TAKEN
from tests.session.ways_in import code_of, key_on, letters, log_of, sign_in
from tests.stage.house import House
from tests.stage.outside.authenticator import Authenticator
from tests.stage.page import Page
from tests.stage.times import NOW

HOME = "http://localhost:8000"


def options(page: Page) -> str:
    """What the page has the browser asked."""
    return str(page.soup.select_one("[data-passkey]")["data-passkey"])  # type: ignore[index]


def answer(page: Page, field: str, said: str) -> Page:
    """Send the form as the script does, with what the browser said."""
    form = page.soup.select_one("[data-passkey]").find_parent("form")  # type: ignore[union-attr]
    return page.submit(form, **{field: said})  # type: ignore[arg-type]


def use(house: House, page: Page, passkey: Authenticator, **lies: Any) -> Page:
    """Use a passkey on a page that asks for one, a moment later than all before."""
    house.clock.advance(timedelta(seconds=1))
    page.open(page.url)
    return answer(page, "passkey", passkey.sign(options(page), **lies))


@pytest.fixture
def home(house: House) -> Iterator[House]:
    """The portal at an address with a name: passkeys belong to names."""
    yield from at_a_name(house)


@pytest.fixture
def quiet_home(quiet_house: House) -> Iterator[House]:
    """The same, for what is alike with and without htmx."""
    yield from at_a_name(quiet_house)


def at_a_name(house: House) -> Iterator[House]:
    """Visitors of the house come to another address."""
    with house.with_settings(public_url=HOME) as visitor:
        house.visitor = lambda *_: visitor()  # type: ignore[method-assign]
        yield house
        del house.visitor


def test_a_passkey_is_made_used_and_taken_away_and_codes_are_the_way_without_script(home: House) -> None:
    key, spare = Authenticator(), Authenticator(counts=False)
    hms = sign_in(home.visitor()).open("/password").follow("Lag en passnøkkel")
    assert (hms.h1, hms.headers["cache-control"]) == ("Ny passnøkkel", "no-store")
    hms.fill(name="Telefonen min")
    answer(hms, "made", "")
    assert (hms.status_code, hms.value("name")) == (422, "Telefonen min")
    assert hms.has(NOT_MADE)
    answer(hms, "made", key.make(options(hms)))
    codes = [item.get_text() for item in hms.soup.select("#codes code")]
    assert len(codes) == 10
    assert letters(home, "hms.fjord")[-1] == "second_factor_added"
    assert log_of(home, "hms.fjord")[-1] == ("Hilde Moldskred (hms.fjord)", "second factor added")

    door = sign_in(home.visitor())
    assert door.h1 == "Passnøkkel"
    assert door.has("skriver du en gjenopprettingskode"), "whoever has no script is told the way"
    assert use(home, door, Authenticator()).error("code") == WRONG_PASSKEY
    assert use(home, door, key).h1 == "Info"
    assert sign_in(home.visitor()).fill(code=codes[0]).press("Logg inn").h1 == "Info"

    hms.open("/password").follow("Ny passnøkkel")
    assert hms.h1 == "Bekreft at det er deg", "whoever adds one has one"
    hms.fill(code=codes[1]).press("Gå videre").fill(name="Reserve")
    answer(hms, "made", spare.make(options(hms)))
    assert hms.flash == "Passnøkkelen «Reserve» er lagt til."
    for _ in range(2):
        assert use(home, sign_in(home.visitor()), spare).h1 == "Info", "one that does not count"
    use(home, hms.open("/password").follow("Legg til en autentiseringsapp"), key)
    home.clock.advance(timedelta(minutes=1))
    hms.fill(code=code_of(home, key_on(hms))).press("Slå på")
    assert hms.flash.startswith("Du blir også spurt om en kode fra appen")
    hms.open("/password").follow("Reserve")
    assert hms.has("Sist brukt 1. oktober 2026")
    use(home, hms, key)
    assert hms.flash.startswith("Passnøkkelen «Reserve» er fjernet her.")
    assert use(home, sign_in(home.visitor()), spare).error("code") == WRONG_PASSKEY
    with home.behind() as db:
        kinds = select(SecondFactor.kind, SecondFactor.name).order_by(SecondFactor.id)
        assert db.execute(kinds).all() == [(FactorKind.PASSKEY, "Telefonen min"), (FactorKind.APP, None)]
    home.deliver()
    sent = [file.read_text() for file in (home.settings.var / "mail").glob("*-second_factor_*")]
    assert any("Reserve" in text for text in sent)


def test_what_was_used_or_belongs_to_somebody_else_is_refused(quiet_home: House) -> None:
    home = quiet_home
    key = Authenticator()
    hms = sign_in(home.visitor()).open("/password/passkeys/new").fill(name="Min")
    made = key.make(options(hms))
    answer(hms, "made", made)
    home.clock.advance(timedelta(seconds=1))
    door = sign_in(home.visitor())
    question, signed = door.value("question"), key.sign(options(door))
    assert answer(door, "passkey", signed).h1 == "Info"
    again = sign_in(home.visitor())
    again.submit(again.soup.select_one("#code-form"), passkey=signed, question=question)  # type: ignore[arg-type]
    assert again.error("code") == WRONG_PASSKEY, "the whole form once more, with its question"
    key.counter = 0
    assert use(home, sign_in(home.visitor()), key).error("code") == WRONG_PASSKEY, "there are two of it"
    key.counter = 10
    late = sign_in(home.visitor())
    signed = key.sign(options(late))
    home.clock.advance(timedelta(minutes=11))
    assert answer(late, "passkey", signed).h1 == "Logg inn", "it took too long"

    tester = sign_in(home.visitor(), username="Tester", password="demo-tester")
    tester.open("/password/passkeys/new").fill(name="Andres")
    answer(tester, "made", made)
    assert tester.has(NOT_MADE), "an answer to another question"
    answer(tester.fill(name="Andres"), "made", key.make(options(tester)))
    assert tester.has(TAKEN)
    own = Authenticator(counts=False)
    answer(tester.fill(name="Egen"), "made", own.make(options(tester)))
    home.clock.advance(timedelta(seconds=1))
    door = sign_in(home.visitor(), username="Tester", password="demo-tester")
    question, signed = door.value("question"), own.sign(options(door))
    assert answer(door, "passkey", signed).h1 == "Info"
    again = sign_in(home.visitor(), username="Tester", password="demo-tester")
    again.submit(again.soup.select_one("#code-form"), passkey=signed, question=question)  # type: ignore[arg-type]
    assert again.error("code") == WRONG_PASSKEY, "one that does not count is known by when it was asked"
    assert use(home, sign_in(home.visitor()), own).error("code") == WRONG_PASSKEY, "another user's"
    with home.behind() as db:
        foreign = db.scalars(select(SecondFactor.id).where(SecondFactor.name == "Min")).one()
    assert tester.open(f"/password/passkeys/{foreign}").status_code == 404


# Values

PARTY = Party(HOME, "localhost", "Kundeportal")
ASKED = Challenge(bytes(range(32)), NOW)


def made(key: Authenticator, **lies: Any) -> Made:
    """A passkey as the portal takes it."""
    return PARTY.made(ASKED, key.make(PARTY.ask_to_make(ASKED, 7, ("hms", "Hilde"), ()), **lies))


LIES: list[dict[str, Any]] = [
    {"origin": "https://portal.evil.example"},
    {"origin": "http://localhost:8001"},
    {"origin": "http://evil.localhost:8000"},
    {"host": "evil.example"},
    {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    {"cross_origin": True},
]


def test_only_what_was_asked_here_and_was_verified_is_taken() -> None:
    key = Authenticator()
    known = [made(key).credential]
    asked = PARTY.ask_to_sign(ASKED, known)
    assert json.loads(asked)["userVerification"] == "required"
    assert PARTY.signed(ASKED, key.sign(asked), known).counter == 1
    making: list[dict[str, Any]] = [{"type": "webauthn.get"}, {"algorithm": -65535}]
    using: list[dict[str, Any]] = [{"type": "webauthn.create"}, {"signature": True}]
    for lie in LIES + making:
        with pytest.raises(Refused):
            made(Authenticator(), **lie)
    for lie in LIES + using:
        with pytest.raises(Refused):
            PARTY.signed(ASKED, key.sign(asked, **lie), known)
    key.flags = PRESENT
    with pytest.raises(Refused):
        made(key)
    with pytest.raises(Refused):
        PARTY.signed(ASKED, key.sign(asked), known)
    good = Authenticator().make(asked)
    for garbage in ("", "[]", "null", "{}", "9" * 8001, "[" * 8000, good.replace("attestationObject", "x"), good[:-9]):
        with pytest.raises(Refused):
            PARTY.made(ASKED, garbage)
        with pytest.raises(Refused):
            PARTY.signed(ASKED, garbage, known)


def test_passkeys_belong_to_the_name_that_people_type() -> None:
    parties = {
        "https://portal.bht.no": ("https://portal.bht.no", "portal.bht.no"),
        "https://portal.bht.no:443": ("https://portal.bht.no", "portal.bht.no"),
        "http://localhost:8123": ("http://localhost:8123", "localhost"),
    }
    for url, (origin, host) in parties.items():
        assert Party.of(url, "Kundeportal") == Party(origin, host, "Kundeportal")
    for number in ("http://127.0.0.1:8000", "http://[::1]:8000"):
        assert Party.of(number, "Kundeportal") is None
