"""Oversikt: the desk's first tab, with what waits for the account manager."""

from starlette.responses import Response

from models.desk_orders import new_orders
from models.outbox import dead_count
from routes.web.answers import page
from routes.web.visit import Visit

SHOWN = 10


def index(visit: Visit) -> Response:
    """New orders of one's own customers, and what could not be sent."""
    assert visit.user.account_manager_id is not None
    orders, order_count = new_orders(visit.db, visit.user.account_manager_id, SHOWN)
    return page(
        visit,
        "desk/overview/index.html",
        orders=orders,
        order_count=order_count,
        today=visit.today,
        dead=dead_count(visit.db),
    )
