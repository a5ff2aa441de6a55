"""Ny kunde at the desk: adding a company."""

from collections.abc import Iterable

from starlette.responses import Response

from models.customers.unit_changes import NumberTaken, open_customer
from routes.customers.unit_form import CompanyForm
from routes.web.answers import go, page
from routes.web.visit import Visit

_TAKEN = "En kunde har dette organisasjonsnummeret, med et annet navn. Finn den under Kunder."


def new(visit: Visit) -> Response:
    """The empty form; whoever fills it in serves the customer, unless somebody else is chosen."""
    mine = [("account_manager", str(visit.user.account_manager_id))]
    return _new(visit, _form(visit, visit.draft() or mine))


def create(visit: Visit) -> Response:
    """Let the customer in; users and units are added on its page."""
    form = _form(visit, visit.form.multi_items())
    if not form.validate():
        return _new(visit, form, status=422)
    try:
        id = open_customer(visit.db, form.facts, by=visit.user, now=visit.now)
    except NumberTaken:
        form.organisation_number.errors = [_TAKEN]
        return _new(visit, form, status=422)
    say = f"{form.facts.name} er lagt til. Legg til avdelinger og brukere her."
    return go(visit, visit.url("desk_customer", id=id), say=say)


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> CompanyForm:
    form: CompanyForm = CompanyForm.of(visit, pairs)
    form.set_choices(visit, "Ingen ennå")
    return form


def _new(visit: Visit, form: CompanyForm, *, status: int = 200) -> Response:
    return page(visit, "customers/new.html", part="company-form", status=status, form=form)
