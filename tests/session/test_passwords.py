"""Passwords: forgotten, chosen with the link in a letter, changed; and what protects each of these ways."""

import email
import email.policy
import json
import logging
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import argon2
import pytest
from sqlalchemy import event, select

from models.core.audit import AuditEntry
from models.core.logs import structured
from models.core.signed import LinkIsOver
from models.demo.users import USERS
from models.exchange.crm.intake.events import CRM
from models.outbox.message import Message
from models.users import throttle
from models.users.password_links import GOOD_FOR, INVITED_FOR, PasswordLink, invite_user, open_password_link, send_link
from models.users.password_requests import PasswordRequest
from models.users.passwords import hash_password, verify_password
from models.users.sessions import UserSession
from models.users.throttle import Bucket
from models.users.user import User, find_user
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import digest, form_token_of, password_token_of

GOOD = "tre sure epler i kurven"
SENT = "Hvis brukeren finnes, har vi sendt en e-post til adressen som er registrert."
OVER = "Lenken virker ikke lenger"
WAIT = ["For mange forsøk. Vent 15 minutter og prøv igjen, eller kontakt kundeansvarlig."]
LETTER = {username: address for username, _, address, _ in USERS}


def ask_for(house: House, typed: str) -> Page:
    """Somebody who says to have forgotten a password."""
    return house.visitor().open("/login").follow("Glemt passord?").fill(username=typed).press("Send lenke")


def letters(house: House, username: str) -> list[str]:
    """The kinds of letters about a user since the story began, oldest first."""
    with house.behind() as db:
        id = db.scalars(select(User.id).where(User.username == username)).one()
        return list(db.scalars(select(Message.kind).where(Message.about == f"user:{id}").order_by(Message.id)))


def link_in_letter(house: House, username: str) -> str:
    """The path of the link in the newest letter to a user."""
    house.deliver()
    sent = [file.read_bytes() for file in sorted((house.settings.var / "mail").glob("*-password_*"))]
    read = [email.message_from_bytes(raw, policy=email.policy.default) for raw in sent]
    mine = [letter for letter in read if letter["To"] == LETTER[username]]
    text = mine[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [url] = re.findall(r"http://127\.0\.0\.1:8000(/password/[a-z2-7]{40})\b", text)
    return str(url)


def signs_in(house: House, username: str, password: str) -> bool:
    page = house.visitor().open("/login").fill(username=username, password=password).press("Logg inn")
    return page.h1 == "Info"


def a_link(house: House, username: str) -> str:
    return f"/password/{password_token_of(house, username)}"


@pytest.fixture(autouse=True)
def no_letters_yet(request: pytest.FixtureRequest) -> None:
    """Letters of other stories are in the same folder."""
    for name in ("house", "quiet_house"):
        if name in request.fixturenames:
            for file in (request.getfixturevalue(name).settings.var / "mail").glob("*-password_*"):
                file.unlink()


# Forgotten


def test_whoever_forgot_the_password_gets_a_letter_and_chooses_another(house: House) -> None:
    elsewhere = house.sign_in("hms.fjord").open("/orders")
    page = ask_for(house, "HMS.Fjord ")
    assert (page.status_code, page.h1) == (200, "Glemt passord?")
    assert page.has(SENT)
    assert signs_in(house, "hms.fjord", "demo-hms.fjord"), "asking changes nothing"
    assert letters(house, "hms.fjord") == []
    page.open(link_in_letter(house, "hms.fjord"))
    assert (page.status_code, page.h1, page.value("username")) == (200, "Velg et nytt passord", "hms.fjord")
    assert page.tabs == []
    page.fill(new_password=GOOD).press("Lagre passordet")
    assert (page.h1, page.flash) == ("Logg inn", "Passordet er lagret. Logg inn med det.")
    assert elsewhere.open("/orders").h1 == "Logg inn", "whoever was signed in is out"
    assert not signs_in(house, "hms.fjord", "demo-hms.fjord")
    assert page.fill(username="hms.fjord", password=GOOD).press("Logg inn").h1 == "Info"
    assert letters(house, "hms.fjord") == ["password_forgotten", "password_changed"]
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
            name: value for name, value in visitor.headers.items() if name not in {"server-timing", "set-cookie"}
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


# What a password has to be


REFUSED = [
    ("", "Skriv et nytt passord."),
    ("fjorten tegn 1", "Passordet må ha minst 15 tegn."),
    ("å" * 201, "Passordet kan ha høyst 200 tegn."),
    ("hms.fjord-2026-hms.fjord", "Passordet er for lett å gjette."),
    ("Avonova Kundeportal 1", "Passordet er for lett å gjette."),
]


def test_a_password_that_will_not_do_is_refused_with_a_sentence(house: House) -> None:
    page = house.visitor().open(a_link(house, "hms.fjord"))
    for typed, sentence in REFUSED:
        page.fill(new_password=typed).press("Lagre passordet")
        assert page.status_code == 422
        assert page.error("new_password").startswith(sentence)
        assert not typed or typed not in page.response.text
        assert page.value("username") == "hms.fjord"
    assert page.fill(new_password=GOOD).press("Lagre passordet").h1 == "Logg inn"


def test_a_password_may_hold_any_sign_and_counts_to_the_last_blank(quiet_house: House) -> None:
    typed = "  ål & ørret 🐟 i \t sjøen  "
    quiet_house.visitor().open(a_link(quiet_house, "Tester")).fill(new_password=typed).press("Lagre passordet")
    assert signs_in(quiet_house, "Tester", typed)
    assert signs_in(quiet_house, "Tester", typed.replace("å", "a\u030a")), "as another keyboard writes å"
    assert not signs_in(quiet_house, "Tester", typed.strip())
    assert not signs_in(quiet_house, "Tester", typed.upper())


# Letters, and what is kept


def test_no_link_and_no_password_is_anywhere_but_in_the_letter(
    quiet_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask_for(quiet_house, "hms.fjord")
    url = link_in_letter(quiet_house, "hms.fjord")
    token = urlsplit(url).path.rpartition("/")[2]
    page = quiet_house.visitor().open(url).fill(new_password="kort og dårlig").press("Lagre passordet")
    page.fill(new_password=GOOD).press("Lagre passordet").fill(username="hms.fjord", password=GOOD).press("Logg inn")
    quiet_house.deliver()
    logged = "\n".join(
        structured(as_json=True).format(record) for record in caplog.records if "httpx" not in record.name
    )
    assert "/password/{token}" in logged
    with quiet_house.behind() as db:
        told = json.dumps([message.payload for message in db.scalars(select(Message))])
        stored = repr([db.execute(table.select()).all() for table in PasswordLink.metadata.sorted_tables])
    sent = [file.read_text() for file in (quiet_house.settings.var / "mail").glob("*-password_changed-*")]
    assert sent
    for where in (logged, told, stored, *sent):
        assert token not in where
        assert token[16:] not in where
        for password in (GOOD, "kort og dårlig"):
            assert password not in where
    assert not [part for part in ("hms", "hilde", "fjord") if part in token]


def test_the_letters_say_who_when_and_what_if_it_was_not_me(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        user = find_user(db, "hms.fjord")
        assert user
        invite_user(db, user, by=CRM, now=quiet_house.clock.now())
        db.commit()
    url = link_in_letter(quiet_house, "hms.fjord")
    quiet_house.visitor().open(url).fill(new_password=GOOD).press("Lagre passordet")
    ask_for(quiet_house, "hms.fjord")
    quiet_house.deliver()
    texts = {}
    for file in (quiet_house.settings.var / "mail").glob("*-password_*"):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        plain, html = letter.iter_parts()
        for part in (plain, html):
            said = " ".join(re.sub(r"<[^>]+>", " ", part.get_content()).split())
            assert "Hei Hilde Moldskred," in said
            assert "hms.fjord" in said
            assert "Vennlig hilsen Avonova Kundeportal" in said
        texts[letter["Subject"]] = " ".join(plain.get_content().split())
    invited, changed, forgotten = (
        texts[subject]
        for subject in (
            "Velkommen til Avonova Kundeportal: velg et passord",
            "Passordet ditt er endret",
            "Velg et nytt passord",
        )
    )
    assert "Lenken virker én gang, til og med torsdag 8. oktober 2026 kl. 10:00." in invited
    assert "Lenken virker én gang, fram til kl. 11:00." in forgotten
    assert "ble endret torsdag 1. oktober 2026 kl. 10:00" in changed
    for text in (invited, changed):
        assert "http://127.0.0.1:8000/password/forgotten" in text
    assert "/password/" not in changed.replace("/password/forgotten", "")


# Invited


def test_a_new_user_has_a_week_to_choose_and_afterwards_asks_for_another_link(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        user = find_user(db, "hms.fjord")
        assert user
        user.password_hash = ""
        invite_user(db, user, by=CRM, now=quiet_house.clock.now())
        db.commit()
        assert user.invited_at == quiet_house.clock.now()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.about == f"user:{user.id}")).one()
        assert (entry.action, entry.actor) == ("invited", "CRM")
    url = link_in_letter(quiet_house, "hms.fjord")
    for password in ("", "demo-hms.fjord"):
        assert not signs_in(quiet_house, "hms.fjord", password or " "), "without a password nobody gets in"
    page = quiet_house.visitor().open(url)
    assert page.h1 == "Velg et passord"
    assert page.has("Velkommen til Avonova Kundeportal!")
    quiet_house.clock.advance(INVITED_FOR)
    assert page.open(url).follow("Be om en ny lenke").fill(username="hms.fjord").press("Send lenke").has(SENT)
    page.open(link_in_letter(quiet_house, "hms.fjord")).fill(new_password=GOOD).press("Lagre passordet")
    assert signs_in(quiet_house, "hms.fjord", GOOD)


# Changed


def test_a_user_changes_the_password_and_is_out_everywhere_else(house: House) -> None:
    elsewhere = house.sign_in("hms.fjord")
    hms = house.sign_in("hms.fjord").open("/info").follow("Passord og innlogginger")
    assert (hms.h1, hms.value("username")) == ("Passord og innlogginger", "hms.fjord")
    assert len(hms.soup.select("#access li")) == 2
    hms.fill(password="demo-hms.fjord", new_password=GOOD).press("Bytt passord")
    assert hms.flash == "Passordet er endret. Er du logget inn andre steder, er du logget ut der."
    assert len(hms.soup.select("#access li")) == 1
    assert hms.open("/orders").h1 == "Bestilling"
    assert elsewhere.open("/orders").h1 == "Logg inn"
    assert signs_in(house, "hms.fjord", GOOD)
    assert not signs_in(house, "hms.fjord", "demo-hms.fjord")
    assert letters(house, "hms.fjord") == ["password_changed"]


def test_without_the_password_of_now_nothing_changes(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle._LIMITS, Bucket.OWNER, 2)
    hms = quiet_house.sign_in("hms.fjord").open("/password")
    hms.press("Bytt passord")
    assert (hms.status_code, hms.problems) == (422, ["Skriv passordet du har nå.", "Skriv et nytt passord."])
    hms.fill(password="demo-hms.fjord", new_password="demo-hms.fjord").press("Bytt passord")
    assert hms.error("new_password").startswith("Passordet må ha minst 15 tegn.")
    for _ in range(2):
        hms.fill(password="feil", new_password=GOOD).press("Bytt passord")
        assert (hms.status_code, hms.error("password")) == (422, "Det er ikke passordet du har nå.")
        assert GOOD not in hms.response.text
    hms.fill(password="demo-hms.fjord", new_password=GOOD).press("Bytt passord")
    assert (hms.status_code, hms.problems, hms.headers["retry-after"]) == (429, WAIT, "900")
    assert signs_in(quiet_house, "hms.fjord", "demo-hms.fjord"), "whoever has the session cannot lock the owner out"
    assert letters(quiet_house, "hms.fjord") == []


def test_the_same_password_again_is_no_other(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        find_user(db, "kam.lie").password_hash = hash_password(GOOD)  # type: ignore[union-attr]
        db.commit()
    kam = quiet_house.visitor().open("/login").fill(username="kam.lie", password=GOOD).press("Logg inn")
    kam.open("/password").fill(password=GOOD, new_password=GOOD).press("Bytt passord")
    assert kam.error("new_password") == "Det nye passordet er det samme som det du har nå. Velg et annet."
    kam.fill(password=GOOD, new_password="noe helt annet enn det").press("Bytt passord")
    assert kam.flash.startswith("Passordet er endret."), "also for somebody without a customer"


def test_sessions_are_seen_and_ended_but_this_one(quiet_house: House) -> None:
    elsewhere = quiet_house.sign_in("hms.fjord")
    stranger = quiet_house.sign_in("Tester")
    quiet_house.clock.advance(timedelta(minutes=30))
    hms = quiet_house.sign_in("hms.fjord").open("/password")
    seen = [" ".join(row.get_text(" ", strip=True).split()) for row in hms.soup.select("#access li")]
    assert [("10:30" in row, "10:00" in row, "Her" in row) for row in seen] == [
        (True, False, True),
        (False, True, False),
    ]
    hms.press("Logg ut alle andre steder")
    assert hms.flash == "Du er logget ut alle andre steder."
    assert hms.has("Du er ikke logget inn andre steder.")
    assert elsewhere.open("/info").h1 == "Logg inn"
    assert (hms.open("/info").h1, stranger.open("/info").h1) == ("Info", "Info")


def test_a_form_that_was_open_when_the_session_ended_keeps_no_password(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/password").fill(password="demo-hms.fjord", new_password=GOOD)
    quiet_house.clock.advance(timedelta(hours=2))
    before = digest(quiet_house)
    assert hms.press("Bytt passord").h1 == "Logg inn"
    after = digest(quiet_house)
    assert {table for table in after if after[table] != before[table]} == set()


def test_no_stored_password_is_no_password() -> None:
    assert not verify_password("", "")
    assert not verify_password(None, "the password of nobody")
