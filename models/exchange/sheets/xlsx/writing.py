"""Workbooks (XLSX, ECMA-376): written while they are sent.

Why no library does this: decision 0011.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from models.values.tables import Cell, Row

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">'
    + "".join(
        f'<xf numFmtId="{form}" fontId="{font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for form, font in ((0, 0), (49, 1), (49, 0), (14, 0), (4, 0))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_HEADING, _TEXT, _DAY, _AMOUNT = 1, 2, 3, 4
"""Places in `cellXfs`: bold, text (so that nobody's zeros go), the short date of the reader's country, #,##0.00."""
_FIRST_DAY, _FIRST_SURE_DAY = date(1899, 12, 30), date(1900, 3, 1)
"""Serial 0, and the day from which serials are right: for Excel 1900 was a leap year, as for Lotus before it."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class XlsxWriter:
    """Writes a workbook of one sheet: texts as texts, days as dates, amounts as numbers."""

    media_type = f"{_TYPES}.sheet"

    def __init__(self, headings: Sequence[str], *, sheet: str = "Ark1") -> None:
        self._ready = Ready()
        self._zip = ZipFile(self._ready, "w", ZIP_DEFLATED)
        name = escape(sheet, {'"': "&quot;"})
        book = (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        )
        for part, xml in {**_PARTS, "xl/workbook.xml": book}.items():
            self._zip.writestr(_member(part), _DECLARED + xml)
        self._sheet = self._zip.open(_member(_SHEET), "w")
        self._rows = 0
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{max(14, len(heading) + 4)}" customWidth="1"/>'
            for at, heading in enumerate(headings, 1)
        )
        self._write(
            f'{_DECLARED}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{widths}</cols><sheetData>" + self._row(headings, _HEADING)
        )

    def add(self, rows: Iterable[Row]) -> bytes:
        """Write rows; gives the bytes that are ready."""
        self._write("".join([self._row(row, _TEXT) for row in rows]))
        return self._ready.take()

    def end(self) -> bytes:
        """Gives the rest."""
        self._write("</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()
        return self._ready.take()

    def _write(self, xml: str) -> None:
        self._sheet.write(xml.encode())

    def _row(self, row: Row, text_style: int) -> str:
        self._rows += 1
        cells = [_cell(cell, f"{letters(at)}{self._rows}", text_style) for at, cell in enumerate(row)]
        return f'<row r="{self._rows}">{"".join(cells)}</row>'


class Ready(io.RawIOBase):
    """What the archive has written and nobody has taken yet; it cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        taken = bytes(piece)  # type: ignore[call-overload]  # any buffer
        self._pieces.append(taken)
        return len(taken)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name)  # without the time, so that the same rows are the same bytes
    member.compress_type = ZIP_DEFLATED
    return member


def letters(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(cell: Cell, place: str, text_style: int) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date) and cell < _FIRST_SURE_DAY:
        cell = f"{cell:%d.%m.%Y}"
    if isinstance(cell, str):
        text = _NOT_XML.sub("", _LOOKS_CODED.sub("_x005F_", cell)).replace("\r", "_x000D_")
        return f'<c r="{place}" s="{text_style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    if isinstance(cell, date):
        return f'<c r="{place}" s="{_DAY}"><v>{(cell - _FIRST_DAY).days}</v></c>'
    style = f' s="{_AMOUNT}"' if isinstance(cell, Decimal) else ""
    return f'<c r="{place}"{style}><v>{cell:f}</v></c>' if style else f'<c r="{place}"><v>{cell}</v></c>'
