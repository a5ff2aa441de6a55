"""Bestilling: the search, the order's page, and its reference.

A new order is written in `new`, messages in `messages`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from starlette.responses import Response

from models.core.scope import Right
from models.core.search import COUNTED_TO
from models.customers.units import UnitRow, ids_below, units_in_scope
from models.orders.messages import read_on
from models.orders.order import AlreadyInvoiced
from models.orders.search import Criteria, find_orders, quick_counts
from routes.orders.conversation import conversation
from routes.orders.filters import OPEN, WAITING, OrderFilters
from routes.orders.page import draw_order, order_of, receipt_of_order, reference_form, reference_form_of
from routes.web.answers import go, swap
from routes.web.fields import ALL, Choice
from routes.web.forms import masked_sentence, unit_choices
from routes.web.search import Listing, Quick, answer
from routes.web.visit import Visit


class OrderSearch(OrderFilters):
    """The six filters (B3); an empty one does not restrict."""

    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")

    def criteria(self, units: Callable[[], list[UnitRow]], after: int | None) -> Criteria:
        """What to search for, once the form is valid; a unit includes those below it."""
        return Criteria(
            number=self.wanted_number,
            from_date=self.from_date.day,
            to_date=self.to_date.day,
            status=self.wanted_status,
            is_open=self.is_open,
            is_waiting=self.is_waiting,
            unit_ids=ids_below(units(), self.unit.data) if self.unit.data else None,
            product_group=self.product_group.data or None,
            q=self.q.data or "",
            after=after,
        )


def index(visit: Visit) -> Response:
    """Search the customer's orders (B1-B11)."""
    search, units = search_of(visit)
    if search.q.masked:
        return go(visit, visit.url("search", hidden=1))
    return answer(
        visit, Orders, "orders/index.html", search, lambda after: find_orders(visit.db, search.criteria(units, after))
    )


def search_of(
    visit: Visit, sent: list[tuple[str, str]] | None = None
) -> tuple[OrderSearch, Callable[[], list[UnitRow]]]:
    """The form, and the units that it offers, which are found only where they are drawn, or one of them is chosen."""
    search: OrderSearch = OrderSearch.of(visit, sent)
    units = cache(lambda: _units(visit))
    search.unit.find_choices = lambda: [ALL, *unit_choices(units())]
    return search, units


def show(visit: Visit, number: int) -> Response:
    """One order with its bookings, messages and history (B13-B16)."""
    order, draft = order_of(visit, number), visit.draft() or []
    talk = conversation(visit, order, draft)
    if talk.has_news and not visit.is_viewing:
        visit.on_record(lambda db: read_on(db, number))
    return draw_order(visit, order, reference=reference_form(visit, order, dict(draft).get("reference")), talk=talk)


def update_reference(visit: Visit, number: int) -> Response:
    """Change the customer's own reference in place (B16)."""
    order = order_of(visit, number)
    form = reference_form_of(visit, order, visit.form.multi_items())
    if not form.validate():
        return draw_order(visit, order, reference=form, status=422)
    try:
        order.change_reference(visit.db, form.reference.data or "", by=visit.user, now=visit.now)
    except AlreadyInvoiced:
        return draw_order(visit, order, reference=None, status=409)
    return swap(
        visit,
        "orders/_reference.html",
        or_go=visit.url("order", number=number),
        say="Referansen er lagret." + masked_sentence(form.masked),
        order=order,
        reference_form=form,
        receipt=receipt_of_order(visit, order),
    )


@dataclass(frozen=True)
class Orders(Listing):
    """A page of orders, with the searches that one does most."""

    route = "orders"
    nothing = "Ingen bestillinger funnet"
    words = ("bestilling", "bestillinger")
    counted_to = COUNTED_TO

    @cached_property
    def quick(self) -> list[Quick]:
        """Those that are not done, those that wait for the customer, all of them (H2, H3)."""
        is_open, waiting = quick_counts(self.visit.db)
        return self.quickly(
            ("Åpne", {"status": OPEN.value}, is_open, False),
            ("Venter på dere", {"status": WAITING.value}, waiting, True),
            ("Alle", {}, None, False),
        )


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.ORDERS)
