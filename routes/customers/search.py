"""Kunder at the desk: finding a customer, and one customer's page.

Seeing the portal as the customer is in `viewings`.
"""

from starlette.responses import Response

from models.customers.customer import Customer
from models.customers.search import Criteria, find_customers
from routes.customers.page import draw, viewing_form
from routes.web.fields import Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Listing, Whose, answer
from routes.web.visit import Visit


class CustomerSearch(PortalForm):
    """What customers are searched by."""

    q = Text("Fritekst:", [at_most(200)], description="Navn, avdeling eller organisasjonsnummer")
    whose = Whose(or_nobodys=True)

    def criteria(self, visit: Visit, after: int | None) -> Criteria:
        """What to search for, once the form is valid."""
        unserved = self.whose.data == Whose.NOBODYS
        return Criteria(self.q.data or "", self.whose.managers(visit), unserved, after)


class Customers(Listing):
    """A page of customers."""

    route = "desk_customers"
    nothing = "Ingen kunder funnet"
    words = ("kunde", "kunder")


def index(visit: Visit) -> Response:
    """Find a customer."""
    search: CustomerSearch = CustomerSearch.of(visit)
    return answer(
        visit,
        Customers,
        "customers/index.html",
        search,
        lambda after: find_customers(visit.db, search.criteria(visit, after)),
    )


def show(visit: Visit, id: int) -> Response:
    """One customer: units, users, and the way to see the portal as one of them."""
    visit.serve(Customer, id)
    return draw(visit, viewing_form(visit, visit.draft() or []))
