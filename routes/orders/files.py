"""Vedlegg: the files on an order and on its messages, to be saved by either side.

Those of a form that is being written are in `routes.web.texts.attaching`.
"""

from starlette.responses import Response

from models.orders.files import ON_ORDERS
from models.orders.order import Order
from routes.web.downloads import file_as_sent
from routes.web.visit import Visit


def download(visit: Visit, number: int, id: int) -> Response:
    """A file on an order of the customer's, to be saved."""
    return file_as_sent(ON_ORDERS.content(visit.db, number, id))


def desk_download(visit: Visit, number: int, id: int) -> Response:
    """The same, for the provider's desk."""
    visit.serve(Order, number)
    return file_as_sent(ON_ORDERS.content(visit.db, number, id))
