"""Giving a second factor: one field takes codes of a program and recovery codes, and each try is counted beforehand.

Where one is asked for is in the rooms beside this one; what fits, in `models.users.factors`.
"""

from dataclasses import dataclass
from typing import Any

from wtforms import StringField

from models.core.lanes import Lane
from models.users.factors.app import spend_code
from models.users.factors.changes import note_recovery
from models.users.factors.recovery_codes import LONGEST, hash_of, plain, spend_recovery_code
from models.users.passwords import verify_password
from models.users.throttle import Bucket, TooManyAttempts, attempt, forgive, key_of
from routes.web.entrance.slowing import too_many
from routes.web.fields import at_most, required
from routes.web.visit import Visit

WRONG = "Koden er feil, eller den er brukt. Vent til appen viser en ny."
_APP = "Engangskode", "Seks sifre fra autentiseringsappen."
_RECOVERY = "Gjenopprettingskode", "En av de ti du fikk da du slo på totrinnsbekreftelse. Hver kode virker én gang."


class Code(StringField):
    """A code as somebody typed it; it is never drawn again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_APP[0], [required("Skriv koden."), at_most(LONGEST)], description=_APP[1], **kwargs)

    def _value(self) -> str:
        return ""

    def ask_for_recovery(self) -> None:
        """Ask for a recovery code, and say so."""
        self.label.text, self.description = _RECOVERY


@dataclass(frozen=True, slots=True)
class Given:
    """A second factor was given."""

    codes_left: int | None = None
    """Where it was a recovery code: how many are left."""


def give(visit: Visit, user_id: int, typed: str, *, device: str | None) -> Given | None:
    """Try a code of a user, and use it up; None where it is wrong. Stands before the first write.

    A browser that the user has signed in with before is counted alone. Raises TooManyAttempts.
    """
    counted = {Bucket.CODE: key_of("code", str(user_id), device or "")}
    attempt(visit.db, counted, visit.now)
    visit.keep()
    code = plain(typed)
    given = _app(visit, user_id, code) if code.isdecimal() else _recovery(visit, user_id, code)
    if given:
        forgive(visit.db, counted)
    return given


def is_given(visit: Visit, field: Code) -> bool:
    """Whether the user who is signed in has given a second factor again; else the field says what is wrong."""
    user = visit.user
    device = visit.portal.cookies.devices(visit.request).get(str(user.user_id))
    try:
        if give(visit, user.user_id, field.data or "", device=device):
            return True
        field.errors = [WRONG]
    except TooManyAttempts as refused:
        field.errors = [too_many(refused.wait)]
    return False


def _app(visit: Visit, user_id: int, code: str) -> Given | None:
    return Given() if spend_code(visit.db, visit.portal.keyring, user_id, code, visit.now) else None


def _recovery(visit: Visit, user_id: int, code: str) -> Given | None:
    stored = hash_of(visit.db, user_id, code)
    right = visit.aside(verify_password, stored, code, lane=Lane.PASSWORDS)
    if not right or stored is None or not spend_recovery_code(visit.db, user_id, stored, visit.now):
        return None
    return Given(note_recovery(visit.db, user_id, visit.now))
