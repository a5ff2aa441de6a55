"""Bedrifter og avdelinger of a customer at the desk: a new one, another name, number, place or account manager."""

from collections.abc import Iterable

from starlette.responses import Response

from models.core.scope import Right
from models.customers.customer import Customer
from models.customers.unit_changes import BelowItself, NameTaken, NumberTaken, UnitFacts, add_unit, change_unit
from models.customers.units import Unit, units_in_scope
from routes.customers.unit_form import NAME_TAKEN, NUMBER_TAKEN, CompanyForm, FactsForm, UnitForm, stored
from routes.web.answers import go, page
from routes.web.forms import unit_choices
from routes.web.visit import Visit


def new(visit: Visit, id: int) -> Response:
    """The empty form."""
    visit.serve(Customer, id)
    return _page(visit, _unit_form(visit, visit.draft() or []))


def create(visit: Visit, id: int) -> Response:
    """Add a unit."""
    visit.serve(Customer, id)
    form = _unit_form(visit, visit.form.multi_items())
    if not form.validate():
        return _page(visit, form, status=422)
    try:
        add_unit(visit.db, int(form.parent.data), form.facts, by=visit.user, now=visit.now)
    except (NameTaken, NumberTaken) as taken:
        return _page(visit, _said(form, taken), status=422)
    return go(visit, visit.url("desk_customer", id=id), say=f"{form.facts.name} er lagt til.")


def edit(visit: Visit, id: int) -> Response:
    """A unit, to be changed."""
    unit, customer = _unit(visit, id)
    is_company = unit.parent_id is None
    known = {
        "name": unit.name,
        "organisation_number": unit.organisation_number or "",
        "account_manager": str((customer if is_company else unit).account_manager_id or ""),
        "parent": str(unit.parent_id or ""),
        "reference_needed": "" if unit.reference_pattern is None else "1",
        "reference_pattern": unit.reference_pattern or "",
        "reference_example": unit.reference_example,
    }
    if is_company:
        known |= stored(customer)
    return _page(visit, _form(visit, unit, visit.draft() or known.items()), unit, customer)


def update(visit: Visit, id: int) -> Response:
    """Change it, and move it with what is below it."""
    unit, customer = _unit(visit, id)
    form = _form(visit, unit, visit.form.multi_items())
    if not form.validate():
        return _page(visit, form, unit, customer, status=422)
    parent_id = int(form.parent.data) if isinstance(form, UnitForm) else None
    facts: UnitFacts = form.facts
    try:
        change_unit(visit.db, id, facts, parent_id, by=visit.user, now=visit.now)
    except (NameTaken, NumberTaken, BelowItself) as taken:
        visit.undo()
        unit, customer = _unit(visit, id)
        return _page(visit, _said(form, taken), unit, customer, status=422)
    return go(visit, visit.url("desk_customer", id=visit.customer_id), say=f"{facts.name} er lagret.")


def _unit(visit: Visit, id: int) -> tuple[Unit, Customer]:
    """The unit, and whose it is: the company is served by whoever serves the customer."""
    customer_id = visit.serve(Unit, id)
    return visit.db.get_one(Unit, id), visit.db.get_one(Customer, customer_id)


def _form(visit: Visit, unit: Unit, pairs: Iterable[tuple[str, object]]) -> FactsForm:
    if unit.parent_id is not None:
        return _unit_form(visit, pairs)
    form: CompanyForm = CompanyForm.of(visit, pairs)
    form.set_choices(visit, "Ingen ennå")
    return form


def _unit_form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> UnitForm:
    form: UnitForm = UnitForm.of(visit, pairs)
    form.set_choices(visit, "Kundens kundeansvarlig")
    assert visit.scope is not None
    form.parent.choices = unit_choices(units_in_scope(visit.db, visit.scope, *Right))
    return form


def _said(form: FactsForm, taken: Exception) -> FactsForm:
    """The form, with the sentence at the field that it is about."""
    if isinstance(taken, NumberTaken):
        form.organisation_number.errors = [NUMBER_TAKEN]
    elif isinstance(taken, NameTaken):
        form.name.errors = [NAME_TAKEN]
    elif isinstance(form, UnitForm):
        form.parent.errors = ["En avdeling kan ikke ligge under seg selv."]
    return form


def _page(
    visit: Visit, form: FactsForm, unit: Unit | None = None, customer: Customer | None = None, *, status: int = 200
) -> Response:
    return page(
        visit,
        "customers/units/show.html",
        part="unit-form",
        status=status,
        customer=customer or visit.db.get_one(Customer, visit.customer_id),
        form=form,
        unit=unit,
    )
