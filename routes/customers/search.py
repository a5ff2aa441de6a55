"""Kunder at the desk: finding a customer, and one customer's page.

Seeing the portal as the customer is in `viewings`.
"""

from starlette.responses import Response

from models.customers.customer import Customer
from models.customers.search import Criteria, Found, find_customers
from routes.customers.page import draw, viewing_form
from routes.web import search as listing
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.fields import Text, at_most, is_id
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.whose import Whose


class CustomerSearch(PortalForm):
    """What customers are searched by."""

    q = Text("Fritekst:", [at_most(200)], description="Navn, avdeling eller organisasjonsnummer")
    whose = Whose()

    def criteria(self, account_manager_id: int | None, after: int | None) -> Criteria:
        """What to search for, once the form is valid."""
        return Criteria(self.q.data or "", self.whose.manager(account_manager_id), after)


class Listing(listing.Listing):
    """A page of customers."""

    route = "desk_customers"
    nothing = "Ingen kunder funnet"
    words = ("kunde", "kunder")


def index(visit: Visit) -> Response:
    """Find a customer."""
    search: CustomerSearch = CustomerSearch.of(visit)
    after = _after(visit)
    valid = search.validate()
    criteria = search.criteria(visit.user.account_manager_id, after)
    found = find_customers(visit.db, criteria) if valid else Found([], 0, None)
    return page(
        visit,
        "customers/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("desk_customers", **search.filters, after=after),
        search=search,
        found=Listing(visit, search, found, later=after is not None),
    )


def show(visit: Visit, id: int) -> Response:
    """One customer: units, users, and the way to see the portal as one of them."""
    visit.serve(Customer, id)
    return draw(visit, viewing_form(visit, visit.draft() or []))


def _after(visit: Visit) -> int | None:
    text = visit.query_params.get("after")
    if text and not is_id(text):
        raise not_found()
    return int(text) if text else None
