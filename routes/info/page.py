"""Info: the first tab, with what a customer wants to see first (I1)."""

from starlette.responses import Response

from models.bookings.search import upcoming_and_free
from models.core.scope import Right
from models.core.search import Found
from models.customers.customer import Customer
from models.customers.units import units_in_scope
from models.notices.notice import notices_for
from models.orders.search import open_orders, quick_counts
from routes.info.boxes import INVOICES, boxes
from routes.info.finance import finance_of, is_finance
from routes.info.owed import owed_by_age
from routes.info.tiles import tiles_of, to_do
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
    may_order, finance = visit.may(Right.ORDERS), finance_of(visit) if is_finance(visit) else None
    is_open, waiting = quick_counts(visit.db) if may_order else (0, 0)
    orders = open_orders(visit.db, SHOWN, is_open) if may_order else Found([], 0, None)
    # What is to be paid stands above, with what it comes to.
    waits = [box for box in boxes(visit, waiting=waiting) if not finance or box.id != INVOICES]
    notices = notices_for(visit.db, scope, visit.today)
    upcoming = upcoming_and_free(visit.db, visit.now, SHOWN) if visit.may(Right.ORDERS, Right.EMPLOYEES) else None
    return page(
        visit,
        "info/index.html",
        part=("upcoming", "info/worklist/worklist"),
        customer=visit.db.get_one(Customer, scope.customer_id),
        important=[notice for notice in notices if notice.is_important],
        notices=[notice for notice in notices if not notice.is_important],
        units=units_in_scope(visit.db, scope, *Right),
        may_order=may_order,
        boxes=waits,
        tiles=tiles_of(visit, waits, is_open, waiting, upcoming),
        to_do=to_do(visit, waits),
        finance=finance,
        tried=None,
        receipt=ReceiptLine(),
        open_orders=orders.rows,
        open_count=is_open,
        owed=owed_by_age(visit) if visit.may(Right.INVOICES) else [],
        upcoming=upcoming.rows if upcoming else None,
        now=visit.now,
    )
