"""The list of invoices as files, with its filters: CSV, XLSX, and a ZIP of their files."""

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from starlette.responses import Response

from models.core.database import Session, aside
from models.exchange.archive import Member, ZipWriter
from models.exchange.pdf import write_pdf
from models.exchange.sheets.files import Row, writer
from models.invoices.contents import contents_of, original_of
from models.invoices.invoice import invoice_by_number
from models.invoices.search import Criteria, Place, batch_of_invoices, find_invoices
from routes.invoices.presentation import Presentation
from routes.invoices.search import InvoiceSearch, sort_of
from routes.web.downloads import download
from routes.web.errors import Refused, refusal
from routes.web.visit import Visit
from routes.web.words import count
from routes.web.words.labels import label

HEADINGS = [
    "Fakturanummer",
    "Fakturadato",
    "Forfallsdato",
    "Betaler",
    "Valuta",
    "Total",
    "Utestående",
    "Status",
    "KID",
    "Deres referanse",
]
BATCH, INVOICES_AT_ONCE = 200, 5
"""How many rows of a table, and how many invoices with their files, are read at once: others come in between."""
MOST_INVOICES = 2000
"""A ZIP of more invoices than this is asked for in shorter periods."""


def csv(visit: Visit) -> Response:
    """The list as CSV."""
    return _table(visit, "csv")


def xlsx(visit: Visit) -> Response:
    """The list as a workbook, whose amounts can be added."""
    return _table(visit, "xlsx")


def zip_file(visit: Visit) -> Response:
    """The invoices of the list, each as PDF and as the EHF file that it came as."""
    criteria = _criteria(visit)
    found = find_invoices(visit.db, criteria, visit.today, page_size=1).count
    if found > MOST_INVOICES:
        raise Refused(
            413,
            "For mange fakturaer i én fil",
            f"Søket finner {count(found)} fakturaer, og en ZIP-fil kan ha høyst {count(MOST_INVOICES)}. "
            "Velg en kortere periode, og last ned flere filer.",
        )

    def read(db: Session, place: Place | None) -> tuple[Sequence[Member], Place | None]:
        rows, following = batch_of_invoices(db, criteria, visit.today, INVOICES_AT_ONCE, place)
        return [member for row in rows for member in _files_of(db, row.number)], following

    return download(visit, filename="Fakturaer.zip", writer=ZipWriter(), read=read)


def _table(visit: Visit, kind: Literal["csv", "xlsx"]) -> Response:
    criteria, today = _criteria(visit), visit.today

    def read(db: Session, place: Place | None) -> tuple[Sequence[Row], Place | None]:
        rows, following = batch_of_invoices(db, criteria, today, BATCH, place)
        return [
            (
                row.number,
                row.issued_on,
                row.due_on,
                row.payer,
                row.currency,
                row.total,
                row.outstanding,
                label(row.status(today)),
                row.kid,
                row.buyer_reference,
            )
            for row in rows
        ], following

    return download(visit, filename=f"Fakturaer.{kind}", writer=writer(kind, HEADINGS), read=read)


def _criteria(visit: Visit) -> Criteria:
    """What the list shows, in its order."""
    search: InvoiceSearch = InvoiceSearch.of(visit, visit.query_params.multi_items())
    if not search.validate():
        raise refusal(400)
    return search.criteria(sort_of(visit, search))


def _files_of(db: Session, number: str) -> list[Member]:
    """The files of one invoice; the PDF is made in a thread, so that other visits go on."""
    invoice = invoice_by_number(db, number)
    if invoice is None:  # it is another unit's since the list was read
        return []
    facts = Presentation(invoice, contents_of(db, invoice)).facts()
    name = quote(number, safe=" ")
    members = [
        Member(f"{name}.pdf", invoice.issued_on, aside(write_pdf, "invoices/invoice.typ", facts)),
        Member(f"{name}.xml", invoice.issued_on, original_of(db, invoice)),
    ]
    db.expunge_all()  # nothing of it is needed again
    return members
