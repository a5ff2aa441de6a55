"""Workbooks (XLSX, ECMA-376) that somebody sent: read within limits, because a file may be made to harm its reader.

Formulas are never evaluated: their kept result is read. What a cell says is in `cells`.
"""

import io
import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from models.exchange.sheets.xlsx.cells import Cells, Text
from models.values.tables import FIRST_DAY, FIRST_DAY_1904, Table, Unreadable

MAX_INFLATED = 100_000_000
"""The most bytes that a workbook may have when it is inflated."""
_MAX_PARTS, _MAX_TEXTS = 2_000, 500_000
_PIECE = 1 << 16
_LONGEST_TAG = 1 << 20

_DAYS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
"""The forms of days that every workbook has (18.8.30)."""
_NOT_FORM = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

_DAMAGED = "Arbeidsboken er skadet. Åpne den i Excel, lagre den på nytt som .xlsx, og velg den nye filen."
_TOO_LARGE = "Arbeidsboken er for stor. Lagre bare arket med de ansatte i en ny arbeidsbok, og velg den."


def read(content: bytes) -> Table:
    """The table of the first visible sheet that is not empty; raises Unreadable."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return _Workbook(archive).read()
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, expat.ExpatError) as damaged:
        raise Unreadable(_DAMAGED) from damaged
    except (KeyError, ValueError, IndexError, OverflowError) as damaged:
        raise Unreadable(_DAMAGED) from damaged


@dataclass(slots=True)
class _Sheet:
    name: str
    part: str


class _Workbook:
    """An archive whose parts are read as far as the limits allow."""

    def __init__(self, archive: ZipFile) -> None:
        members = archive.infolist()
        # `ZipFile` gives no more of a part than it announces, so what is announced is what there can be.
        if len(members) > _MAX_PARTS or sum(member.file_size for member in members) > MAX_INFLATED:
            raise Unreadable(_TOO_LARGE)
        self._archive = archive
        self._names = set(archive.namelist())
        self._texts: list[str] = []
        self._days: list[bool] = []
        self._first_day = FIRST_DAY

    def read(self) -> Table:
        """The first visible sheet that is not empty."""
        sheets = self._sheets()
        self._read_styles()
        self._read_texts()
        for at, sheet in enumerate(sheets):
            table = self._table(sheet.part)
            if table.lines or at == len(sheets) - 1:
                others = [f"«{other.name}»" for other in sheets if other is not sheet]
                if others:
                    table.notes.insert(0, f"Bare arket «{sheet.name}» er lest, ikke {', '.join(others[:5])}.")
                return table
        raise Unreadable(
            "Arbeidsboken har ikke noe synlig ark. Vis arket med de ansatte, lagre, og velg filen på nytt."
        )

    def _sheets(self) -> list[_Sheet]:
        """The visible sheets with cells, in their order."""
        book = self._target_of_book()
        folder = posixpath.dirname(book)
        targets: dict[str, str] = {}
        found: list[_Sheet] = []

        def relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
                targets[attributes["Id"]] = _joined(folder, attributes["Target"])

        def sheet(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true", "on"}:
                self._first_day = FIRST_DAY_1904
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                id = next(value for key, value in attributes.items() if key.endswith("relationships id"))
                if id in targets:
                    found.append(_Sheet(attributes.get("name", ""), targets[id]))

        self._parse(posixpath.join(folder, "_rels", posixpath.basename(book) + ".rels"), relation)
        self._parse(book, sheet)
        return found

    def _target_of_book(self) -> str:
        found: list[str] = []

        def relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                found.append(_joined("", attributes["Target"]))

        if "[Content_Types].xml" not in self._names or "_rels/.rels" not in self._names:
            raise Unreadable(
                "Filen er et arkiv, men ingen Excel-arbeidsbok. Åpne lista der den er laget, lagre den som .xlsx eller "
                "CSV, og velg den nye filen."
            )
        self._parse("_rels/.rels", relation)
        if not found or "word/" in found[0] or "ppt/" in found[0] or not found[0].endswith(".xml"):
            raise Unreadable(
                "Filen er ingen Excel-arbeidsbok (.xlsx). Kopier tabellen og lim den inn i feltet på siden, eller "
                "lagre den som .xlsx i Excel."
            )
        return found[0]

    def _read_styles(self) -> None:
        """Which cell styles show a day."""
        forms: dict[str, str] = {}
        inside: list[str] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                forms[attributes["numFmtId"]] = attributes.get("formatCode", "")
            if name == "xf" and inside:
                id = attributes.get("numFmtId", "0")
                self._days.append(
                    int(id) in _DAYS or bool(re.search("[dy]", _NOT_FORM.sub("", forms.get(id, "")), re.IGNORECASE))
                )
            if name == "cellXfs":
                inside.append(name)

        def end(name: str) -> None:
            if name == "cellXfs":
                inside.clear()

        if "xl/styles.xml" in self._names:
            self._parse("xl/styles.xml", begin, end)

    def _read_texts(self) -> None:
        """The texts that cells refer to."""
        reading = Text()

        def end(name: str) -> None:
            reading.end(name)
            if name == "si":
                self._texts.append(reading.take())
                if len(self._texts) > _MAX_TEXTS:
                    raise Unreadable(_TOO_LARGE)

        if "xl/sharedStrings.xml" in self._names:
            self._parse("xl/sharedStrings.xml", reading.begin, end, reading.characters)

    def _table(self, part: str) -> Table:
        reading = Cells(Table(first_day=self._first_day), self._texts, self._days)
        self._parse(part, reading.begin, reading.end, reading.characters)
        return reading.joined()

    def _parse(
        self,
        part: str,
        begin: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        """Read the XML of a part; names come without their namespaces, entities are refused."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda name, attributes: begin(name.rpartition(" ")[2], attributes)
        if end:
            parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        if characters:
            parser.CharacterDataHandler = characters
        fed = 0
        for piece in self._pieces(part):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:  # it would be read again with each piece
                raise Unreadable(_DAMAGED)
        parser.Parse(b"", True)

    def _pieces(self, part: str) -> Iterator[bytes]:
        with self._archive.open(part) as opened:
            while piece := opened.read(_PIECE):
                yield piece


def _joined(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _refuse_doctype(*_declared: object) -> None:
    raise Unreadable(_DAMAGED)
