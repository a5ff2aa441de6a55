"""A password forgotten, and the link in a letter: for whom it is good, how often, and for how long."""

import re
from datetime import timedelta
from typing import Any

import argon2
import pytest
from sqlalchemy import event, select

from models.core.audit import AuditEntry
from models.core.signed import LinkIsOver
from models.users import throttle
from models.users.password_links import GOOD_FOR, open_password_link, send_link
from models.users.password_requests import PasswordRequest
from models.users.passwords import hash_password
from models.users.sessions import UserSession
from models.users.throttle import Bucket
from models.users.user import User, find_user
from tests.session.ways_in import GOOD, LETTER, OVER, SENT, WAIT, a_link, ask_for, letters, link_in_letter, signs_in
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import digest, form_token_of, password_token_of

# Forgotten


def test_whoever_forgot_the_password_gets_a_letter_and_chooses_another(house: House) -> None:
    elsewhere = house.sign_in("hms.fjord").open("/orders")
    page = ask_for(house, "HMS.Fjord ")
    assert (page.status_code, page.h1) == (200, "Glemt passord?")
    assert page.has(SENT)
    assert signs_in(house, "hms.fjord", "demo-hms.fjord"), "asking changes nothing"
    assert letters(house, "hms.fjord") == ["new_device"]
    page.open(link_in_letter(house, "hms.fjord"))
    assert (page.status_code, page.h1, page.value("username")) == (200, "Velg et nytt passord", "hms.fjord")
    assert page.tabs == []
    page.fill(new_password=GOOD).press("Lagre passordet")
    assert (page.h1, page.flash) == ("Logg inn", "Passordet er lagret. Logg inn med det.")
    assert elsewhere.open("/orders").h1 == "Logg inn", "whoever was signed in is out"
    assert not signs_in(house, "hms.fjord", "demo-hms.fjord")
    assert page.fill(username="hms.fjord", password=GOOD).press("Logg inn").h1 == "Info"
    assert letters(house, "hms.fjord") == ["new_device", "password_forgotten", "password_changed", "new_device"]
    with house.behind() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.about.startswith("user:"))).one()
        assert (entry.action, entry.actor) == ("password", "Hilde Moldskred (hms.fjord)")


def test_an_address_does_as_well_also_where_several_share_it(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        shared = find_user(db, "okonomi.fjord")
        assert shared
        shared.email = LETTER["hms.fjord"]
        db.commit()
    ask_for(quiet_house, "Hilde.Moldskred@FJORDBYGG.example")
    ask_for(quiet_house, "hms.fjord")
    quiet_house.deliver()
    for username in ("hms.fjord", "okonomi.fjord"):
        assert letters(quiet_house, username) == ["password_forgotten"], "asked twice at once is once"
    with quiet_house.behind() as db:
        assert db.scalars(select(PasswordRequest)).all() == [], "what was typed is forgotten"


def test_nobody_learns_who_is_a_user(quiet_house: House) -> None:
    """Page, headers, weight, statements: all the same. Who was meant is looked up by the postman alone."""
    with quiet_house.behind() as db:
        gone = find_user(db, "leder.brann")
        assert gone
        gone.active = False
        db.commit()
    seen = []
    for typed in ("hms.fjord", "leder.bran", "leder.brann", "hms@fjord.nop"):
        visitor = quiet_house.visitor().open("/password/forgotten")
        said: list[str] = []

        def note(*about: Any, said: list[str] = said) -> None:
            said.append(str(about[2]))

        engine = quiet_house.portal.database.engine
        event.listen(engine, "before_cursor_execute", note)
        visitor.fill(username=typed).press("Send lenke")
        event.remove(engine, "before_cursor_execute", note)
        assert not [statement for statement in said if re.search(r"\busers\b|password_links", statement)]
        headers = {
            name: value
            for name, value in visitor.headers.items()
            if name not in {"server-timing", "set-cookie", "x-request-id"}
        }
        seen.append((visitor.status_code, visitor.response.text, headers, said, len(visitor.cookies)))
    assert all(each == seen[0] for each in seen)
    quiet_house.deliver()
    assert letters(quiet_house, "hms.fjord") == ["password_forgotten"]
    assert letters(quiet_house, "leder.brann") == [], "who is shut out stays out"


def test_asking_without_end_is_slowed_down(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        assert ask_for(quiet_house, "hms.fjord").has(SENT), "the answer does not tell that it is one too many"
        quiet_house.deliver()
    assert letters(quiet_house, "hms.fjord") == ["password_forgotten"] * 3
    quiet_house.clock.advance(timedelta(minutes=16))
    ask_for(quiet_house, "hms.fjord")
    quiet_house.deliver()
    assert letters(quiet_house, "hms.fjord") == ["password_forgotten"] * 4
    monkeypatch.setitem(throttle._LIMITS, Bucket.ASKER, 3)
    for typed in ("a", "Tester"):
        assert ask_for(quiet_house, typed).status_code == 200
    for typed in ("b", "Tester"):
        page = ask_for(quiet_house, typed)
        assert (page.status_code, page.headers["retry-after"], page.problems) == (429, "900", WAIT)


def test_an_empty_question_says_what_is_missing(house: House) -> None:
    page = ask_for(house, " ")
    assert (page.status_code, page.problems) == (422, ["Skriv brukernavnet ditt, eller e-postadressen din."])


# The link


def test_looking_at_a_link_changes_nothing_and_is_kept_nowhere(quiet_house: House) -> None:
    url = a_link(quiet_house, "hms.fjord")
    before = digest(quiet_house)
    page = quiet_house.visitor()
    for _ in range(3):  # a mail program, before its user
        page.open(url)
    assert page.send("HEAD", url).status_code == 200
    assert digest(quiet_house) == before
    assert not page.cookies
    for answer in (page.response, page.fill(new_password="kort").press("Lagre passordet").response):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "etag" not in answer.headers


def test_a_link_is_good_once_for_its_time_and_until_there_is_a_newer_one(quiet_house: House) -> None:
    first = a_link(quiet_house, "hms.fjord")
    used, again = (quiet_house.visitor().open(first) for _ in range(2))
    used.fill(new_password=GOOD).press("Lagre passordet")
    before = digest(quiet_house)
    again.fill(new_password="noe helt annet enn det").press("Lagre passordet")
    assert (again.status_code, again.h1) == (410, OVER), "pressing twice"
    assert quiet_house.visitor().open(first).status_code == 410
    assert digest(quiet_house) == before
    assert quiet_house.visitor().open(first).follow("Be om en ny lenke").h1 == "Glemt passord?"

    older = a_link(quiet_house, "hms.fjord")
    with quiet_house.behind() as db:
        user = find_user(db, "hms.fjord")
        assert user
        send_link(db, user, quiet_house.clock.now())
        db.commit()
    newer = a_link(quiet_house, "hms.fjord")
    assert older != newer
    assert quiet_house.visitor().open(older).status_code == 410
    late = quiet_house.visitor().open(newer)
    quiet_house.clock.advance(GOOD_FOR - timedelta(seconds=1))
    assert quiet_house.visitor().open(newer).status_code == 200
    quiet_house.clock.advance(timedelta(seconds=1))
    assert quiet_house.visitor().open(newer).status_code == 410
    assert late.fill(new_password="noe helt annet enn det").press("Lagre passordet").status_code == 410
    assert signs_in(quiet_house, "hms.fjord", GOOD)


def test_of_two_who_use_a_link_at_once_one_comes_too_late(quiet_house: House) -> None:
    token, now = password_token_of(quiet_house, "hms.fjord"), quiet_house.clock.now()
    first, second = (hash_password(password) for password in (GOOD, "noe helt annet enn det"))
    with quiet_house.behind() as db:
        both = [open_password_link(db, quiet_house.portal.password_signer, token, now) for _ in range(2)]
        both[0].choose(db, first, now)
        with pytest.raises(LinkIsOver):
            both[1].choose(db, second, now)
        db.commit()
    assert signs_in(quiet_house, "hms.fjord", GOOD)


def test_a_link_ends_with_its_user_its_address_and_the_password(quiet_house: House) -> None:
    url = a_link(quiet_house, "hms.fjord")
    form = quiet_house.visitor().open(url).fill(new_password=GOOD)
    for name, value, status in (("active", False, 410), ("email", "riktig@fjordbygg.example", 404)):
        with quiet_house.behind() as db:
            user = db.scalars(select(User).where(User.username == "hms.fjord")).one()
            before = getattr(user, name)
            setattr(user, name, value)
            db.commit()
        page = quiet_house.visitor().open(url)
        assert (page.status_code, page.h1) == (status, OVER)
        assert form.press("Lagre passordet").status_code == status
        form = _restored(quiet_house, url, name, before).fill(new_password=GOOD)
    owner = quiet_house.sign_in("hms.fjord").open("/password")
    owner.fill(password="demo-hms.fjord", new_password="noe helt annet enn det").press("Bytt passord")
    assert quiet_house.visitor().open(url).status_code == 410
    assert form.press("Lagre passordet").status_code == 410
    assert signs_in(quiet_house, "hms.fjord", "noe helt annet enn det")


def _restored(house: House, url: str, name: str, value: object) -> Page:
    with house.behind() as db:
        setattr(db.scalars(select(User).where(User.username == "hms.fjord")).one(), name, value)
        db.commit()
    return house.visitor().open(url)


def test_a_link_cannot_be_guessed_nor_made(quiet_house: House) -> None:
    """Whatever is wrong with it, nothing tells what; a form is only good with the token of its own link."""
    token, mine = (password_token_of(quiet_house, name) for name in ("hms.fjord", "Tester"))
    appointment = quiet_house.portal.signer.sign(token[:16], LETTER["hms.fjord"])
    guesses = [token[:-1] + ("a" if token[-1] != "a" else "b"), token[:16] + mine[16:], token[:16] + "a" * 24]
    guesses += [appointment, token[:16], token.upper(), token + "a", "a" * 40, "x", "æ"]
    before = digest(quiet_house)
    visitor = quiet_house.visitor()
    seen = {_shown(visitor.open(f"/password/{guess}")) for guess in guesses}
    assert len(seen) == 1
    assert seen.pop()[0] == 404
    fields = [("new_password", GOOD), ("username", "hms.fjord")]
    tester = quiet_house.sign_in("Tester").open("/info")
    before = digest(quiet_house)
    for form_token in (form_token_of(quiet_house, mine), tester.token(), visitor.open("/login").token(), "", "x"):
        for person in (visitor, tester):
            answer = person.send("POST", f"/password/{token}", [*fields, ("csrf_token", form_token)])
            assert answer.status_code == 403
    for guess in guesses:
        sent = [*fields, ("csrf_token", form_token_of(quiet_house, guess))]
        assert visitor.send("POST", f"/password/{guess}", sent).status_code == 404, "not even with a stolen key"
    assert digest(quiet_house) == before


def _shown(page: Page) -> tuple[int, str]:
    return page.status_code, page.response.text


def test_the_user_is_the_links_whatever_the_form_says_and_whoever_is_signed_in(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open(a_link(quiet_house, "hms.fjord"))
    assert not tester.has("Test Bruker")
    tester.fill(new_password=GOOD).press("Lagre passordet", username="Tester")
    assert (tester.h1, tester.flash) == ("Logg inn", "Passordet er lagret. Logg inn med det.")
    assert signs_in(quiet_house, "Tester", "demo-tester")
    assert signs_in(quiet_house, "hms.fjord", GOOD)


def test_letters_lead_to_the_portals_own_address_whatever_host_was_asked_for(quiet_house: House) -> None:
    visitor = quiet_house.visitor().open("/password/forgotten")
    fields = [("username", "hms.fjord"), ("csrf_token", visitor.token())]
    assert visitor.send("POST", "/password/forgotten", fields, {"host": "evil.example"}).status_code == 400
    forwarded = {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example", "origin": "http://evil.example"}
    assert visitor.send("POST", "/password/forgotten", fields, forwarded).status_code == 403
    del forwarded["origin"]
    assert visitor.send("POST", "/password/forgotten", fields, forwarded).status_code == 303
    assert link_in_letter(quiet_house, "hms.fjord").startswith("/password/")


def test_who_guessed_too_often_before_may_sign_in_with_the_new_password(quiet_house: House) -> None:
    visitor = quiet_house.visitor()
    for _ in range(10):
        visitor.open("/login").fill(username="hms.fjord", password="feil").press("Logg inn")
    assert not signs_in(quiet_house, "hms.fjord", "demo-hms.fjord")
    visitor.open(a_link(quiet_house, "hms.fjord")).fill(new_password=GOOD).press("Lagre passordet")
    assert visitor.fill(username="hms.fjord", password=GOOD).press("Logg inn").h1 == "Info"


def test_whoever_signs_in_while_the_password_changes_does_not_get_in(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking takes a moment, in which others write: the old password is looked at, the new one is saved, and then."""
    verify = argon2.PasswordHasher.verify

    def changed_meanwhile(hasher: argon2.PasswordHasher, stored: str, password: str) -> bool:
        right = verify(hasher, stored, password)
        with quiet_house.behind() as db:
            find_user(db, "Tester").password_hash = "$another"  # type: ignore[union-attr]
            db.commit()
        return right

    monkeypatch.setattr(argon2.PasswordHasher, "verify", changed_meanwhile)
    page = quiet_house.visitor().open("/login").fill(username="Tester", password="demo-tester").press("Logg inn")
    assert (page.status_code, page.problems) == (422, ["Feil brukernavn eller passord."])
    with quiet_house.behind() as db:
        assert db.scalars(select(UserSession)).all() == []
