"""The ways in, as somebody goes them: asking for a password, the link in a letter, signing in, codes; no stories."""

import email
import email.policy
import re
from datetime import timedelta

import pyotp
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.demo.users import USERS
from models.outbox.message import Message
from models.users.user import User
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import password_token_of

GOOD = "tre sure epler i kurven"
SENT = "Hvis brukeren finnes, har vi sendt en e-post til adressen som er registrert."
OVER = "Lenken virker ikke lenger"
WAIT = ["For mange forsøk. Vent 15 minutter og prøv igjen, eller kontakt kundeansvarlig."]
HMS = {"username": "hms.fjord", "password": "demo-hms.fjord"}
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


def key_on(page: Page) -> str:
    """The key that is shown to whoever cannot scan the picture."""
    return page.soup.select_one("code").get_text().replace(" ", "")  # type: ignore[union-attr]


def code_of(house: House, secret: str) -> str:
    """What the telephone shows now."""
    return pyotp.TOTP(secret).at(house.clock.now())


def set_up(house: House, page: Page) -> tuple[str, list[str]]:
    """Set it up in the simplest way; gives the secret and the recovery codes, and lets a minute pass."""
    secret = key_on(page.open("/password/factors"))
    page.fill(code=code_of(house, secret)).press("Slå på")
    codes = [item.get_text() for item in page.soup.select("#codes code")]
    assert len(codes) == 10
    house.clock.advance(timedelta(minutes=1))
    return secret, codes


def sign_in(page: Page, **who: str) -> Page:
    """Somebody gives a user name and a password."""
    return page.open("/login").fill(**(who or HMS)).press("Logg inn")


def log_of(house: House, username: str) -> list[tuple[str, str]]:
    """What the customers' log says of a user: by whom, and what."""
    with house.behind() as db:
        id = db.scalars(select(User.id).where(User.username == username)).one()
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about == f"user:{id}").order_by(AuditEntry.id))
        return [(entry.actor, entry.action) for entry in entries]
