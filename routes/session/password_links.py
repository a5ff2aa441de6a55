"""Choosing a password with the link in a letter, without a session.

A GET changes nothing, so mail programs may look at links beforehand. What a link opens is in
`models.users.password_links`.
"""

from starlette.responses import Response

from models.core.lanes import Lane
from models.core.signed import LinkIsOver, NoSuchLink
from models.users.password_links import OpenedLink, open_password_link
from models.users.passwords import hash_password
from routes.session.new_password import NewPassword
from routes.web.answers import go, page
from routes.web.fields import Text
from routes.web.forms import PortalForm
from routes.web.visit import Visit

CHOSEN = "Passordet er lagret. Logg inn med det."


class ChosenPassword(PortalForm):
    """A password, and whose, which is shown for the user and for programs that keep passwords."""

    username = Text("Brukernavn")
    new_password = NewPassword()


def show(visit: Visit, token: str) -> Response:
    """For whom the link is, and the field."""
    try:
        return _page(visit, token, _opened(visit, token), ChosenPassword())
    except (NoSuchLink, LinkIsOver) as wrong:
        return _over(visit, wrong)


def update(visit: Visit, token: str) -> Response:
    """Choose the password, and go to sign in with it: what the program kept is proven there at once."""
    try:
        link = _opened(visit, token)
        form = ChosenPassword.of(visit)
        form.new_password.known = (*link.names, visit.portal.settings.brand)
        if not form.validate():
            return _page(visit, token, link, form, status=422)
        hashed = visit.aside(hash_password, form.new_password.data, lane=Lane.PASSWORDS)
        link.choose(visit.db, hashed, visit.now, here=visit.signed_in)
    except (NoSuchLink, LinkIsOver) as wrong:
        return _over(visit, wrong)
    response = go(visit, visit.url("sign_in"), say=CHOSEN, frame=True)
    visit.portal.cookies.remove_session(response)
    return response


def _opened(visit: Visit, token: str) -> OpenedLink:
    return open_password_link(visit.db, visit.portal.password_signer, token, visit.now)


def _page(visit: Visit, token: str, link: OpenedLink, form: ChosenPassword, *, status: int = 200) -> Response:
    form.username.data = link.user.username
    return page(
        visit,
        "session/passwords/choose.html",
        part="password-form",
        status=status,
        token=token,
        form=form,
        first=link.is_first,
    )


def _over(visit: Visit, wrong: NoSuchLink | LinkIsOver) -> Response:
    """Whatever is wrong with the link, the same words and the way to another one."""
    return page(visit, "session/passwords/over.html", status=410 if isinstance(wrong, LinkIsOver) else 404)
