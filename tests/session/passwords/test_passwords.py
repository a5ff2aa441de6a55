"""Passwords: what one has to be, how it is changed, and where it is never kept."""

import email
import email.policy
import json
import logging
import re
import runpy
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from argon2 import Type
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.core.logs import structured
from models.exchange.crm.intake.events import CRM
from models.outbox.message import Message
from models.users import passwords, throttle
from models.users.password_links import INVITED_FOR, PasswordLink, invite_user
from models.users.passwords import hash_password, verify_password
from models.users.throttle import Bucket
from models.users.user import find_user
from tests.session.ways_in import GOOD, SENT, WAIT, a_link, ask_for, letters, link_in_letter, signs_in
from tests.stage.house import House
from tests.stage.sweeps import digest

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


def test_a_password_is_hashed_at_the_price_that_owasp_names() -> None:
    """As the file says it: the other stories of a run hash for nothing (`tests.stage.cast`)."""
    hasher = runpy.run_path(passwords.__file__)["_HASHER"]
    assert (hasher.type, hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (Type.ID, 2, 19 * 1024, 1)
    assert passwords.is_outdated(hash_password("x")) is False
    assert hasher.check_needs_rehash(hash_password("x")), "what a run hashes is never taken for a real one"


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
    assert letters(house, "hms.fjord") == ["password_changed", "new_device"]


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
    assert letters(quiet_house, "hms.fjord") == ["new_device"]


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
