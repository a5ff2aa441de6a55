"""Meldinger at the desk: what the provider's staff write to a customer on an order."""

from starlette.responses import Response

from models.orders.messages import needs_no_answer
from routes.orders.conversation import conversation, send_message
from routes.orders.desk.page import draw, form_now, order_of, receipt_of_order
from routes.web.answers import swap
from routes.web.texts.asker import message_at_desk
from routes.web.visit import Visit


def create(visit: Visit, number: int) -> Response:
    """Send a message, or ask about what stands in it; the order's page shows it in place."""
    order = order_of(visit, number)
    talk = send_message(visit, order, message_at_desk)
    if not talk.said:
        return draw(visit, order, form_now(visit, order), talk, status=talk.status)
    return swap(
        visit,
        "orders/_messages.html",
        or_go=visit.url("desk_order", number=number),
        say=talk.said,
        order=order,
        talk=talk,
        receipt=receipt_of_order(visit, order),
    )


def update(visit: Visit, number: int) -> Response:
    """Note that what the customer wrote last asks for no answer."""
    order = order_of(visit, number)
    needs_no_answer(visit.db, order, by=visit.user, now=visit.now)
    return swap(
        visit,
        "orders/_messages.html",
        or_go=visit.url("desk_order", number=number),
        say="Meldingen venter ikke på svar lenger.",
        order=order,
        talk=conversation(visit, order, fill=message_at_desk),
        receipt=receipt_of_order(visit, order),
    )
