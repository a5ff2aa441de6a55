"""Bestillinger at the desk: finding an order of any customer, its page, and its progress (U9)."""

from collections.abc import Iterable

from starlette.responses import Response
from wtforms import BooleanField

from models.bookings.timetable import bookings_of_order
from models.catalogue.entry import Kind
from models.catalogue.words import catalogue_of
from models.core.search import COUNTED_TO
from models.invoices.invoice import invoices_of_order
from models.orders.desk import Criteria, around, find_orders
from models.orders.order import Order, history_of, order_by_number, parts_of
from models.orders.progress import MovedOn, progress_at_desk
from routes.orders.conversation import conversation
from routes.orders.filters import OrderFilters
from routes.web.answers import go, page, swap
from routes.web.errors import not_found
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.receipts import ReceiptLine, receipt_again, receipt_of
from routes.web.search import Listing, Whose, answer
from routes.web.texts.asker import message_at_desk
from routes.web.texts.talk import Talk
from routes.web.visit import NOT_MAILED, Visit

NONE_YET = Option("", "(ingen ennå)")
MOVED_ON = (
    "Noen andre har endret bestillingen i mellomtiden. Se hva som er lagret nå. Trykk Lagre for å lagre valgene dine."
)


class OrderSearch(OrderFilters):
    """What orders are searched by at the desk."""

    customer = Text("Kunde:", [at_most(200)])
    whose = Whose()

    def criteria(self, visit: Visit, after: int | None) -> Criteria:
        """What to search for, once the form is valid."""
        return Criteria(
            number=self.wanted_number,
            from_date=self.from_date.day,
            to_date=self.to_date.day,
            status=self.wanted_status,
            is_open=self.is_open,
            is_waiting=self.is_waiting,
            product_group=self.product_group.data or None,
            q=self.q.data or "",
            after=after,
            customer=self.customer.data or "",
            served_by=self.whose.managers(visit),
        )


class ProgressForm(PortalForm):
    """Status and product group, and those that they were when the form was drawn."""

    status = Choice("Ordrestatus", default="")
    product_group = Choice("Produktgruppe", default="")
    notify = BooleanField("Si fra på e-post til den som bestilte")
    seen_status = Text("Status da siden ble åpnet")
    seen_product_group = Text("Produktgruppe da siden ble åpnet")

    def differing(self, order: Order) -> dict[str, str]:
        """What is saved by now, where something else is chosen."""
        saved = {"status": order.status or "", "product_group": order.product_group or ""}
        return {name: value or NONE_YET.label for name, value in saved.items() if self[name].data != value}


class Orders(Listing):
    """A page of orders."""

    route = "desk_orders"
    nothing = "Ingen bestillinger funnet"
    words = ("bestilling", "bestillinger")
    counted_to = COUNTED_TO


def index(visit: Visit) -> Response:
    """Find an order."""
    search: OrderSearch = OrderSearch.of(visit)
    if search.q.masked:
        return go(visit, visit.url("desk_search", hidden=1))
    return answer(
        visit,
        Orders,
        "orders/desk/index.html",
        search,
        lambda after: find_orders(visit.db, search.criteria(visit, after)),
    )


def show(visit: Visit, number: int) -> Response:
    """One order: what was asked for, by whom, how it gets on, and its bookings."""
    order, draft = order_of(visit, number), visit.draft() or []
    form = _form(visit, order, draft) if "status" in dict(draft) else form_now(visit, order)
    talk = conversation(visit, order, draft, fill=message_at_desk)
    return draw(visit, order, form, talk)


def receipt(visit: Visit, number: int) -> Response:
    """Whether the CRM knows of the newest change; without htmx, the order's page."""
    order = order_of(visit, number)
    return receipt_again(visit, order.about, place=visit.url("desk_order", number=number))


def receipt_of_order(visit: Visit, order: Order) -> ReceiptLine:
    """The receipt line of an order, on each page that follows a save at the desk."""
    return receipt_of(visit, order.about, ask=visit.url("desk_order_receipt", number=order.number))


def update(visit: Visit, number: int) -> Response:
    """Set status and product group, and tell the customer."""
    order = order_of(visit, number)
    form = _form(visit, order)
    if not form.validate():
        return draw(visit, order, form, status=422)
    try:
        changed = progress_at_desk(
            visit.db,
            order,
            seen=(form.seen_status.data or None, form.seen_product_group.data or None),
            status=form.status.data or None,
            product_group=form.product_group.data or None,
            notify=form.notify.data,
            by=visit.user,
            now=visit.now,
        )
    except MovedOn:
        form.form_errors = [MOVED_ON]
        return draw(visit, order, form, status=409, theirs=form.differing(order))
    beside = around(visit.db, order)
    told = beside.reader if changed and form.notify.data else None
    return swap(
        visit,
        "orders/desk/_progress.html",
        or_go=visit.url("desk_order", number=number),
        say=f"Lagret. {visit.mailed(f'{told.full_name} får en e-post.', NOT_MAILED)}" if told else "Lagret.",
        order=order,
        beside=beside,
        theirs={},
        form=form_now(visit, order),
        history=history_of(visit.db, order),
        receipt=receipt_of_order(visit, order),
    )


def order_of(visit: Visit, number: int) -> Order:
    """The order, once the visit serves its customer; raises the refusal for what is not there."""
    visit.serve(Order, number)
    order = order_by_number(visit.db, number)
    if order is None:
        raise not_found()
    return order


def form_now(visit: Visit, order: Order) -> ProgressForm:
    """The form as the order is now."""
    status, group = order.status or "", order.product_group or ""
    now = {"status": status, "product_group": group, "seen_status": status, "seen_product_group": group}
    return _form(visit, order, [*now.items(), ("notify", "1")])


def _form(visit: Visit, order: Order, pairs: Iterable[tuple[str, object]] | None = None) -> ProgressForm:
    """With what the catalogue offers, and what the order has from before."""
    form: ProgressForm = ProgressForm.of(visit, pairs)
    catalogue = catalogue_of(visit.db)
    for field, kind, had in (
        (form.status, Kind.STATUS, order.status),
        (form.product_group, Kind.PRODUCT_GROUP, order.product_group),
    ):
        field.choices = [NONE_YET, *map(Option, catalogue.offered(kind, had))]
    return form


def draw(
    visit: Visit,
    order: Order,
    form: ProgressForm,
    talk: Talk | None = None,
    *,
    status: int = 200,
    theirs: dict[str, str] | None = None,
) -> Response:
    """The page of an order whose customer this visit serves."""
    return page(
        visit,
        "orders/desk/show.html",
        part=("progress", "orders/messages"),
        status=status,
        order=order,
        what=parts_of(order).known_as(order.product_group),
        beside=around(visit.db, order),
        form=form,
        theirs=theirs or {},
        history=history_of(visit.db, order),
        bookings=bookings_of_order(visit.db, order.number),
        invoices=invoices_of_order(visit.db, order.number),
        talk=talk or conversation(visit, order, fill=message_at_desk),
        receipt=receipt_of_order(visit, order),
    )
