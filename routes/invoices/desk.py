"""Fakturaer at the desk (D3): those of one customer, one of them, and what its customer asks about it (FI4).

Nothing about an invoice is changed there.
"""

from starlette.responses import Response

from models.customers.customer import Customer
from models.invoices.invoice import Invoice, Status, payer_of
from models.invoices.messages import needs_no_answer
from models.invoices.search import Criteria, find_invoices
from models.invoices.sorts import Column, Sort
from routes.invoices.conversation import conversation, send_message
from routes.web.answers import page, swap
from routes.web.fields import Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Listing, answer
from routes.web.texts.asker import message_at_desk
from routes.web.texts.talk import Talk
from routes.web.visit import Visit
from routes.web.words.labels import ValueChoice

_DUE_FIRST = Sort(Column.DUE)


class InvoiceSearch(PortalForm):
    """What invoices are searched by."""

    number = Text("Fakturanummer:", [at_most(60)])
    status = ValueChoice("Status:", tuple(Status), none=Option("", "Alle"))


class Invoices(Listing):
    """A page of the invoices of the customer that this visit serves."""

    route = "desk_invoices"
    nothing = "Ingen fakturaer funnet"
    words = ("faktura", "fakturaer")

    def way(self, **changed: object) -> str:
        """The address of this search at this customer."""
        return super().way(id=self.visit.customer_id, **changed)


def index(visit: Visit, id: int) -> Response:
    """The invoices of a customer: the newest first, or what is due first where one asks for what is not paid."""
    visit.serve(Customer, id)
    search: InvoiceSearch = InvoiceSearch.of(visit)

    def criteria(after: int | None) -> Criteria:
        status = Status(search.status.data) if search.status.data else None
        sort = _DUE_FIRST if status in {Status.UNPAID, Status.OVERDUE} else Sort(Column.ISSUED, descending=True)
        return Criteria(search.number.data or None, status=status, sort=sort, after=after)

    return answer(
        visit,
        Invoices,
        "invoices/desk/index.html",
        search,
        lambda after: find_invoices(visit.db, criteria(after), visit.today),
        customer=visit.db.get_one(Customer, id),
        today=visit.today,
    )


def show(visit: Visit, id: int) -> Response:
    """One invoice in a few facts, and what was asked and answered about it."""
    invoice = _served(visit, id)
    return _draw(visit, invoice, conversation(visit, invoice, visit.draft() or (), fill=message_at_desk))


def answer_question(visit: Visit, id: int) -> Response:
    """Write to the customer about the invoice; its page shows it in place."""
    invoice = _served(visit, id)
    talk = send_message(visit, invoice, message_at_desk)
    return _swap(visit, invoice, talk, talk.said) if talk.said else _draw(visit, invoice, talk)


def needs_none(visit: Visit, id: int) -> Response:
    """Note that what the customer wrote last asks for no answer."""
    invoice = _served(visit, id)
    needs_no_answer(visit.db, invoice, by=visit.user, now=visit.now)
    return _swap(
        visit, invoice, conversation(visit, invoice, fill=message_at_desk), "Meldingen venter ikke på svar lenger."
    )


def _served(visit: Visit, id: int) -> Invoice:
    visit.serve(Invoice, id)
    return visit.db.get_one(Invoice, id)


def _swap(visit: Visit, invoice: Invoice, talk: Talk, said: str) -> Response:
    way = visit.url("desk_invoice", id=invoice.id)
    return swap(visit, "invoices/_messages.html", or_go=way, say=said, invoice=invoice, talk=talk)


def _draw(visit: Visit, invoice: Invoice, talk: Talk) -> Response:
    return page(
        visit,
        "invoices/desk/show.html",
        part="invoices/messages",
        status=talk.status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        payer=payer_of(visit.db, invoice),
        invoice=invoice,
        talk=talk,
        today=visit.today,
    )
