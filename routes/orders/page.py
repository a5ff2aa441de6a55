"""The customer's page of one order; its reference and its messages are changed there."""

from collections.abc import Iterable

from starlette.responses import Response
from wtforms.validators import ValidationError

from models.bookings.timetable import bookings_of_order
from models.catalogue.entry import Meaning
from models.core.scope import Right
from models.customers.references import Rule, rule_of
from models.customers.units import account_manager_of
from models.invoices.invoice import invoices_of_order
from models.orders.cancelling import may_be_cancelled
from models.orders.order import Order, history_of, names_around, order_by_number, parts_of
from models.orders.steps import steps_of
from routes.orders.ahead import may_fill, what_comes
from routes.orders.conversation import conversation
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.fields import Text, at_most
from routes.web.forms import PortalForm
from routes.web.receipts import ReceiptLine, receipt_again, receipt_of
from routes.web.texts.talk import Talk
from routes.web.visit import Visit


class ReferenceForm(PortalForm):
    """The customer's own reference (B16)."""

    reference = Text(
        "Faktura merkes med/fakturareferanse:",
        [at_most(100)],
        description="Sjekk at dette samsvarer med deres interne rutiner for merking av faktura.",
    )
    needed: Rule | None = None
    """What the unit's reference has to look like, where it wants one."""

    def validate_reference(self, field: Text) -> None:
        """Raises the sentence for a reference that the unit wants otherwise."""
        hold_to(self.needed, field)


def hold_to(rule: Rule | None, field: Text) -> None:
    """Raises the sentence for a reference that is not what a unit wants, if it wants one."""
    if rule and (refusal := rule.refusal(field.data or "")):
        raise ValidationError(refusal)


def order_of(visit: Visit, number: int) -> Order:
    """The order; raises the refusal for what one may not see (B13)."""
    order = order_by_number(visit.db, number)
    if order is None:
        raise not_found()
    return order


def reference_form(visit: Visit, order: Order, reference: str | None = None) -> ReferenceForm | None:
    """The form with the order's reference, or with what was typed; None once the order is invoiced."""
    if visit.catalogue.meaning(order.status) is Meaning.INVOICED:
        return None
    return reference_form_of(visit, order, [("reference", order.reference if reference is None else reference)])


def reference_form_of(visit: Visit, order: Order, pairs: Iterable[tuple[str, object]]) -> ReferenceForm:
    """The form, with what the order's unit wants its references to look like."""
    form: ReferenceForm = ReferenceForm.of(visit, pairs)
    form.needed = rule_of(visit.db, order.unit_id)
    form.reference.flags.required = form.needed is not None
    if form.needed and form.needed.shown:
        form.reference.description = f"Må fylles ut, for eksempel {form.needed.shown}."
    return form


def receipt(visit: Visit, number: int) -> Response:
    """Whether the CRM knows of the newest change; without htmx, the order's page (section 5, number 12)."""
    order = order_of(visit, number)
    return receipt_again(visit, order.about, place=visit.url("order", number=number))


def receipt_of_order(visit: Visit, order: Order) -> ReceiptLine:
    """The receipt line of an order, on each page that follows a save."""
    return receipt_of(visit, order.about, ask=visit.url("order_receipt", number=order.number))


def draw_order(
    visit: Visit,
    order: Order,
    *,
    reference: ReferenceForm | None,
    talk: Talk | None = None,
    status: int = 200,
) -> Response:
    """One order with its bookings, messages and history (B13-B16)."""
    names, history = names_around(visit.db, order), history_of(visit.db, order)
    bookings = bookings_of_order(visit.db, order.number, visit.user.user_id)
    invoices = invoices_of_order(visit.db, order.number) if visit.may(Right.INVOICES) else []
    return page(
        visit,
        "orders/show.html",
        part=("reference", "messages"),
        status=status,
        order=order,
        what=parts_of(order).known_as(order.product_group),
        unit_name=names.unit,
        placed_by=names.placed_by,
        written_by=names.written_by,
        composed=parts_of(order).composed,
        history=history,
        steps=steps_of(order, history, visit.catalogue),
        may_be_cancelled=may_be_cancelled(order, visit.catalogue),
        ahead=what_comes(visit, order, bookings, invoices),
        bookings=bookings,
        to_fill={booking.id for booking in bookings if may_fill(visit, booking)},
        account_manager=account_manager_of(visit.db, order.unit_id),
        invoices=invoices,
        reference_form=reference,
        talk=talk or conversation(visit, order),
        receipt=receipt_of_order(visit, order),
    )
