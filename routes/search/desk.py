"""The box at the desk (D4): customers, orders by number and words, invoices, and the people of one's own customers."""

from starlette.responses import Response

from models.customers.search import Criteria as CustomerCriteria
from models.customers.search import find_customers
from models.desk.people import people_named
from models.invoices.desk import invoices_numbered
from models.orders.desk import Criteria as OrderCriteria
from models.orders.desk import find_orders
from models.orders.search import orders_mentioning
from routes.search.hits import SHOWN, EverythingSearch, Hits, OrderHit, count_text
from routes.web.answers import go, page
from routes.web.portal import found_by
from routes.web.visit import Visit


def index(visit: Visit) -> Response:
    """Find customers, orders, invoices and people by whatever somebody on the telephone says."""
    search = EverythingSearch.of(visit)
    search.q.description = found_by(visit.signed_in)[1] + "."
    if search.masked:  # what was typed stays in no address
        return go(visit, visit.url("desk_search", hidden=1))
    valid = search.validate()
    found = _found(visit, search.wanted) if search.wanted else [Hits([])] * 4
    customers, orders, invoices, people = found
    return page(
        visit,
        "search/desk/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("desk_search", q=search.q.data),
        search=search,
        hidden=bool(visit.query_params.get("hidden")),
        wanted=search.wanted,
        customers=customers,
        orders=orders,
        invoices=invoices,
        people=people,
        count_text=count_text(*found),
        today=visit.today,
    )


def _found(visit: Visit, text: str) -> list[Hits]:
    customers = find_customers(visit.db, CustomerCriteria(text), SHOWN)
    people = people_named(visit.db, visit.user.covers, text, SHOWN + 1)
    return [
        Hits(customers.rows, visit.url("desk_customers", q=text, whose="all") if customers.next else None),
        _orders(visit, text),
        Hits(invoices_numbered(visit.db, text, SHOWN)),
        Hits(people[:SHOWN]),
    ]


def _orders(visit: Visit, text: str) -> Hits:
    rows, more = orders_mentioning(
        text, SHOWN, lambda asked: find_orders(visit.db, OrderCriteria(number=asked.number, q=asked.q), SHOWN)
    )
    rest = visit.url("desk_orders", **more, whose="all") if more else None
    return Hits([OrderHit.of(row, text) for row in rows], rest)
