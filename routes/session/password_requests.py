"""`Glemt passord?`: whoever asks gets the same answer in the same time, and the user, if there is one, a letter."""

from starlette.responses import Response
from wtforms.validators import DataRequired

from models.users.password_requests import ask
from models.users.throttle import TooManyAttempts
from routes.web.answers import page, swap
from routes.web.entrance.slowing import address_key, too_many, try_later
from routes.web.fields import Text, at_most
from routes.web.forms import PortalForm
from routes.web.visit import Visit


class PasswordRequestForm(PortalForm):
    """Who has forgotten a password."""

    username = Text(
        "Brukernavn eller e-post",
        [DataRequired("Skriv brukernavnet ditt, eller e-postadressen din."), at_most(254)],
    )


def new(visit: Visit) -> Response:
    """Who is it, or, after that, what happens now."""
    return _page(visit, PasswordRequestForm(), sent=visit.query_params.get("sent") == "1")


def create(visit: Visit) -> Response:
    """Note the request; whether there is such a user is not looked up here."""
    form = PasswordRequestForm.of(visit)
    if not form.validate():
        return _page(visit, form, status=422)
    try:
        ask(visit.db, form.username.data, address=address_key(visit), now=visit.now)
    except TooManyAttempts as refused:
        form.form_errors = [too_many(refused.wait)]
        return try_later(_page(visit, form, status=429), refused.wait)
    there = visit.url("forgotten_password", sent=1)
    return swap(visit, "session/passwords/_request_form.html", or_go=there, form=form, sent=True)


def _page(visit: Visit, form: PasswordRequestForm, *, status: int = 200, sent: bool = False) -> Response:
    return page(visit, "session/passwords/forgotten.html", part="request-form", status=status, form=form, sent=sent)
