"""Innlogging med jobbkonto of a customer at the desk: setting up its issuer, asking whether it answers, removing it.

How users go there is in `routes.session.work`.
"""

from collections.abc import Iterable

from starlette.responses import Response

from models.core.lanes import Lane
from models.customers.customer import Customer
from models.exchange.oidc import IssuerFailed, NoAnswer
from models.exchange.oidc.discovery import Issuers, Metadata, known_here
from models.users.sign_on.changes import DomainTaken, NotProved, Shown, remove, set_up, shown
from routes.customers.sign_on_form import SignOnForm, stored
from routes.web.answers import go, page
from routes.web.entrance.confirming import OwnPassword, is_confirmed
from routes.web.forms import PortalForm
from routes.web.visit import Visit

NO_ANSWER = "Utstederen svarer ikke ({why}). Er adressen riktig, prøver du igjen senere."
NOT_FIT = "Utstederen svarer, men ikke slik den skal ({why}). Sjekk adressen, og be kunden se over oppsettet."
NOT_PROVED = (
    "Passord kan først slås av når noen har logget inn med jobbkontoen, slik den er satt opp nå. Lagre uten krysset, "
    "og be en av brukerne om å prøve."
)


class RemovalForm(PortalForm):
    """The own password of whoever takes it away."""

    own_password = OwnPassword(id="removal-password")


def edit(visit: Visit, id: int) -> Response:
    """What is set up, and what the customer has to set up on its side."""
    visit.serve(Customer, id)
    issuer = shown(visit.db, id)
    return _page(visit, issuer, _form(visit, issuer, visit.draft() or stored(issuer)))


def update(visit: Visit, id: int) -> Response:
    """Set it up, or change it: whoever does so says who may come in."""
    issuer = _acting(visit, id)
    form = _form(visit, issuer, visit.form.multi_items())
    if not form.validate() or not is_confirmed(visit, form.own_password):
        return _page(visit, issuer, form, status=422)
    try:
        set_up(visit.db, visit.portal.keyring, id, form.wanted, by=visit.user, now=visit.now)
    except (DomainTaken, NotProved) as refused:
        visit.undo()
        if isinstance(refused, DomainTaken):
            form.domains.errors = [f"{refused.domain} er en annen kundes domene."]
        else:
            form.is_only_way.errors = [NOT_PROVED]
        return _page(visit, issuer, form, status=422)
    return go(visit, visit.url("desk_sign_on", id=id), say="Innloggingen er lagret.")


def test(visit: Visit, id: int) -> Response:
    """Ask the issuer that is set up who it is, and for its keys; nothing is kept."""
    visit.serve(Customer, id)
    issuer = shown(visit.db, id)
    form = _form(visit, issuer, stored(issuer))
    if issuer is None:
        return _page(visit, issuer, form, status=422)
    try:
        metadata, keys = visit.aside(_issuers(visit).look, issuer.address, lane=Lane.ISSUERS)
    except IssuerFailed as failed:
        said = (NO_ANSWER if isinstance(failed, NoAnswer) else NOT_FIT).format(why=failed)
        return _page(visit, issuer, form, status=422, problem=said)
    return _page(visit, issuer, form, answer=metadata, keys=keys)


def destroy(visit: Visit, id: int) -> Response:
    """Let nobody sign in so any more."""
    issuer = _acting(visit, id)
    removal = RemovalForm.of(visit)
    if not is_confirmed(visit, removal.own_password):
        return _page(visit, issuer, _form(visit, issuer, stored(issuer)), status=422, removal=removal)
    removed = remove(visit.db, id, by=visit.user, now=visit.now)
    say = "Innloggingen med jobbkonto er tatt bort. Brukerne logger inn med passord." if removed else None
    return go(visit, visit.url("desk_customer", id=id), say=say)


def _acting(visit: Visit, id: int) -> Shown | None:
    visit.serve(Customer, id)
    visit.act()
    return shown(visit.db, id)


def _issuers(visit: Visit) -> Issuers:
    return known_here(visit.portal.settings.public_url)


def _form(visit: Visit, issuer: Shown | None, pairs: Iterable[tuple[str, object]]) -> SignOnForm:
    form: SignOnForm = SignOnForm.of(visit, pairs)
    form.address.asker = _issuers(visit).asker
    form.has_secret = issuer is not None
    return form


def _page(
    visit: Visit,
    issuer: Shown | None,
    form: SignOnForm,
    *,
    status: int = 200,
    problem: str = "",
    answer: Metadata | None = None,
    keys: int = 0,
    removal: RemovalForm | None = None,
) -> Response:
    links = visit.portal.links
    return page(
        visit,
        "customers/sign-on/edit.html",
        status=status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        issuer=issuer,
        form=form,
        removal=removal or RemovalForm(),
        problem=problem,
        answer=answer,
        keys=keys,
        may_act=visit.may_act,
        back=links.absolute("work_back"),
        out=links.absolute("sign_in"),
        direct=links.absolute("leave_for_work", key=issuer.key) if issuer else None,
    )
