"""Meldinger: what users write to the provider on an order. What a message is, stands in `models.orders.messages`."""

from starlette.responses import Response

from routes.orders.conversation import send_message
from routes.orders.page import draw_order, order_of, receipt_of_order, reference_form
from routes.web.answers import swap
from routes.web.visit import Visit


def create(visit: Visit, number: int) -> Response:
    """Send a message, or ask about what stands in it; the order's page shows it in place."""
    order = order_of(visit, number)
    talk = send_message(visit, order)
    if not talk.said:
        return draw_order(visit, order, reference=reference_form(visit, order), talk=talk, status=talk.status)
    return swap(
        visit,
        "orders/_messages.html",
        or_go=visit.url("order", number=number),
        say=talk.said,
        order=order,
        talk=talk,
        receipt=receipt_of_order(visit, order),
    )
