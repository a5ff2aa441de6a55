"""Spreadsheets, whatever their kind: the way in and out for everybody else.

`models.exchange.delimited` is CSV, TSV and what is pasted; `models.exchange.workbook` is XLSX.
"""

from collections.abc import Sequence
from typing import Literal

from models.exchange.delimited import CsvWriter
from models.exchange.tables import Cell, Row, Writer
from models.exchange.workbook import XlsxWriter

__all__ = ["Cell", "Row", "Writer", "writer"]


def writer(kind: Literal["csv", "xlsx"], headings: Sequence[str]) -> Writer[Row]:
    """A writer of one table, ready for its rows; its file name should end in the `kind`."""
    return CsvWriter(headings) if kind == "csv" else XlsxWriter(headings)
