"""The list of orders as a file, with its filters: CSV and XLSX.

How the list is searched and drawn is in `search`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from starlette.responses import Response

from models.core.database import Session
from models.exchange.sheets.files import Row, writer
from models.orders.search import OrderRow, find_orders
from routes.orders.search import search_of
from routes.web.downloads import download
from routes.web.errors import refusal
from routes.web.visit import Visit

HEADINGS = [
    "Bestillingsnummer",
    "Bestillingsdato",
    "Produktgruppe",
    "Bedrift/avdeling",
    "Ordrestatus",
    "Ønsket leveranse",
    "Antall/omfang",
    "Kontaktperson",
    "Fakturareferanse",
    "Sted",
    "Bestillingsbeskrivelse",
]
"""The columns of the list (B7), and apart what its description is composed of (B12)."""
BATCH = 100
"""Rows that are read at once: for about two milliseconds nobody else in the process comes in."""


def csv(visit: Visit) -> Response:
    """The orders that the search finds, as CSV (H6)."""
    return _export(visit, "csv")


def xlsx(visit: Visit) -> Response:
    """The same as a workbook."""
    return _export(visit, "xlsx")


def _export(visit: Visit, kind: Literal["csv", "xlsx"]) -> Response:
    search, units = search_of(visit, visit.query_params.multi_items())
    if not search.validate():
        raise refusal(400)
    criteria = search.criteria(units, None)

    def read(db: Session, after: int | None) -> tuple[Sequence[Row], int | None]:
        found = find_orders(db, replace(criteria, after=after), BATCH, count=0)
        return [_row(order) for order in found.rows], found.next

    return download(visit, filename=f"bestillinger-{visit.today}.{kind}", writer=writer(kind, HEADINGS), read=read)


def _row(order: OrderRow) -> Row:
    parts = order.parts
    return (
        order.number,
        order.ordered_on,
        order.product_group,
        order.unit_name,
        order.status,
        parts.delivery,
        parts.quantity,
        parts.contact,
        parts.reference,
        parts.location,
        parts.description,
    )
