"""Giving a second factor: a code of a program, a recovery code or a passkey, and each try is counted beforehand.

Where one is asked for is in the rooms beside this one; what fits, in `models.users.factors`.
"""

from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import StopValidation

from models.core.lanes import Lane
from models.users.events import say_refused
from models.users.factors.app import spend_code
from models.users.factors.changes import note_recovery
from models.users.factors.passkeys import LONGEST_ANSWER, known_to, spend_signature
from models.users.factors.recovery_codes import LONGEST, hash_of, plain, spend_recovery_code
from models.users.passwords import verify_password
from models.users.throttle import Bucket, TooManyAttempts, attempt, forgive, key_of
from routes.session.questions import Question, ask, asked, here, party
from routes.web.entrance.slowing import too_many
from routes.web.fields import at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit

WRONG = "Koden er feil, eller den er brukt. Vent til appen viser en ny."
WRONG_PASSKEY = "Passnøkkelen passet ikke, eller det tok for lang tid. Prøv en gang til, eller skriv en kode."
_APP = "Engangskode", "Seks sifre fra autentiseringsappen."
_RECOVERY = "Gjenopprettingskode", "En av de ti du fikk da du slo på totrinnsbekreftelse. Hver kode virker én gang."


def _unless_passkey(form: Any, field: Any) -> None:
    """Whoever has used a passkey types no code."""
    if "passkey" in form and form.passkey.data:
        field.errors = []
        raise StopValidation


class Code(StringField):
    """A code as somebody typed it; it is never drawn again."""

    def __init__(self, **kwargs: Any) -> None:
        checks = [_unless_passkey, required("Skriv koden."), at_most(LONGEST)]
        super().__init__(_APP[0], checks, description=_APP[1], **kwargs)

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


class FactorForm(PortalForm):
    """A second factor as it is given: a code that was typed, or what a browser says for a passkey (`questions`)."""

    code = Code()
    passkey = HiddenField(validators=[at_most(LONGEST_ANSWER)])
    question = HiddenField()


def question_for(visit: Visit, user_id: int, whom: str) -> Question | None:
    """What a browser is asked of a user with passkeys; None of one without."""
    known, there = known_to(visit.db, visit.portal.keyring, user_id), party(visit)
    if not known or there is None:
        return None
    return ask(visit, "use", whom, lambda challenge: there.ask_to_sign(challenge, known.values()))


def give(visit: Visit, user_id: int, form: FactorForm, whom: str, *, device: str | None) -> Given | None:
    """Try what a user gave, and use it up; None where it is wrong. Stands before the first write.

    A browser that the user has signed in with before is counted alone. Raises TooManyAttempts.
    """
    counted = {Bucket.CODE: key_of("code", str(user_id), device or "")}
    attempt(visit.db, counted, visit.now)
    visit.keep()
    code, kind = plain(form.code.data or ""), kind_of(form)
    if kind == "passkey":
        given = _passkey(visit, user_id, form, whom)
    else:
        given = _app(visit, user_id, code) if kind == "code" else _recovery(visit, user_id, code)
    if given:
        forgive(visit.db, counted)
    else:
        say_refused(user_id, kind)
    return given


def kind_of(form: FactorForm) -> str:
    """What the log calls what was given."""
    if form.passkey.data:
        return "passkey"
    return "code" if plain(form.code.data or "").isdecimal() else "recovery code"


def wrong(form: FactorForm) -> str:
    """What to say of what was given."""
    return WRONG_PASSKEY if form.passkey.data else WRONG


def is_given(visit: Visit, form: FactorForm) -> bool:
    """Whether the user who is signed in has given a second factor again; else the field says what is wrong."""
    user = visit.user
    device = visit.portal.cookies.devices(visit.request).get(str(user.user_id))
    try:
        if give(visit, user.user_id, form, here(visit), device=device):
            return True
        form.code.errors = [wrong(form)]
    except TooManyAttempts as refused:
        form.code.errors = [too_many(refused.wait)]
    return False


def _passkey(visit: Visit, user_id: int, form: FactorForm, whom: str) -> Given | None:
    there, challenge = party(visit), asked(visit, "use", whom, form.question.data or "")
    if there is None or challenge is None:
        return None
    answer, keyring = form.passkey.data or "", visit.portal.keyring
    is_right = spend_signature(visit.db, keyring, there, user_id, challenge=challenge, answer=answer, now=visit.now)
    return Given() if is_right else None


def _app(visit: Visit, user_id: int, code: str) -> Given | None:
    return Given() if spend_code(visit.db, visit.portal.keyring, user_id, code, visit.now) else None


def _recovery(visit: Visit, user_id: int, code: str) -> Given | None:
    stored = hash_of(visit.db, user_id, code)
    right = visit.aside(verify_password, stored, code, lane=Lane.PASSWORDS)
    if not right or stored is None or not spend_recovery_code(visit.db, user_id, stored, visit.now):
        return None
    return Given(note_recovery(visit.db, user_id, visit.now))
