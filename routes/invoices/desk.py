"""Fakturaer at the desk (D3): those of one customer, what is to be paid first; nothing about them is changed there."""

from starlette.responses import Response

from models.customers.customer import Customer
from models.invoices.invoice import Status
from models.invoices.search import Criteria, find_invoices
from models.invoices.sorts import Column, Sort
from routes.web.fields import Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Listing, answer
from routes.web.visit import Visit
from routes.web.words.labels import ValueChoice

_DUE_FIRST = Sort(Column.DUE)


class InvoiceSearch(PortalForm):
    """What invoices are searched by."""

    number = Text("Fakturanummer:", [at_most(60)])
    status = ValueChoice("Status:", tuple(Status), none=Option("", "Alle"))


class Invoices(Listing):
    """A page of the invoices of the customer that this visit serves."""

    route = "desk_invoices"
    nothing = "Ingen fakturaer funnet"
    words = ("faktura", "fakturaer")

    def way(self, **changed: object) -> str:
        """The address of this search at this customer."""
        return super().way(id=self.visit.customer_id, **changed)


def index(visit: Visit, id: int) -> Response:
    """The invoices of a customer: the newest first, or what is due first where one asks for what is not paid."""
    visit.serve(Customer, id)
    search: InvoiceSearch = InvoiceSearch.of(visit)

    def criteria(after: int | None) -> Criteria:
        status = Status(search.status.data) if search.status.data else None
        sort = _DUE_FIRST if status in {Status.UNPAID, Status.OVERDUE} else Sort(Column.ISSUED, descending=True)
        return Criteria(search.number.data or None, status=status, sort=sort, after=after)

    return answer(
        visit,
        Invoices,
        "invoices/desk/index.html",
        search,
        lambda after: find_invoices(visit.db, criteria(after), visit.today),
        customer=visit.db.get_one(Customer, id),
        today=visit.today,
    )
