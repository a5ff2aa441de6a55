"""Units: the list that a form chooses from, narrowed by the filter box (NB4)."""

from starlette.responses import Response

from models.tenancy import Right
from models.units import units_in_scope
from routes.web.answers import page
from routes.web.forms import UnitChoice, offer_units
from routes.web.visit import Visit


def index(visit: Visit) -> Response:
    """The units that the user may order for, as a page of its own or as the options alone."""
    form = UnitChoice.of(visit)
    assert visit.user.scope is not None
    offer_units(form, units_in_scope(visit.db, visit.user.scope, Right.ORDERS))
    return page(visit, "units/index.html", part="unit-options", form=form)
