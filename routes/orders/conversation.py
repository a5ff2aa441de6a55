"""Meldinger on an order, as its page shows them to either side, and the form that adds one.

The part is `orders/_messages.html`; the pages that hold it are the customer's and the desk's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.conversations.message import AlreadySent, Side
from models.orders.files import FileRow, files_of
from models.orders.messages import messages_of, write_message
from models.orders.order import Order
from routes.orders.files import Attaching, attaching, keep_waiting, lost_in
from routes.web.forms import masked_sentence
from routes.web.keys import FRESH_KEY, idempotency_key, new_key
from routes.web.texts.guard import Guard, guard_on
from routes.web.texts.talk import Filling, MessageForm, Talk, own_message
from routes.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(Talk):
    """The messages on an order with their files, and the form below them."""

    on_order: list[FileRow]
    """The files on the order, whatever they came with."""
    files: Attaching
    """Those of the form."""

    @property
    def masked(self) -> str:
        """What is said where identity numbers were masked, in names of files, too."""
        return masked_sentence(self.form.masked + self.files.masked).strip()

    def files_with(self, message: int | None) -> list[FileRow]:
        """The files that came with a message, or, with None, with the order itself."""
        return [file for file in self.on_order if file.message_id == message]

    @property
    def needs_a_look(self) -> bool:
        """Whether the form, or one of its files, has something to say."""
        return bool(self.form.errors or self.files.problems or self.guard or self.repeated)


def conversation(
    visit: Visit,
    order: Order,
    pairs: Iterable[tuple[str, str]] = (),
    *,
    key: str | None = None,
    fill: Filling = own_message,
) -> Conversation:
    """The messages on an order, with a form that holds what was typed."""
    typed = list(pairs)
    return _drawn(visit, order, fill(visit, typed), key or FRESH_KEY, lost_in(typed))


def send_message(visit: Visit, order: Order, fill: Filling = own_message) -> Conversation:
    """Write what was sent, unless it is asked about; the answer holds the form to draw, and its status."""
    form, key = fill(visit, visit.form.multi_items()), idempotency_key(visit.form)
    files = attaching(visit, key)
    if not form.validate() or files.problems:
        return _drawn(visit, order, form, key, files, status=422)
    guard = guard_on(visit, form, ["message"])
    if guard:
        return _drawn(visit, order, form, key, files, guard=guard, status=guard.status)
    if form.asker:
        visit.act()
    fallback, text = visit.portal.settings.fallback_email, form.message.data or ""
    sent: dict[str, Any] = {"by": visit.user, "key": key, "now": visit.now, "asker": form.asker}
    try:
        write_message(visit.db, order, text, **sent, fallback=fallback, chosen=files.chosen)
    except AlreadySent:
        visit.undo()
        return _drawn(visit, order, form, new_key(), files, repeated=True, status=409)
    said = "Meldingen er sendt." + masked_sentence(form.masked + files.masked)
    return _drawn(visit, order, fill(visit, ()), new_key(), Attaching(), said=said)


def _drawn(
    visit: Visit,
    order: Order,
    form: MessageForm,
    key: str,
    files: Attaching,
    *,
    guard: Guard | None = None,
    repeated: bool = False,
    status: int = 200,
    said: str = "",
) -> Conversation:
    at_desk = visit.is_at_desk
    return Conversation(
        messages=messages_of(visit.db, order),
        on_order=files_of(visit.db, order),
        files=files if said else keep_waiting(visit, files, key),
        form=form,
        key=key,
        action=visit.url("create_desk_message" if at_desk else "create_order_message", number=order.number),
        may_write=visit.is_serving or not at_desk,
        may_act=at_desk and visit.may_act,
        side=Side.PROVIDER if at_desk else Side.CUSTOMER,
        guard=guard,
        repeated=repeated,
        status=status,
        said=said,
    )
