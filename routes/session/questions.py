"""Questions to a browser that has a passkey: each is asked on one page and good for ten minutes, whoever reads it.

They are kept in the form, sealed for whom they are asked; that an answer counts once is seen to in
`models.users.factors.passkeys`.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.core.sealed import SealBroken
from models.users.factors.passkeys import Challenge, Party
from routes.web.http.cookie import Begun
from routes.web.visit import Visit

GOOD_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Question:
    """What the page holds: the options that the script gives to the browser, and what the portal remembers of them."""

    options: str
    sealed: str


def party(visit: Visit) -> Party | None:
    """The portal as passkeys know it; None where there can be none."""
    return Party.of(visit.portal.settings.public_url, visit.portal.settings.brand)


def here(visit: Visit) -> str:
    """Whom a question is asked that is signed in: this session."""
    return f"session {visit.user.session_id}"


def at_the_door(begun: Begun) -> str:
    """Whom it is asked that has given a password and is not in yet."""
    return f"sign-in {begun.user_id} {begun.password}"


def ask(visit: Visit, what: str, whom: str, options: Callable[[Challenge], str]) -> Question:
    """A new question."""
    challenge = Challenge(secrets.token_bytes(32), visit.now)
    text = f"{urlsafe_b64encode(challenge.value).decode()} {challenge.asked_at.isoformat()}"
    return Question(options(challenge), visit.portal.keyring.seal(text, place=_place(what, whom)))


def asked(visit: Visit, what: str, whom: str, sealed: str) -> Challenge | None:
    """The question that was asked; None where it was another, or of others, or too long ago."""
    try:
        value, _, at = visit.portal.keyring.open(sealed[:500], place=_place(what, whom)).partition(" ")
    except SealBroken:
        return None
    challenge = Challenge(urlsafe_b64decode(value), datetime.fromisoformat(at))
    return challenge if visit.now - challenge.asked_at <= GOOD_FOR else None


def _place(what: str, whom: str) -> str:
    return f"passkeys.{what}:{whom}"
