"""Tables as text with delimiters: CSV as Excel in Norway writes and opens it, TSV, and what is pasted from it."""

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from models.values.tables import Cell, Row, Table, Unreadable
from models.values.texts.encodings import NoText, decode, mended

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


def pasted(table: Table) -> str:
    """A table as it would have been copied out of a spreadsheet, a line for each row; `read` gives the same again."""
    text = io.StringIO()
    rows = ([" ".join(cell.split()) for cell in line.cells] for line in table.lines)
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue()


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


_DELIMITERS = "\t;,|"
_DECLARED = re.compile(r'\s*"?sep=(.)"?[;,\t]*\r?\n')
_ENTITY = re.compile(
    "&(?:[A-Za-z](?:ring|slash|uml|acute|grave|circ|tilde|cedil)|(?:AE|ae|sz)lig|nbsp|amp|quot|#[0-9]{2,6}|"
    "#x[0-9A-Fa-f]{2,5});"
)
"""A letter as web pages write it."""
_LINE_END, _OTHER_LINE_END = re.compile("[\r\n]"), re.compile("[\u2028\u2029\x85]")
_LOOKED_AT = 200
"""Rows that are looked at to know the delimiter."""
_OPEN_QUOTE = "Et anførselstegn i filen mangler sin make. Åpne lista i Excel, lagre den som .xlsx, og velg den."
_NO_TEXT = "Filen er verken tekst eller Excel. Åpne lista i Excel, lagre den som .xlsx, og velg den nye filen."


def read_file(content: bytes) -> Table:
    """The table in a text file; how its letters are written is recognised, as far as it can be. Raises Unreadable."""
    try:
        decoded = decode(content)
    except NoText:
        raise Unreadable(_NO_TEXT) from None
    table = read(decoded.text)
    table.encoding, table.rivals = decoded.encoding, decoded.rivals
    return table


def read(text: str) -> Table:
    """The table in a text with delimiters, which are recognised; raises Unreadable."""
    table = Table()
    if (right := mended(text)) != text:
        text = right
        table.notes.append("Bokstavene i lista var kodet to ganger. De er lest som æ, ø, å og så videre.")
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if not _LINE_END.search(text):
        text = _OTHER_LINE_END.sub("\n", text)
    declared = _DECLARED.match(text)
    try:
        rows = list(_rows(text, _declared(text, declared) or _delimiter(text)))
        if rows and any(_END in cell for cell in rows[-1]) and rows[-1] != [_END]:
            raise Unreadable(_OPEN_QUOTE)
        if inner := None if declared else _in_quotes(rows[:-1]):
            rows = inner
        for number, cells in enumerate(rows, 1):
            if cells != [_END] and not (number == 1 and declared):
                table.add(number, [unescape(cell) for cell in cells])
    except csv.Error:
        raise Unreadable(_OPEN_QUOTE) from None
    return table


_END = "\x00end"
"""A last row of our own: if it stands inside a cell, a quotation mark was never closed."""


def _declared(text: str, found: re.Match[str] | None) -> str | None:
    """The delimiter that the first line names, if it is one of the rows below it."""
    if found is None:
        return None
    below = islice(_rows(text[found.end() :], found[1]), _LOOKED_AT)
    return found[1] if any(len(row) > 1 for row in below) else None


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=delimiter, skipinitialspace=True)


def _in_quotes(rows: list[list[str]]) -> list[list[str]] | None:
    """The rows as they are if each of them as a whole stands in quotation marks, which makes it a single cell."""
    filled = [row for row in rows if row]
    alone = [row[0] for row in filled if not any(row[1:])]
    if len(alone) < len(filled) or (delimiter := _delimiter("\n".join(alone), none="")) == "":
        return None
    return [next(_rows(row[0], delimiter), []) if row else [] for row in rows]


def _delimiter(text: str, none: str = "\t") -> str:
    """What divides most rows into as many cells as the first, else into as many; `none` where nothing does."""

    def divided(delimiter: str) -> tuple[float, float]:
        try:
            rows = [len(row) for row in islice(_rows(text, delimiter), _LOOKED_AT) if row and row != [_END]]
        except csv.Error:
            return 0, 0
        many = Counter(rows)
        like_first = (rows[0] - 1) * many[rows[0]] if rows and 2 * many[rows[0]] >= len(rows) else 0
        return like_first, max(((width - 1) * these / len(rows) for width, these in many.items()), default=0)

    best = max(_DELIMITERS, key=divided)
    return best if any(divided(best)) else none
