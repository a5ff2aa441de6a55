"""Going to sign in at work: which issuer it is, by the domain of an e-mail address, and there.

Whether anybody has that address, nobody looks up, so nobody learns it.
"""

from starlette.responses import Response

from models.core.lanes import Full, Lane
from models.exchange.oidc import IssuerFailed
from models.exchange.oidc.sign_on import way_there
from models.users.issuers.issuer import key_for
from models.users.throttle import Bucket, TooManyAttempts, attempt
from models.values import email_address
from routes.session.work.ways import TURNS, Going, client_of, issuer_of, issuers, not_asked
from routes.web.answers import go, page
from routes.web.entrance.slowing import address_key, too_many, try_later
from routes.web.fields import Read
from routes.web.forms import PortalForm
from routes.web.visit import Visit

UNKNOWN = "Vi kjenner ingen innlogging hos arbeidsgiver for denne adressen. Logg inn med brukernavn og passord."


class WorkForm(PortalForm):
    """An address at work."""

    email = Read("E-postadressen din på jobben", email_address.read, needed=True)


def new(visit: Visit) -> Response:
    """The page that asks where one works."""
    return _page(visit, WorkForm(), _back_to(visit, visit.query_params.get("next", "")))


def create(visit: Visit) -> Response:
    """Lead on to the issuer of the domain.

    The next page goes on by itself: a form may lead to no other site (`form-action`), a page may.
    """
    form = WorkForm.of(visit)
    back_to = _back_to(visit, str(visit.form.get("next", "")))
    if not form.validate():
        return _page(visit, form, back_to, status=422)
    try:
        attempt(visit.db, {Bucket.ASKER: address_key(visit)}, visit.now)
    except TooManyAttempts as refused:
        form.form_errors = [too_many(refused.wait)]
        return try_later(_page(visit, form, back_to, status=429), refused.wait)
    visit.keep()
    key = key_for(visit.db, form.email.value)
    if key is None:
        form.email.errors = [UNKNOWN]
        return _page(visit, form, back_to, status=422)
    on = visit.url("leave_for_work", key=key, next=back_to)
    response = page(visit, "session/work/leave.html", on=on)
    response.headers["refresh"] = f"0; url={on}"
    return response


def leave(visit: Visit, key: str) -> Response:
    """Go there. The address is good for a customer's own pages, too: it begins at work and ends in the portal."""
    issuer = issuer_of(visit, key)
    back_to = _back_to(visit, visit.query_params.get("next", ""))
    going = Going.begun(visit, key, back_to, again=visit.query_params.get("again") == "1")
    state = going.state(visit)
    try:
        with TURNS.one(key):
            there = visit.aside(
                way_there, issuers(visit), client_of(visit, issuer), going.question, state, visit.now, lane=Lane.ISSUERS
            )
    except (IssuerFailed, Full) as why:
        return not_asked(visit, issuer, why, back_to)
    return go(visit, there, frame=True)


def _back_to(visit: Visit, wanted: str) -> str:
    return visit.local(wanted, visit.url("info"))


def _page(visit: Visit, form: WorkForm, back_to: str, *, status: int = 200) -> Response:
    return page(visit, "session/work/new.html", part="work-form", status=status, form=form, next=back_to)
