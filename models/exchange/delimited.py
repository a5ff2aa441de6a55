"""Tables as text with delimiters: CSV as Excel in Norway writes and opens it, TSV, and what is pasted from it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from models.exchange.tables import Cell, Row

# What a spreadsheet takes for a formula, also after blanks and in its wide forms (OWASP, "CSV injection").
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_ESCAPED = re.compile(rf"'+(?:{_FORMULA.pattern})")


class CsvWriter:
    """Writes CSV with `;`, a byte order mark and CRLF, which Excel in Norway opens by a double click."""

    media_type = "text/csv; charset=utf-8"

    def __init__(self, headings: Sequence[str]) -> None:
        self._text = io.StringIO("\ufeff")
        self._text.seek(0, io.SEEK_END)
        self._csv = csv.writer(self._text, delimiter=";", lineterminator="\r\n")
        self.headings = headings
        self._csv.writerow(headings)

    def add(self, rows: Iterable[Row]) -> bytes:
        """Write rows; gives their bytes."""
        self._csv.writerows([_written(cell) for cell in row] for row in rows)
        return self.end()

    def end(self) -> bytes:
        """Gives what was not given yet."""
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text.encode()


def escape(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would compute it; `unescape` takes it off again."""
    return f"'{text}" if _FORMULA.match(text) or _ESCAPED.match(text) else text


def unescape(text: str) -> str:
    """The text as it was before `escape`."""
    return text[1:] if _ESCAPED.match(text) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escape(cell)
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)
