"""What is asked and answered about an invoice, as its page shows it to either side, and the form that adds to it.

The part is `invoices/_messages.html`; the pages that hold it are the customer's and the desk's. How messages are sent
is in `routes.web.texts.sending`.
"""

from collections.abc import Iterable
from functools import partial

from models.invoices.files import ON_INVOICES
from models.invoices.invoice import Invoice
from models.invoices.messages import ask_or_answer, messages_on
from routes.web.texts.sending import Subject, draw_talk, send_in
from routes.web.texts.talk import Filling, Talk, own_message
from routes.web.visit import Visit


def conversation(
    visit: Visit, invoice: Invoice, pairs: Iterable[tuple[str, str]] = (), *, fill: Filling = own_message
) -> Talk:
    """The messages on an invoice, with a form that holds what was typed."""
    return draw_talk(visit, _subject(visit, invoice), pairs, fill=fill)


def send_message(visit: Visit, invoice: Invoice, fill: Filling = own_message) -> Talk:
    """Write what was sent, unless it is asked about; the answer holds the form to draw, and its status."""
    return send_in(visit, _subject(visit, invoice), fill)


def _subject(visit: Visit, invoice: Invoice) -> Subject:
    def file_at_desk(file: int) -> str:
        return visit.url("desk_invoice_message_file", id=invoice.id, file=file)

    def file(id: int) -> str:
        return visit.url("invoice_message_file", number=invoice.number, id=id)

    of_desk, of_customer = "create_desk_invoice_message", "create_invoice_message"
    at_desk = visit.is_at_desk
    return Subject(
        key=invoice.id,
        files=ON_INVOICES,
        messages=partial(messages_on, visit.db, invoice),
        write=partial(ask_or_answer, visit.db, invoice),
        action=visit.url(of_desk, id=invoice.id) if at_desk else visit.url(of_customer, number=invoice.number),
        answered=visit.url("desk_invoice_answered", id=invoice.id),
        way=file_at_desk if at_desk else file,
    )
