"""Step-up: whoever changes how others get in has just shown to be the one who signed in.

Which changes ask for it, their rooms say.
"""

from typing import Any

from wtforms import PasswordField

from models.core.lanes import Lane
from models.users.events import say_refused
from models.users.password_links import password_of
from models.users.passwords import verify_password
from models.users.throttle import Bucket, TooManyAttempts, attempt, forgive, key_of
from routes.web.entrance.slowing import too_many
from routes.web.fields import at_most
from routes.web.visit import Visit

_NEEDED = "Skriv ditt eget passord, så vi vet at det er du som endrer dette."
_AT_WORK = "Bekreft først at det er deg, under Passord og innlogginger, og gjør dette innen ti minutter etterpå."
_WRONG = "Det er ikke passordet ditt."


class OwnPassword(PasswordField):
    """The password of whoever is signed in; it is never drawn again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("Ditt eget passord", [at_most(200)], **kwargs)


def is_confirmed(visit: Visit, field: OwnPassword) -> bool:
    """Whether it is the user who sits there; else the field says what is missing. Stands before the first write."""
    if visit.is_recent:
        return True
    typed = field.data or ""
    if not typed:
        field.errors = [_AT_WORK if visit.user.vouched_at_id else _NEEDED]
        return False
    counted = {Bucket.OWNER: key_of("user", str(visit.user.user_id))}
    try:
        attempt(visit.db, counted, visit.now)
    except TooManyAttempts as refused:
        field.errors = [too_many(refused.wait)]
        return False
    visit.keep()
    if not visit.aside(verify_password, password_of(visit.db, visit.user.user_id), typed, lane=Lane.PASSWORDS):
        say_refused(visit.user.user_id, "password")
        field.errors = [_WRONG]
        return False
    forgive(visit.db, counted)
    return True
