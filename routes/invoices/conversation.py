"""What is asked and answered about an invoice, as its page shows it to either side, and the form that adds to it.

The part is `invoices/_messages.html`; the pages that hold it are the customer's and the desk's.
"""

from collections.abc import Iterable
from typing import Any

from models.conversations.message import AlreadySent, Side
from models.invoices.invoice import Invoice
from models.invoices.messages import ask_or_answer, messages_on
from routes.web.forms import masked_sentence
from routes.web.keys import FRESH_KEY, idempotency_key, new_key
from routes.web.texts.guard import guard_on
from routes.web.texts.talk import Filling, MessageForm, Talk, own_message
from routes.web.visit import Visit


def conversation(
    visit: Visit,
    invoice: Invoice,
    pairs: Iterable[tuple[str, str]] = (),
    *,
    key: str | None = None,
    fill: Filling = own_message,
) -> Talk:
    """The messages on an invoice, with a form that holds what was typed."""
    return _drawn(visit, invoice, fill(visit, list(pairs)), key or FRESH_KEY)


def send_message(visit: Visit, invoice: Invoice, fill: Filling = own_message) -> Talk:
    """Write what was sent, unless it is asked about; the answer holds the form to draw, and its status."""
    form, key = fill(visit, visit.form.multi_items()), idempotency_key(visit.form)
    if not form.validate():
        return _drawn(visit, invoice, form, key, status=422)
    guard = guard_on(visit, form, ["message"])
    if guard:
        return _drawn(visit, invoice, form, key, guard=guard, status=guard.status)
    if form.asker:
        visit.act()
    fallback, text = visit.portal.settings.fallback_email, form.message.data or ""
    sent: dict[str, Any] = {"by": visit.user, "key": key, "now": visit.now, "asker": form.asker}
    try:
        ask_or_answer(visit.db, invoice, text, **sent, fallback=fallback)
    except AlreadySent:
        return _drawn(visit, invoice, form, new_key(), repeated=True, status=409)
    said = "Meldingen er sendt." + masked_sentence(form.masked)
    return _drawn(visit, invoice, fill(visit, ()), new_key(), said=said)


def _drawn(visit: Visit, invoice: Invoice, form: MessageForm, key: str, **more: Any) -> Talk:
    at_desk = visit.is_at_desk
    action = (
        visit.url("create_desk_invoice_message", id=invoice.id)
        if at_desk
        else visit.url("create_invoice_message", number=invoice.number)
    )
    return Talk(
        messages=messages_on(visit.db, invoice),
        form=form,
        key=key,
        action=action,
        may_write=visit.is_serving or not at_desk,
        may_act=at_desk and visit.may_act,
        side=Side.PROVIDER if at_desk else Side.CUSTOMER,
        **more,
    )
