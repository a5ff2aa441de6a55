"""Ny bestilling at the desk, in the stead of a customer who phones (D2): the customer's own form, and who asked.

The form and its checks are in `routes.orders.new`; what is held here is whose order it is, and who may.
"""

from collections.abc import Iterable

from starlette.responses import Response

from models.conversations.news import who_is_told
from models.orders.messages import sender_of
from models.orders.order import order_by_number
from routes.orders.new import Made, OrderForm, begin, filled, send, who_heard
from routes.web.answers import go
from routes.web.forms import masked_sentence
from routes.web.texts.asker import AskerForm, act_for
from routes.web.visit import NOT_MAILED, Visit


class OrderInStead(AskerForm, OrderForm):
    """The controls of a new order, and who asked for it."""


def new(visit: Visit, id: int) -> Response:
    """The empty form, or what was typed before the session ended."""
    act_for(visit, id)
    return begin(visit, _form)


def create(visit: Visit, id: int) -> Response:
    """Send the order; the user who asked for it is told, and the account manager, unless that is who wrote it."""
    act_for(visit, id)
    made = send(visit, _form)
    if isinstance(made, Response):
        return made
    return go(visit, visit.url("desk_order", number=made.number), say=_said(visit, made))


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> OrderInStead:
    form: OrderInStead = OrderInStead.of(visit, pairs)
    form.ask_for(visit, needed=True)
    form.contact.description = "Uten kontaktperson ringer kundeansvarlig den som ba om bestillingen."
    filled(visit, form)
    return form


def _said(visit: Visit, made: Made) -> str:
    """Who was told of the order, of either side."""
    order, fallback = order_by_number(visit.db, made.number), visit.portal.settings.fallback_email
    told = who_is_told(visit.db, made.unit_id, fallback=fallback, now=visit.now).besides(visit.user)
    who, sender = who_heard(told), sender_of(visit.db, order) if order else None
    confirmed = visit.mailed(f" {sender.full_name} får en bekreftelse på e-post.", f" {NOT_MAILED}") if sender else ""
    manager = visit.mailed(f" {who} varslet.", "" if sender else f" {NOT_MAILED}") if who else ""
    return f"Bestilling {made.number} er sendt.{confirmed}{manager}{masked_sentence(made.masked)}"
