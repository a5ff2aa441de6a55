"""Spreadsheets of every kind: what the other packages read and write them with.

`models.exchange.sheets.delimited` is CSV, TSV and what is pasted; `models.exchange.sheets.xlsx` is XLSX.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from models.exchange.sheets import delimited
from models.exchange.sheets.delimited import CsvWriter
from models.exchange.sheets.xlsx import reading as workbook_reading
from models.exchange.sheets.xlsx.writing import XlsxWriter
from models.values.tables import MAX_ROWS, Cell, Line, Row, Table, Unreadable, Writer

__all__ = ["MAX_ROWS", "Cell", "Line", "Row", "Table", "Unreadable", "Writer", "read", "read_pasted", "writer"]

_HOW = "Åpne lista i Excel, velg Fil og «Lagre som», velg «Excel-arbeidsbok (.xlsx)», og velg den nye filen her."
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "Filen er lagret i et eldre Excel-format (.xls), eller den har passord. "),
    (b"%PDF", "Filen er en PDF, og den kan ikke leses som en liste. "),
    (b"{\\rtf", "Filen er et tekstdokument, ikke en liste. "),
    (b"<", "Filen er en nettside eller XML, selv om navnet kan si noe annet. "),
    (b"\x89PNG", "Filen er et bilde. "),
    (b"\xff\xd8\xff", "Filen er et bilde. "),
)


def writer(kind: Literal["csv", "xlsx"], headings: Sequence[str]) -> Writer[Row]:
    """A writer of one table, ready for its rows; its file name should end in the `kind`."""
    return CsvWriter(headings) if kind == "csv" else XlsxWriter(headings)


def read(content: bytes, is_list: Callable[[Table], bool] = lambda _: True) -> Table:
    """The table in a file, whatever its name says it is; raises Unreadable.

    Of several sheets it is the first for which `is_list` says that it is what is looked for.
    """
    if not content.strip():
        raise Unreadable("Filen er tom. Se etter at lista er lagret, og velg filen på nytt.")
    if content.startswith(b"PK"):
        return _not_empty(workbook_reading.read(content, is_list))
    for beginning, what in _OTHERS:
        if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(beginning):
            raise Unreadable(what + _HOW)
    return _not_empty(delimited.read_file(content))


def read_pasted(text: str) -> Table:
    """The table in a text that was copied out of a spreadsheet; raises Unreadable."""
    return _not_empty(delimited.read(text))


def _not_empty(table: Table) -> Table:
    if not table.lines:
        raise Unreadable("Det står ingenting i lista. Se etter at det er riktig fil eller riktig ark.")
    return table
