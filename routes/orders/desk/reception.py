"""Ta imot, on the desk's overview: an order that nobody has begun with gets the status that means received.

Any other status is chosen on the order's page: `page`.
"""

from starlette.responses import Response

from models.catalogue.entry import Meaning
from models.orders.desk import around
from models.orders.progress import MovedOn, progress_at_desk
from routes.orders.desk.page import order_of
from routes.web.answers import go
from routes.web.visit import NOT_MAILED, Visit


def create(visit: Visit, number: int) -> Response:
    """Receive the order and tell who sent it; where that cannot be, the order's page says what can."""
    order = order_of(visit, number)
    place = visit.url("desk_order", number=number)
    received = visit.catalogue.name_of(Meaning.RECEIVED)
    if received is None:
        return go(visit, place, say="Ingen ordrestatus betyr mottatt. Velg en annen her.", tone="wait")
    group = order.product_group
    try:
        changed = progress_at_desk(
            visit.db,
            order,
            seen=(None, group),
            status=received,
            product_group=group,
            notify=True,
            by=visit.user,
            now=visit.now,
        )
    except MovedOn:
        return go(visit, place, say="Noen andre har gått videre med bestillingen. Slik står den nå.", tone="wait")
    reader = around(visit.db, order).reader if changed else None
    told = f" {visit.mailed(f'{reader.full_name} får en e-post.', NOT_MAILED)}" if reader else ""
    return go(visit, visit.url("desk"), say=f"Bestilling {number} er tatt imot.{told}")
