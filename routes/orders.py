"""Bestilling: the search, the order's page, and its reference. A new order is written in `new_order`."""

from collections.abc import Callable
from functools import cache

from starlette.responses import Response
from wtforms.validators import ValidationError

from models.invoices import invoices_of_order
from models.order_search import COUNTED_TO, Criteria, Cursor, Found, find_orders
from models.orders import (
    PRODUCT_GROUPS,
    STATUSES,
    AlreadyInvoiced,
    Order,
    history_of,
    names_around,
    order_by_number,
    parts_of,
)
from models.tenancy import Right
from models.timetable import bookings_of_order
from models.units import UnitRow, account_manager_of, units_in_scope
from routes.web import listing
from routes.web.answers import page, swap
from routes.web.errors import not_found
from routes.web.forms import (
    ALL,
    Choice,
    Option,
    PeriodSearch,
    PortalForm,
    Text,
    at_most,
    masked_sentence,
    unit_choices,
)
from routes.web.receipts import receipt_of_order
from routes.web.visit import Visit

WITHOUT_STATUS = Option("none", "(uten status)")


class OrderSearch(PeriodSearch):
    """The six filters (B3); an empty one does not restrict."""

    number = Text("Bestillingsnummer:")
    status = Choice("Status:", choices=[ALL, WITHOUT_STATUS, *map(Option, STATUSES)], default="")
    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")
    product_group = Choice("Produktgruppe:", choices=[ALL, *map(Option, PRODUCT_GROUPS)], default="")

    def validate_number(self, field: Text) -> None:
        """An order number is digits, perhaps with a space or a # that came along when it was copied."""
        digits = (field.data or "").replace(" ", "").removeprefix("#")
        if digits and not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
            raise ValidationError("Et bestillingsnummer består bare av tall, for eksempel 307390.")

    def criteria(self, units: Callable[[], list[UnitRow]], after: Cursor | None) -> Criteria:
        """What to search for, once the form is valid; a unit includes those below it."""
        digits = (self.number.data or "").replace(" ", "").removeprefix("#")
        chosen = next(unit.path for unit in units() if str(unit.id) == self.unit.data) if self.unit.data else None
        return Criteria(
            number=int(digits) if digits else None,
            from_date=self.from_date.day,
            to_date=self.to_date.day,
            status="" if self.status.data == WITHOUT_STATUS.value else self.status.data or None,
            unit_ids=frozenset(unit.id for unit in units() if unit.path.startswith(chosen)) if chosen else None,
            product_group=self.product_group.data or None,
            after=after,
        )


class ReferenceForm(PortalForm):
    """The customer's own reference (B16)."""

    reference = Text(
        "Faktura merkes med/fakturareferanse:",
        [at_most(100)],
        description="Sjekk at dette samsvarer med deres interne rutiner for merking av faktura.",
    )


def index(visit: Visit) -> Response:
    """Search the customer's orders (B1-B11)."""
    search = OrderSearch.of(visit, visit.query_params.multi_items())
    units = cache(lambda: _units(visit))  # found only where they are drawn, or one of them is chosen
    search.were_wrong = "wrong" in visit.query_params
    search.unit.offer = lambda: [ALL, *unit_choices(units())]
    after = _cursor(visit)
    valid = search.validate()
    found = find_orders(visit.db, search.criteria(units, after)) if valid else Found([], 0, None)
    return page(
        visit,
        "orders/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("orders", **search.filters, after=after),
        search=search,
        found=Listing(visit, search, found, later=after is not None),
    )


def show(visit: Visit, number: int) -> Response:
    """One order with its bookings and history (B13-B16)."""
    order = _order(visit, number)
    form = None if order.is_invoiced else ReferenceForm.of(visit, visit.draft() or [("reference", order.reference)])
    return _show(visit, order, form)


def update_reference(visit: Visit, number: int) -> Response:
    """Change the customer's own reference in place (B16)."""
    order, form = _order(visit, number), ReferenceForm.of(visit, visit.form.multi_items())
    if not form.validate():
        return _show(visit, order, form, status=422)
    try:
        order.change_reference(visit.db, form.reference.data, by=visit.user, now=visit.now)
    except AlreadyInvoiced:
        return _show(visit, order, None, status=409)
    return swap(
        visit,
        "orders/_reference.html",
        or_go=visit.url("order", number=number),
        say="Referansen er lagret." + masked_sentence(form.masked),
        order=order,
        reference_form=form,
        receipt=receipt_of_order(visit, order),
    )


class Listing(listing.Listing):
    """A page of orders."""

    route = "orders"
    nothing = "Ingen bestillinger funnet"
    words = ("bestilling", "bestillinger")
    counted_to = COUNTED_TO


def _order(visit: Visit, number: int) -> Order:
    order = order_by_number(visit.db, number)
    if order is None:
        raise not_found()
    return order


def _show(visit: Visit, order: Order, form: ReferenceForm | None, *, status: int = 200) -> Response:
    names = names_around(visit.db, order)
    return page(
        visit,
        "orders/show.html",
        part="reference",
        status=status,
        order=order,
        unit_name=names.unit,
        placed_by=names.placed_by,
        composed=parts_of(order).composed,
        history=history_of(visit.db, order),
        bookings=bookings_of_order(visit.db, order.number, visit.user.user_id),
        account_manager=account_manager_of(visit.db, order.unit_id),
        invoices=invoices_of_order(visit.db, order.number) if visit.may(Right.INVOICES) else [],
        reference_form=form,
        receipt=receipt_of_order(visit, order),
    )


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.ORDERS)


def _cursor(visit: Visit) -> Cursor | None:
    text = visit.query_params.get("after")
    try:
        return Cursor.parse(text) if text else None
    except ValueError:
        raise not_found() from None
