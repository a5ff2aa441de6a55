"""The ways to a password, as somebody goes them: asking, the letter's link, signing in. No story is told here."""

import email
import email.policy
import re

from sqlalchemy import select

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
