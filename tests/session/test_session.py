"""Signing in and out (N4, N7), what slows down guessing, cookies and keys, and users with several customers or none."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import argon2
import pytest
from sqlalchemy import select
from starlette.responses import Response

from models.users import throttle
from models.users.passwords import is_outdated
from models.users.sessions import UserSession, open_session
from models.users.throttle import Bucket, FailedSignIn
from models.users.user import User, find_user
from routes.web.http.cookie import Cookies, SessionCookie
from tests.stage.house import House
from tests.stage.page import Page

WRONG = ["Feil brukernavn eller passord."]


def try_to_sign_in(page: Page, username: str, password: str) -> Page:
    return page.open("/login").fill(username=username, password=password).press("Logg inn")


def with_cookie(page: Page, **cookies: str) -> Page:
    """Somebody with these cookies and no others."""
    page.cookies.clear()
    for name, value in cookies.items():
        page.cookies.set(name.replace("host_", "__Host-"), value)
    return page


def cookies_of(page: Page) -> dict[str, str]:
    return dict(page.cookies.items())


# Out, and back in


def test_n4_signing_out_ends_the_session_on_the_server(house: House, hms: Page) -> None:
    kept = cookies_of(hms)
    hms.open("/orders").press("Logg ut")
    assert (hms.h1, hms.flash, hms.tabs) == ("Logg inn", "Du er logget ut.", [])
    assert "session" not in cookies_of(hms)
    for url in ("/info", "/orders", "/orders/307513"):
        thief = with_cookie(house.visitor(), **kept).open(url)
        assert thief.h1 == "Logg inn"
        assert not thief.has("Du er logget inn som")


def test_n4_the_browser_is_told_to_forget_the_pages_it_kept(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/orders")
    assert hms.headers["cache-control"] == "private, no-cache"
    answer = hms.send("POST", "/logout", [("csrf_token", hms.token())])
    assert answer.headers["clear-site-data"] == '"cache"'
    picture, said = quiet_house.visitor(), []
    address = "/logout/forget?again=4"
    while address:
        answer = picture.send("GET", address)
        said.append((answer.status_code, answer.headers["clear-site-data"], answer.headers["cache-control"]))
        address = answer.headers.get("location", "")
    assert said == [*[(303, '"cache"', "no-store")] * 4, (200, '"cache"', "no-store")]


def test_n4_only_this_session_ends(quiet_house: House) -> None:
    here, there = quiet_house.sign_in("hms.fjord"), quiet_house.sign_in("hms.fjord")
    here.open("/info").press("Logg ut")
    assert there.open("/orders").h1 == "Bestilling"


def test_n7_after_signing_in_one_is_where_one_wanted_to_be(house: House) -> None:
    page = house.visitor().open("/orders?status=Utført&number=3073")
    assert page.h1 == "Logg inn"
    page.fill(username="Tester", password="demo-tester").press("Logg inn")
    assert (page.h1, page.value("status"), page.value("number")) == ("Bestilling", "Utført", "3073")


def test_n7_a_session_that_ends_in_the_middle_leads_back_to_the_list(house: House, hms: Page) -> None:
    hms.open("/orders").fill(number="307513")
    house.clock.advance(timedelta(hours=2))
    hms.press("Søk")
    assert hms.h1 == "Logg inn"
    assert hms.fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn").h1 == "Bestilling"


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\r\nlocation: //evil.example",
    "\t//evil.example",
    " /info",
    "evil.example",
    "//[",
    "http://[",
    "/\0",
]


def test_n7_the_way_back_never_leaves_the_portal(quiet_house: House) -> None:
    visitor, tester = quiet_house.visitor(), quiet_house.sign_in("Tester")
    for evil in EVIL:
        assert visitor.open(f"/login?next={quote(evil)}").value("next") == "/info", evil
        assert tester.send("GET", f"/login?next={quote(evil)}").headers["location"] == "/info", evil
        headers = {"hx-request": "true", "hx-current-url": f"http://127.0.0.1:8000{quote(evil)}"}
        led = visitor.send("GET", "/orders", None, headers).headers["hx-redirect"]
        assert led.startswith("/login?next=%2F")
        assert not led.startswith("/login?next=%2F%2F")
    fields = [("username", "Tester"), ("password", "demo-tester"), ("next", EVIL[0]), ("csrf_token", visitor.token())]
    assert visitor.send("POST", "/login", fields).headers["location"] == "/info"


def test_who_is_signed_in_already_is_led_on(quiet_house: House) -> None:
    assert quiet_house.sign_in("Tester").send("GET", "/login?next=/orders").headers["location"] == "/orders"


def test_a_session_ends_when_nobody_uses_it_and_after_half_a_day_in_any_case(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for _ in range(14):
        quiet_house.clock.advance(timedelta(minutes=50))
        assert tester.open("/info").h1 == "Info"
    quiet_house.clock.advance(timedelta(minutes=21))
    assert tester.open("/info").h1 == "Logg inn"
    other = quiet_house.sign_in("Tester")
    quiet_house.clock.advance(timedelta(minutes=59))
    assert other.open("/info").h1 == "Info"
    quiet_house.clock.advance(timedelta(minutes=61))
    assert other.open("/info").h1 == "Logg inn"


def test_a_user_who_is_shut_out_is_out_at_once(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    with quiet_house.behind() as db:
        find_user(db, "Tester").active = False  # type: ignore[union-attr]
        db.commit()
    assert tester.open("/info").h1 == "Logg inn"
    assert try_to_sign_in(tester, "Tester", "demo-tester").problems == WRONG


# Guessing


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counted(hasher: argon2.PasswordHasher, stored: str, password: str) -> bool:
        checked.append(stored)
        return verify(hasher, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    visitor = house.visitor()
    seen = []
    for username in ("Tester", "finnes.ikke"):
        page = try_to_sign_in(visitor, username, "feil")
        seen.append((page.status_code, page.problems, page.value("username").replace(username, ""), page.value("next")))
        assert 'value="feil"' not in page.response.text
    assert seen == [(422, WRONG, "", "/info")] * 2
    assert len(checked) == 2, "the answer would come sooner for one of them"


def test_the_name_may_be_written_in_any_case(quiet_house: House) -> None:
    assert try_to_sign_in(quiet_house.visitor(), " TESTER ", "demo-tester").h1 == "Info"


def test_an_empty_form_says_what_is_missing(house: House) -> None:
    page = house.visitor().open("/login").press("Logg inn")
    assert (page.status_code, page.problems) == (422, ["Skriv brukernavnet ditt.", "Skriv passordet ditt."])


def test_an_identity_number_typed_as_a_name_does_not_come_back(quiet_house: House) -> None:
    page = try_to_sign_in(quiet_house.visitor(), "14838419861", "feil")
    assert page.value("username") == "148384*****"


def test_guessing_an_account_is_slowed_down_but_not_for_its_owner(quiet_house: House) -> None:
    owner = quiet_house.sign_in("Tester").open("/info").press("Logg ut")
    guesser = quiet_house.visitor()
    for _ in range(10):
        assert try_to_sign_in(guesser, "Tester", "feil").problems == WRONG
    quiet_house.clock.advance(timedelta(minutes=2))
    page = try_to_sign_in(guesser, "Tester", "demo-tester")
    assert (page.status_code, page.headers["retry-after"]) == (429, "780")
    assert page.problems == ["For mange forsøk. Vent 13 minutter og prøv igjen, eller kontakt kundeansvarlig."]
    assert try_to_sign_in(quiet_house.visitor(), "hms.fjord", "demo-hms.fjord").h1 == "Info"
    assert try_to_sign_in(owner, "Tester", "demo-tester").h1 == "Info"
    quiet_house.clock.advance(timedelta(minutes=13))
    assert try_to_sign_in(guesser, "Tester", "demo-tester").h1 == "Info"
    with quiet_house.behind() as db:
        assert all(len(row.key) == 64 for row in db.scalars(select(FailedSignIn)))


def test_guessing_many_accounts_from_one_address_is_slowed_down(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttle._LIMITS, Bucket.ADDRESS, 3)
    for number in range(3):
        assert try_to_sign_in(quiet_house.visitor(), f"bruker{number}", "feil").problems == WRONG
    assert try_to_sign_in(quiet_house.visitor(), "Tester", "demo-tester").status_code == 429


def test_the_right_password_forgives_the_wrong_ones(quiet_house: House) -> None:
    forgetful = quiet_house.visitor()
    for _ in range(9):
        try_to_sign_in(forgetful, "Tester", "feil")
    try_to_sign_in(forgetful, "Tester", "demo-tester").press("Logg ut")
    with quiet_house.behind() as db:
        left = set(db.scalars(select(FailedSignIn.bucket)))
    assert left == {Bucket.ADDRESS}


def test_a_weak_hash_is_renewed_at_the_next_sign_in(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("demo-tester")
        find_user(db, "Tester").password_hash = weak  # type: ignore[union-attr]
        db.commit()
    assert try_to_sign_in(quiet_house.visitor(), "Tester", "demo-tester").h1 == "Info"
    with quiet_house.behind() as db:
        renewed = db.scalars(select(User.password_hash).where(User.username == "Tester")).one()
    assert is_outdated(weak)
    assert not is_outdated(renewed)
    assert try_to_sign_in(quiet_house.visitor(), "Tester", "demo-tester").h1 == "Info"


def test_the_stage_begins_a_session_as_the_sign_in_does(quiet_house: House) -> None:
    """Nearly every story stands on it, so it is not more and not less than what is typed leads to."""

    def sessions() -> list[tuple[object, ...]]:
        columns = [column for column in UserSession.__table__.columns if column.name not in {"id", "digest"}]
        with quiet_house.behind() as db:
            return [tuple(row) for row in db.execute(select(*columns).order_by(UserSession.id))]

    for username in ("hms.fjord", "anna.ka", "kam.lie"):
        quiet_house.refill()
        typed = try_to_sign_in(quiet_house.visitor(), username, f"demo-{username}")
        rows = sessions()
        quiet_house.refill()
        begun = quiet_house.sign_in(username)
        assert sessions() == rows
        assert {*begun.cookies} == {*typed.cookies} - {"visitor"}
        assert (begun.url, begun.h1, begun.tabs) == (typed.url, typed.h1, typed.tabs)


def test_a_session_that_was_begun_wrongly_opens_nothing(quiet_house: House) -> None:
    foreign = Cookies(replace(quiet_house.settings, secret_keys=("a key that the portal does not know, long enough",)))
    with quiet_house.behind() as db:
        secret = open_session(db, find_user(db, "Tester").id, None, quiet_house.clock.now())  # type: ignore[union-attr]
        db.commit()
    for cookies, said in ((foreign, secret), (quiet_house.portal.cookies, "of no session")):
        cookies.write_session(response := Response(), SessionCookie(said, None))
        assert quiet_house.visitor().take(response.raw_headers).open("/info").h1 == "Logg inn"
    with pytest.raises(AssertionError, match="nobody is called"):
        quiet_house.sign_in("nobody")


def test_signing_in_again_at_the_same_browser_ends_the_session_before(quiet_house: House) -> None:
    browser = quiet_house.sign_in("Tester")
    before = browser.cookies["session"]
    token = browser.open("/info").token()
    fields = [("username", "Tester"), ("password", "demo-tester"), ("csrf_token", token)]
    assert browser.send("POST", "/login", fields).status_code == 303
    other = quiet_house.visitor()
    other.cookies.set("session", before)
    assert other.open("/info").h1 == "Logg inn"
