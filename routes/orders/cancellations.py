"""Avbestill: the question, and taking an order back. Until when one can, stands in `models.orders.cancelling`."""

from collections.abc import Iterable

from starlette.responses import Response

from models.bookings.timetable import bookings_of_order
from models.customers.units import account_manager_of
from models.orders.cancelling import TooFar, cancel_order, is_cancelled, may_be_cancelled
from models.orders.order import Order, parts_of
from routes.orders.new import who_heard
from routes.orders.page import order_of
from routes.web.answers import go, page
from routes.web.fields import Text, at_most, required
from routes.web.forms import PortalForm, masked_sentence
from routes.web.texts.guard import Guard, guard_on
from routes.web.visit import Visit

LONGEST = 500
"""Characters of a reason."""


class CancellationForm(PortalForm):
    """Why an order is taken back."""

    reason = Text(
        "Hvorfor avbestiller dere?",
        [required("Skriv kort hvorfor bestillingen ikke trengs."), at_most(LONGEST)],
        description="Kundeansvarlig leser det, og det blir stående under Meldinger.",
    )


def new(visit: Visit, number: int) -> Response:
    """Ask first, or say why it cannot be cancelled here."""
    return _ask(visit, order_of(visit, number), _form(visit, visit.draft() or ()))


def create(visit: Visit, number: int) -> Response:
    """Take the order back; sent twice, it is the same cancellation."""
    order, form = order_of(visit, number), _form(visit, visit.form.multi_items())
    if not is_cancelled(order, visit.catalogue):
        if not form.validate():
            return _ask(visit, order, form, status=422)
        guard = guard_on(visit, form, ["reason"])
        if guard:
            return _ask(visit, order, form, guard, status=guard.status)
    fallback = visit.portal.settings.fallback_email
    try:
        told = cancel_order(visit.db, order, form.reason.data or "", by=visit.user, fallback=fallback, now=visit.now)
    except TooFar:  # the provider has planned it while this was written
        return _ask(visit, order, form, status=409)
    who = who_heard(told) if told else ""
    letter = visit.mailed(f" {who} varslet.") if who else ""
    said = f"Bestilling {number} er avbestilt.{letter}{masked_sentence(form.masked)}"
    return go(visit, visit.url("order", number=number), say=said)


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> CancellationForm:
    form: CancellationForm = CancellationForm.of(visit, pairs)
    return form


def _ask(
    visit: Visit, order: Order, form: CancellationForm, guard: Guard | None = None, *, status: int = 200
) -> Response:
    return page(
        visit,
        "orders/cancellation.html",
        part="cancellation",
        status=status,
        order=order,
        what=parts_of(order).known_as(order.product_group),
        form=form,
        guard=guard,
        may_be_cancelled=may_be_cancelled(order, visit.catalogue),
        is_cancelled=is_cancelled(order, visit.catalogue),
        bookings=[booking for booking in bookings_of_order(visit.db, order.number) if not booking.cancelled],
        manager=account_manager_of(visit.db, order.unit_id),
    )
