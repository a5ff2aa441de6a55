"""Sign-in, sign-out and the switch between customers."""

from starlette.responses import Response
from wtforms import PasswordField

from models.core.lanes import Lane
from models.core.scope import across_customers
from models.demo import SIGN_INS
from models.users.events import say, say_refused
from models.users.factors.changes import has_factor
from models.users.factors.devices import is_remembered
from models.users.issuers.issuer import key_of as key_of_issuer
from models.users.passwords import hash_password, is_outdated, verify_password
from models.users.sessions import end_session, note_customer
from models.users.throttle import Bucket, TooManyAttempts, account_key, attempt, forgive, key_of, take_back
from models.users.user import find_user, is_still_password
from routes.session import codes
from routes.session.beginning import begin
from routes.session.work.ways import left_at_work, way_to_work
from routes.web.answers import go, page
from routes.web.entrance.slowing import address_key, too_many, try_later
from routes.web.errors import not_found
from routes.web.fields import Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.http.cookie import SessionCookie
from routes.web.visit import Visit

WRONG = "Feil brukernavn eller passord."
SIGNED_OUT = "Du er logget ut."

_FORGET = {"clear-site-data": '"cache"'}
_AGAIN = ("1", "2", "3", "4")
"""How often the picture on the page after sign-out still leads on."""


class SignInForm(PortalForm):
    """User name and password."""

    username = Text("Brukernavn", [required("Skriv brukernavnet ditt."), at_most(100)])
    password = PasswordField("Passord", [required("Skriv passordet ditt."), at_most(200)])


def new(visit: Visit) -> Response:
    """The sign-in page (N7)."""
    back_to = visit.local(visit.query_params.get("next", ""), visit.url("info"))
    if visit.signed_in:
        return go(visit, back_to)
    problem = "Logg inn for å fortsette. Det du hadde skrevet, er tatt vare på." if "draft=" in back_to else None
    return _page(visit, SignInForm(), back_to, problem=problem)


def create(visit: Visit) -> Response:
    """Sign in, or go on to the second factor of whoever has one."""
    form = SignInForm.of(visit)
    back_to = visit.local(str(visit.form.get("next", "")), visit.url("info"))
    if not form.validate():
        return _page(visit, form, back_to, status=422)
    devices = visit.portal.cookies.devices(visit.request)
    with across_customers(visit.db):
        user = find_user(visit.db, form.username.data)
        device = devices.get(str(user.id)) if user else None
        keys = _throttle_keys(visit, form.username.data, device)
        try:
            counted = attempt(visit.db, keys, visit.now)
        except TooManyAttempts as refused:
            form.form_errors = [too_many(refused.wait)]
            return try_later(_page(visit, form, back_to, status=429), refused.wait)
        visit.keep()
        stored = user.password_hash if user else None
        right = visit.aside(verify_password, stored, form.password.data, lane=Lane.PASSWORDS)
        if not right or user is None or not is_still_password(visit.db, user.id, stored):
            say_refused(user.id if user else None, "password")
            form.form_errors = [WRONG]
            return _page(visit, form, back_to, status=422)
        if is_outdated(user.password_hash):
            user.password_hash = visit.aside(hash_password, form.password.data, lane=Lane.PASSWORDS)
        forgive(visit.db, keys)
        take_back(visit.db, counted)
    if has_factor(visit.db, user.id) and not is_remembered(visit.db, user.id, device, visit.now):
        return codes.ask(visit, user, back_to)
    return begin(visit, user, back_to, given="password")


def destroy(visit: Visit) -> Response:
    """Sign out on the server, and let the browser forget the pages it kept (N4)."""
    with across_customers(visit.db):
        end_session(visit.db, visit.user.session_id, visit.now)
    say(visit.db, "signed out", visit.user.user_id)
    left = key_of_issuer(visit.db, visit.user.vouched_at_id) if visit.user.vouched_at_id else None
    response = go(visit, visit.url("sign_in", left=left), say=SIGNED_OUT)
    response.headers.update(_FORGET)
    visit.portal.cookies.remove_session(response)
    return response


def forget(visit: Visit) -> Response:
    """An empty picture on the page after sign-out, which makes the browser forget once more (N4).

    Only when that page has come does a browser lay the page before it aside for Back, and so later than `destroy`; on a
    busy machine even later than the first answer to the picture. So the picture leads on to itself `again` and again,
    each time after the browser has done what the answer before said.
    """
    again = visit.query_params.get("again", "")
    if again in _AGAIN:
        left = _AGAIN.index(again)
        response = go(visit, visit.url("forget", again=_AGAIN[left - 1] if left else None))
    else:
        empty = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
        response = Response(empty, media_type="image/svg+xml")
    response.headers.update({**_FORGET, "cache-control": "no-store"})
    return response


def switch(visit: Visit) -> Response:
    """Go to another of the user's customers; the session stays, the scope does not."""
    wanted = str(visit.form.get("customer", ""))
    customer = next((choice for choice in visit.customers if str(choice.id) == wanted), None)
    old = visit.portal.cookies.read_session(visit.request)
    if customer is None or old is None:
        raise not_found()
    with across_customers(visit.db):
        note_customer(visit.db, visit.user.session_id, customer.id)
    back_to = visit.local(str(visit.form.get("next", "")), visit.url("info"))
    response = go(visit, back_to, say=f"Du ser nå {customer.name}.")
    visit.portal.cookies.write_session(response, SessionCookie(old.secret, customer.id))
    return response


def _page(visit: Visit, form: SignInForm, back_to: str, *, status: int = 200, problem: str | None = None) -> Response:
    return page(
        visit,
        "session/new.html",
        part="login-form",
        status=status,
        form=form,
        next=back_to,
        problem=problem,
        work=way_to_work(visit, back_to),
        left=left_at_work(visit),
        signed_out=visit.flash is not None and visit.flash.text == SIGNED_OUT,
        demo_users=SIGN_INS if visit.portal.settings.demo else [],
    )


def _throttle_keys(visit: Visit, username: str, device: str | None) -> dict[Bucket, str]:
    """A browser that the user has signed in with before is counted alone, so that nobody can lock it out."""
    if device:
        return {Bucket.DEVICE: key_of(account_key(username), device)}
    return {Bucket.ADDRESS: address_key(visit), Bucket.ACCOUNT: account_key(username)}
