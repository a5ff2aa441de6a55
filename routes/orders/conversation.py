"""Meldinger on an order, as its page shows them to either side, and the form that adds one.

The part is `orders/_messages.html`; the pages that hold it are the customer's and the desk's. How messages are sent is
in `routes.web.texts.sending`.
"""

from collections.abc import Iterable
from functools import partial

from models.orders.files import ON_ORDERS
from models.orders.messages import messages_of, write_message
from models.orders.order import Order
from routes.web.texts.sending import Subject, draw_talk, send_in
from routes.web.texts.talk import Filling, Talk, own_message
from routes.web.visit import Visit


def conversation(
    visit: Visit, order: Order, pairs: Iterable[tuple[str, str]] = (), *, fill: Filling = own_message
) -> Talk:
    """The messages on an order, with a form that holds what was typed."""
    return draw_talk(visit, _subject(visit, order), pairs, fill=fill)


def send_message(visit: Visit, order: Order, fill: Filling = own_message) -> Talk:
    """Write what was sent, unless it is asked about; the answer holds the form to draw, and its status."""
    return send_in(visit, _subject(visit, order), fill)


def _subject(visit: Visit, order: Order) -> Subject:
    number, at_desk = order.number, visit.is_at_desk
    return Subject(
        key=number,
        files=ON_ORDERS,
        has_own_files=True,
        messages=partial(messages_of, visit.db, order),
        write=partial(write_message, visit.db, order),
        action=visit.url("create_desk_message" if at_desk else "create_order_message", number=number),
        answered=visit.url("desk_no_answer", number=number),
        way=lambda id: visit.url("desk_order_file" if at_desk else "order_file", number=number, id=id),
    )
