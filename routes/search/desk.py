"""The box at the desk (D4): customers, orders and invoices by number, and the people of one's own customers."""

from starlette.responses import Response

from models.customers.search import Criteria as CustomerCriteria
from models.customers.search import find_customers
from models.desk.people import people_named
from models.invoices.desk import invoices_numbered
from models.orders.desk import Criteria as OrderCriteria
from models.orders.desk import find_orders
from models.orders.order import NUMBER_DIGITS
from models.values.texts.folding import without_label
from routes.search.hits import SHOWN, EverythingSearch, Hits, count_text
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
    number = _number(text)
    orders = find_orders(visit.db, OrderCriteria(number=number), SHOWN).rows if number else []
    people = people_named(visit.db, visit.user.covers, text, SHOWN + 1)
    return [
        Hits(customers.rows, visit.url("desk_customers", q=text, whose="all") if customers.next else None),
        Hits(orders),
        Hits(invoices_numbered(visit.db, text, SHOWN)),
        Hits(people[:SHOWN]),
    ]


def _number(text: str) -> int | None:
    """The number of an order, where the text can be one."""
    digits = without_label(text.strip()).replace(" ", "").removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= NUMBER_DIGITS else None
