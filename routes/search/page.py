"""The box of a customer's users: a number, a KID, a reference, words of an order, a name, a telephone number.

Each kind of thing is asked for with its own search and only with its right (X2); the lists have the filters.
"""

from starlette.responses import Response

from models.core.scope import Right
from models.employees.search import Criteria as EmployeeCriteria
from models.employees.search import find_employees
from models.invoices.search import Criteria as InvoiceCriteria
from models.invoices.search import batch_of_invoices
from models.orders.search import find_orders, orders_mentioning
from routes.search.hits import SHOWN, EverythingSearch, Hits, OrderHit, count_text
from routes.web.answers import go, page
from routes.web.portal import found_by
from routes.web.visit import Visit


def index(visit: Visit) -> Response:
    """Find orders, invoices and employees by whatever one holds (product section 5, number 14)."""
    search = EverythingSearch.of(visit)
    search.q.description = found_by(visit.signed_in)[1] + "."
    if search.masked:  # what was typed stays in no address
        return go(visit, visit.url("search", hidden=1))
    valid = search.validate()
    wanted = search.wanted
    orders, invoices, employees = _orders(visit, wanted), _invoices(visit, wanted), _employees(visit, wanted)
    return page(
        visit,
        "search/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("search", q=search.q.data),
        search=search,
        hidden=bool(visit.query_params.get("hidden")),
        wanted=wanted,
        orders=orders,
        invoices=invoices,
        employees=employees,
        count_text=count_text(orders, invoices, employees),
        today=visit.today,
    )


def _orders(visit: Visit, text: str) -> Hits:
    if not text or not visit.may(Right.ORDERS):
        return Hits([])
    rows, more = orders_mentioning(text, SHOWN, lambda criteria: find_orders(visit.db, criteria, SHOWN))
    return Hits([OrderHit.of(row, text) for row in rows], visit.url("orders", **more) if more else None)


def _invoices(visit: Visit, text: str) -> Hits:
    if not text or not visit.may(Right.INVOICES):
        return Hits([])
    rows, following = batch_of_invoices(visit.db, InvoiceCriteria(number=text), visit.today, SHOWN)
    return Hits(rows, visit.url("invoices", number=text) if following else None)


def _employees(visit: Visit, text: str) -> Hits:
    if not text or not visit.may(Right.EMPLOYEES) or visit.customer is None:
        return Hits([])
    found = find_employees(visit.db, visit.customer.id, EmployeeCriteria(text=text), SHOWN)
    return Hits(found.rows, visit.url("employees", q=text) if found.next else None)
