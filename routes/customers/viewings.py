"""Innsyn: staff see the portal as a customer does, and go back to the desk."""

from starlette.responses import Response

from models.customers.customer import Customer
from models.users.viewings import begin_viewing, end_viewing, viewings_of
from routes.customers.page import draw, viewing_form
from routes.web.answers import go, page
from routes.web.visit import Visit

SHOWN = 50


def index(visit: Visit, id: int) -> Response:
    """Who of the staff has seen the portal as this customer, when, why, and which pages: for when the customer asks."""
    visit.serve(Customer, id)
    return page(
        visit,
        "customers/viewings/index.html",
        customer=visit.db.get_one(Customer, id),
        viewings=viewings_of(visit.db, id, SHOWN),
        shown=SHOWN,
    )


def create(visit: Visit, id: int) -> Response:
    """Begin to see the portal as a customer; the whole frame is another from now on."""
    visit.serve(Customer, id)
    form = viewing_form(visit)
    if not form.validate():
        return draw(visit, form, status=422)
    as_user_id = int(form.as_user.data) if form.as_user.data else None
    begin_viewing(visit.db, id, as_user_id=as_user_id, reason=form.reason.data or "", by=visit.user, now=visit.now)
    return go(visit, visit.url("info"), frame=True)


def destroy(visit: Visit) -> Response:
    """End it, and go back to the customer at the desk."""
    customer_id = visit.customer_id
    end_viewing(visit.db, by=visit.user, now=visit.now)
    return go(visit, visit.url("desk_customer", id=customer_id), say="Innsynet er avsluttet.", frame=True)
