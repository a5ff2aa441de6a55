"""Fakturaer: the search and its exports, one invoice as page, PDF and original, and the account statement."""

from routes.invoices.exports import csv, xlsx, zip_file
from routes.invoices.listing import index
from routes.invoices.one import attachment, original, pdf, show
from routes.invoices.statements import statement, statement_csv, statement_pdf

__all__ = [
    "attachment",
    "csv",
    "index",
    "original",
    "pdf",
    "show",
    "statement",
    "statement_csv",
    "statement_pdf",
    "xlsx",
    "zip_file",
]
