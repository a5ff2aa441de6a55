"""Ansatte at the desk (D3): the people of one customer, found by name, address or number, and where they belong.

They are changed by their employer; what the desk does with one of them stands on the bookings.
"""

from starlette.responses import Response

from models.core.search import COUNTED_TO
from models.customers.customer import Customer
from models.employees.search import Criteria, find_employees
from routes.web.fields import Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Listing, answer
from routes.web.visit import Visit


class PeopleSearch(PortalForm):
    """Whom staff look for."""

    q = Text("Navn, e-post eller mobil:", [at_most(200)])


class People(Listing):
    """A page of the customer that this visit serves."""

    route = "desk_employees"
    nothing = "Ingen ansatte funnet"
    words = ("ansatt", "ansatte")
    counted_to = COUNTED_TO

    def way(self, **changed: object) -> str:
        """The address of this search at this customer."""
        return super().way(id=self.visit.customer_id, **changed)


def index(visit: Visit, id: int) -> Response:
    """The active employees of a customer."""
    visit.serve(Customer, id)
    search: PeopleSearch = PeopleSearch.of(visit)
    return answer(
        visit,
        People,
        "employees/desk/index.html",
        search,
        lambda after: find_employees(visit.db, id, Criteria(search.q.data or "", after=after)),
        customer=visit.db.get_one(Customer, id),
    )
