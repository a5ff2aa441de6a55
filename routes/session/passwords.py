"""A signed-in user's own password, and where the user is signed in."""

from typing import Any

from starlette.responses import Response
from wtforms import PasswordField

from models.core.lanes import Lane
from models.users.events import say_refused
from models.users.factors import devices
from models.users.factors.changes import factors_of
from models.users.issuers.issuer import key_of as key_of_issuer
from models.users.password_links import change_password, password_of
from models.users.passwords import hash_password, verify_password
from models.users.sessions import end_sessions, live_sessions
from models.users.throttle import Bucket, TooManyAttempts, attempt, forgive, key_of
from models.users.user import FactorKind
from routes.session.new_password import NewPassword
from routes.session.questions import party
from routes.web.answers import page, swap
from routes.web.entrance.slowing import too_many, try_later
from routes.web.fields import Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit

CHANGED = "Passordet er endret. Er du logget inn andre steder, er du logget ut der."
ENDED = "Du er logget ut alle andre steder."
WRONG = "Det er ikke passordet du har nå."
SAME = "Det nye passordet er det samme som det du har nå. Velg et annet."


class PasswordChange(PortalForm):
    """The password that the user has, and another one; whose it is stands there for programs that keep passwords."""

    username = Text("Brukernavn")
    password = PasswordField("Passordet du har nå", [required("Skriv passordet du har nå."), at_most(200)])
    new_password = NewPassword()


def edit(visit: Visit) -> Response:
    """The form, and the sessions in which the user is signed in."""
    return _page(visit, PasswordChange())


def update(visit: Visit) -> Response:
    """Change the password; ends all other sessions."""
    form = PasswordChange.of(visit)
    user = visit.user
    form.new_password.known = (user.username, user.full_name, user.email, visit.portal.settings.brand)
    if not form.validate():
        return _page(visit, form, status=422)
    counted = {Bucket.OWNER: key_of("user", str(user.user_id))}
    try:
        attempt(visit.db, counted, visit.now)
    except TooManyAttempts as refused:
        form.form_errors = [too_many(refused.wait)]
        return try_later(_page(visit, form, status=429), refused.wait)
    visit.keep()
    return _change(visit, form, counted)


def end_others(visit: Visit) -> Response:
    """Sign out everywhere but here, and remember no other browser."""
    end_sessions(visit.db, visit.user.user_id, visit.now, but=visit.user.session_id)
    devices.forget(visit.db, visit.user.user_id, but=_device(visit))
    return _done(visit, ENDED)


def _change(visit: Visit, form: PasswordChange, counted: dict[Bucket, str]) -> Response:
    typed, wanted = form.password.data or "", form.new_password.data or ""
    stored = password_of(visit.db, visit.user.user_id)
    if not visit.aside(verify_password, stored, typed, lane=Lane.PASSWORDS):
        say_refused(visit.user.user_id, "password")
        form.password.errors = [WRONG]
        return _page(visit, form, status=422)
    if typed == wanted:
        form.new_password.errors = [SAME]
        return _page(visit, form, status=422)
    hashed = visit.aside(hash_password, wanted, lane=Lane.PASSWORDS)
    if not change_password(visit.db, visit.user, stored or "", hashed, visit.now):
        form.password.errors = [WRONG]
        return _page(visit, form, status=422)
    forgive(visit.db, counted)
    return _done(visit, CHANGED)


def _page(visit: Visit, form: PasswordChange, *, status: int = 200) -> Response:
    return page(visit, "session/passwords/edit.html", part="access", status=status, **_seen(visit, form))


def _done(visit: Visit, said: str) -> Response:
    there, seen = visit.url("password"), _seen(visit, PasswordChange())
    return swap(visit, "session/passwords/_access.html", or_go=there, say=said, **seen)


def _seen(visit: Visit, form: PasswordChange) -> dict[str, Any]:
    """What stands on the page: whose it is, and all ways in."""
    user, db = visit.user, visit.db
    form.username.data = user.username
    factors = factors_of(db, user.user_id) if user.has_factor else []
    return {
        "form": form,
        "at_work": _again_at_work(visit),
        "sessions": live_sessions(db, user.user_id, visit.now),
        "factor_since": factors[0].added_at if factors else None,
        "app": next((factor for factor in factors if factor.kind is FactorKind.APP), None),
        "passkeys": [factor for factor in factors if factor.kind is FactorKind.PASSKEY],
        "may_have_passkey": party(visit) is not None,
        "remembered": devices.remembered(db, user.user_id, _device(visit), visit.now) if factors else [],
    }


def _again_at_work(visit: Visit) -> str | None:
    """Where whoever has come in at work shows to be the one who sits there; None of one with a password."""
    key = key_of_issuer(visit.db, visit.user.vouched_at_id) if visit.user.vouched_at_id else None
    return visit.url("leave_for_work", key=key, again=1, next=visit.url("password")) if key else None


def _device(visit: Visit) -> str | None:
    """What names this browser for the user."""
    return visit.portal.cookies.devices(visit.request).get(str(visit.user.user_id))
