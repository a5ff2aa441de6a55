"""Units: the list that a form chooses from, narrowed by the filter box (NB4, A2)."""

from starlette.responses import Response

from models.core.scope import Right
from models.customers.units import units_in_scope
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.forms import UnitChoice, UnitFilter, set_unit_choices
from routes.web.visit import Visit


def index(visit: Visit) -> Response:
    """The units that the user may order for, or filter employees by, as a page of its own or the options alone."""
    of_employees = visit.query_params.get("of") == "employees"
    right = Right.EMPLOYEES if of_employees else Right.ORDERS
    if not visit.may(right):
        raise not_found()
    form = UnitFilter.of(visit) if of_employees else UnitChoice.of(visit)
    assert visit.user.scope is not None
    set_unit_choices(form, units_in_scope(visit.db, visit.user.scope, right))
    return page(visit, "units/index.html", part="unit-options", form=form, of_employees=of_employees)
