"""Tables as text with delimiters: CSV as Excel in Norway writes and opens it, TSV, and what is pasted from it."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from models.values.tables import Cell, Row, Table, Unreadable

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


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = "\t;,|"
_LOOKED_AT = 30
"""Rows that are looked at to know the delimiter."""


def decode(content: bytes) -> str:
    """The text of a file: by its mark, as UTF-8, or as Windows-1252, as Excel in Norway writes; raises Unreadable."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        raise Unreadable(
            "Filen er verken tekst eller Excel. Åpne lista i Excel, lagre den som .xlsx, og velg den nye filen."
        )
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return content.decode(candidate)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        "Bokstavene i filen kan ikke leses. Lagre den i Excel som «CSV UTF-8» eller som .xlsx, og velg den."
    )


def read(text: str) -> Table:
    """The table in a text with delimiters, which are recognised; raises Unreadable."""
    declared = re.match(r"sep=(.)\r?\n", text)
    delimiter = declared[1] if declared else _delimiter(text)
    table = Table()
    try:
        for number, cells in enumerate(_rows(text, delimiter), 1):
            if number > 1 or not declared:
                table.add(number, [unescape(cell) for cell in cells])
    except csv.Error:
        raise Unreadable(
            "Et anførselstegn i filen mangler sin make. Åpne lista i Excel, lagre den som .xlsx, og velg den."
        ) from None
    return table


def _rows(text: str, delimiter: str) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _delimiter(text: str) -> str:
    """What divides the first rows into as many cells as the first one has; the tab, where nothing does."""

    def divided(delimiter: str) -> float:
        try:
            rows = [len(row) for row in islice(_rows(text, delimiter), _LOOKED_AT) if row]
        except csv.Error:
            return 0
        return (rows[0] - 1) * rows.count(rows[0]) / len(rows) if rows else 0

    return max(_DELIMITERS, key=divided)
