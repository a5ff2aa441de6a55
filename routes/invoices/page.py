"""One invoice: its page (F10), its PDF, the file it came as, and what is attached to it."""

from starlette.responses import Response

from models.core.scope import Right
from models.customers.references import rule_of
from models.customers.units import account_manager_of
from models.exchange.pdf import write_pdf
from models.invoices.contents import attachment_of, contents_of, original_of
from models.invoices.invoice import Invoice, Status, invoice_by_number, orders_of, payer_of
from models.invoices.messages import read_about
from models.invoices.settlements import credited_by, settlements_of
from routes.invoices.conversation import conversation, send_message
from routes.invoices.presentation import Presentation
from routes.invoices.steps import steps_of
from routes.web.answers import go, page, swap
from routes.web.downloads import whole_file
from routes.web.errors import not_found
from routes.web.texts.talk import Talk
from routes.web.visit import Visit

SAFE_TYPES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
"""What Peppol allows to be attached (UNCL, MIME codes), with the ending of its files; anything else is only bytes."""


_STATEMENTS = {"statement": "statement", "statement.csv": "statement_csv", "statement.pdf": "statement_pdf"}
"""Where the account statement was, and bookmarks still look for it."""


def show(visit: Visit, number: str) -> Response:
    """The invoice in HTML: what for, how to pay, what was paid (F10), and what was asked about it (FI4)."""
    invoice = invoice_by_number(visit.db, number)
    if invoice is None:
        return _elsewhere(visit, number)
    talk = conversation(visit, invoice, visit.draft() or ())
    if talk.has_news and not visit.is_viewing:
        read = invoice.id
        visit.on_record(lambda db: read_about(db, read))
    return _draw(visit, invoice, talk)


def ask(visit: Visit, number: str) -> Response:
    """Write to the account manager about the invoice; its page shows it in place."""
    invoice = _invoice(visit, number)
    talk = send_message(visit, invoice)
    if not talk.said:
        return _draw(visit, invoice, talk)
    return swap(
        visit,
        "invoices/_messages.html",
        or_go=visit.url("invoice", number=number),
        say=talk.said,
        invoice=invoice,
        talk=talk,
        account_manager=account_manager_of(visit.db, invoice.unit_id),
    )


def _draw(visit: Visit, invoice: Invoice, talk: Talk) -> Response:
    presentation = Presentation(invoice, contents_of(visit.db, invoice))
    settlements, standing = settlements_of(visit.db, invoice), invoice.status(visit.today)
    paid_on = max((each.settled_on for each in settlements), default=None)
    return page(
        visit,
        "invoices/show.html",
        part="messages",
        status=talk.status,
        talk=talk,
        account_manager=account_manager_of(visit.db, invoice.unit_id),
        invoice=invoice,
        presentation=presentation,
        contents=presentation.contents,
        payer=payer_of(visit.db, invoice),
        needed=rule_of(visit.db, invoice.unit_id),
        orders=orders_of(visit.db, invoice) if visit.may(Right.ORDERS) else [],
        settlements=settlements,
        paid=standing == Status.PAID,
        paid_on=paid_on,
        steps=steps_of(invoice, visit.today, paid_on),
        credited=credited_by(visit.db, invoice) if invoice.is_credit_note else [],
        standing=standing,
        days_overdue=invoice.days_overdue(visit.today),
    )


def pdf(visit: Visit, number: str) -> Response:
    """The invoice as a tagged PDF, made from what is written on it (section 5, number 14)."""
    invoice = invoice_by_number(visit.db, number)
    if invoice is None:
        return _elsewhere(visit, f"{number}.pdf")
    facts = Presentation(invoice, contents_of(visit.db, invoice)).facts()
    body = visit.aside(write_pdf, "invoices/invoice.typ", facts)
    return whole_file(body, f"{facts['title']}.pdf", "application/pdf", shown=True)


def original(visit: Visit, number: str) -> Response:
    """The EHF file, byte for byte."""
    invoice = invoice_by_number(visit.db, number)
    if invoice is None:
        return _elsewhere(visit, f"{number}.xml")
    return whole_file(original_of(visit.db, invoice), f"{invoice.number}.xml", "application/xml")


def _elsewhere(visit: Visit, number: str) -> Response:
    """Where an address leads that is none of an invoice: one that was typed with the whole number, or an old one."""
    if invoice_by_number(visit.db, number):
        return go(visit, visit.url("invoice", number=number))
    if number in _STATEMENTS:
        return go(visit, visit.url(_STATEMENTS[number], **dict(visit.query_params)))
    raise not_found()


def attachment(visit: Visit, number: str, id: int) -> Response:
    """What is attached to the invoice, to be kept: it is never shown inside the portal."""
    found = attachment_of(visit.db, _invoice(visit, number), id)
    if found is None or found.content is None:
        raise not_found()
    media_type = found.media_type if found.media_type in SAFE_TYPES else "application/octet-stream"
    name = found.filename or f"vedlegg-{found.id}"
    ending = SAFE_TYPES.get(found.media_type, "")
    return whole_file(found.content, name if "." in name.strip(".") else name + ending, media_type)


def _invoice(visit: Visit, number: str) -> Invoice:
    invoice = invoice_by_number(visit.db, number)
    if invoice is None:
        raise not_found()
    return invoice
