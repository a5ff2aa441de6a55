"""Vedlegg: the files that came with messages on an invoice, to be saved by either side.

What the invoice itself brought along is in `page`; files of a form that is being written, in
`routes.web.texts.attaching`.
"""

from starlette.responses import Response

from models.invoices.files import ON_INVOICES
from models.invoices.invoice import Invoice, invoice_by_number
from routes.web.downloads import file_as_sent
from routes.web.errors import not_found
from routes.web.visit import Visit


def download(visit: Visit, number: str, id: int) -> Response:
    """A file of a message on an invoice of the customer's, to be saved."""
    invoice = invoice_by_number(visit.db, number)
    if invoice is None:
        raise not_found()
    return file_as_sent(ON_INVOICES.content(visit.db, invoice.id, id))


def desk_download(visit: Visit, id: int, file: int) -> Response:
    """The same, for the provider's desk."""
    visit.serve(Invoice, id)
    return file_as_sent(ON_INVOICES.content(visit.db, id, file))
