"""Info: the first tab, with what a customer wants to see first (I1)."""

from starlette.responses import Response

from models.bookings.search import upcoming_bookings
from models.core.scope import Right
from models.core.search import Found
from models.customers.customer import Customer
from models.customers.units import units_in_scope
from models.notices.notice import notices_for
from models.orders.search import open_orders
from routes.info.boxes import boxes
from routes.info.owed import owed_by_age
from routes.web.answers import go, page
from routes.web.receipts import ReceiptLine
from routes.web.visit import Visit

SHOWN = 5


def root(visit: Visit) -> Response:
    """The address without a path leads to the first tab."""
    return go(visit, visit.home)


def index(visit: Visit) -> Response:
    """Notices, account manager, customer and units, what waits, open orders, the next bookings (I1, number 4)."""
    if visit.is_at_desk:
        return go(visit, visit.home)
    scope = visit.user.scope
    if scope is None:
        return page(visit, "info/index.html", customer=None)
    orders = open_orders(visit.db, SHOWN) if visit.may(Right.ORDERS) else Found([], 0, None)
    bookings = visit.may(Right.ORDERS, Right.EMPLOYEES)
    return page(
        visit,
        "info/index.html",
        part=("upcoming", "info/worklist/worklist"),
        customer=visit.db.get_one(Customer, scope.customer_id),
        notices=notices_for(visit.db, scope, visit.today),
        units=units_in_scope(visit.db, scope, *Right),
        may_order=visit.may(Right.ORDERS),
        boxes=boxes(visit),
        tried=None,
        receipt=ReceiptLine(),
        open_orders=orders.rows,
        open_count=orders.count,
        owed=owed_by_age(visit) if visit.may(Right.INVOICES) else [],
        upcoming=upcoming_bookings(visit.db, visit.now, SHOWN) if bookings else None,
        now=visit.now,
    )
