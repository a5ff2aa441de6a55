"""Workbooks (XLSX, ECMA-376) that somebody sent: read within limits, because a file may be made to harm its reader.

Formulas are never evaluated: their kept result is read. What a cell says is in `cells`, where a part is, in `parts`.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat
from zipfile import ZipFile

from models.exchange.sheets.xlsx.cells import TOO_LARGE, Cells, Text
from models.exchange.sheets.xlsx.parts import DAMAGED, Parts, Relation
from models.values.tables import FIRST_DAY, FIRST_DAY_1904, Table, Unreadable
from models.values.zips import BROKEN

_MAX_TEXTS = 500_000
_MAX_SHEETS = 20
"""Sheets that are looked into for one that is a list."""

_DAYS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
"""The forms of days that every workbook has (18.8.30)."""
_NOT_FORM = re.compile(r'"[^"]*"|[\\_*].|\[[^\[\]]*\]')
_LONGEST_FORM = 255
"""Signs that a program writes of a form; no more is looked at."""
_GENERAL = {"general", "standard"}

_NO_WORKBOOK = (
    "Filen er et arkiv, men ingen Excel-arbeidsbok. Åpne lista der den er laget, lagre den som .xlsx eller CSV, og "
    "velg den nye filen."
)
_OTHER_DOCUMENT = (
    "Filen er ingen Excel-arbeidsbok (.xlsx). Kopier tabellen og lim den inn i feltet på siden, eller lagre den som "
    ".xlsx i Excel."
)
_NO_SHEET = "Arbeidsboken har ikke noe synlig ark. Vis arket med de ansatte, lagre, og velg filen på nytt."


def read(content: bytes, is_list: Callable[[Table], bool]) -> Table:
    """The table of the first visible sheet that is a list, else of the first with anything; raises Unreadable."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return _Workbook(Parts(archive, len(content))).read(is_list)
    except (*BROKEN, expat.ExpatError, IndexError) as damaged:
        raise Unreadable(DAMAGED) from damaged


@dataclass(slots=True)
class _Sheet:
    name: str
    part: str


class _Workbook:
    """The parts that make up the tables of a workbook."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._texts: list[str] = []
        self._days: list[bool] = []
        self._first_day = FIRST_DAY

    def read(self, is_list: Callable[[Table], bool]) -> Table:
        """The first visible sheet that is a list; the first that is not empty, where none is."""
        book = self._book()
        relations = self._parts.relations(book)
        sheets = self._sheets(book, relations)
        for relation in relations.values():
            if relation.kind == "styles" and relation.part in self._parts:
                self._read_styles(relation.part)
            elif relation.kind == "sharedStrings" and relation.part in self._parts:
                self._read_texts(relation.part)
        first: tuple[_Sheet, Table] | None = None
        for sheet in sheets[:_MAX_SHEETS]:
            table = self._table(sheet.part)
            if table.lines and is_list(table):
                return _told(sheet, table, sheets)
            first = first if first and first[1].lines else (sheet, table)
        if first is None:
            raise Unreadable(_NO_SHEET)
        return _told(*first, sheets)

    def _book(self) -> str:
        """The part that lists the sheets."""
        found = [relation.part for relation in self._parts.relations("").values() if relation.kind == "officeDocument"]
        if not found:
            raise Unreadable(_NO_WORKBOOK)
        if found[0].startswith(("word/", "ppt/")) or not found[0].endswith(".xml"):
            raise Unreadable(_OTHER_DOCUMENT)
        return found[0]

    def _sheets(self, book: str, relations: dict[str, Relation]) -> list[_Sheet]:
        """The visible sheets with cells, in their order."""
        found: list[_Sheet] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true", "on"}:
                self._first_day = FIRST_DAY_1904
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                id = next((value for key, value in attributes.items() if key.endswith("relationships id")), "")
                if id in relations and relations[id].kind == "worksheet":
                    found.append(_Sheet(attributes.get("name", ""), relations[id].part))

        self._parts.parse(book, begin)
        return found

    def _read_styles(self, part: str) -> None:
        """Which cell styles show a day; each form is looked at once, however many styles have it."""
        forms: dict[str, bool] = {}
        inside: list[str] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                forms[attributes["numFmtId"]] = _shows_day(attributes.get("formatCode", ""))
            if name == "xf" and inside:
                id = attributes.get("numFmtId", "0")
                self._days.append(forms[id] if id in forms else int(id) in _DAYS)
            if name == "cellXfs":
                inside.append(name)

        def end(name: str) -> None:
            if name == "cellXfs":
                inside.clear()

        self._parts.parse(part, begin, end)

    def _read_texts(self, part: str) -> None:
        """The texts that cells refer to."""
        reading = Text()

        def end(name: str) -> None:
            reading.end(name)
            if name == "si":
                self._texts.append(reading.take())
                if len(self._texts) > _MAX_TEXTS:
                    raise Unreadable(TOO_LARGE)

        self._parts.parse(part, reading.begin, end, reading.characters)

    def _table(self, part: str) -> Table:
        reading = Cells(Table(first_day=self._first_day), self._texts, self._days)
        self._parts.parse(part, reading.begin, reading.end, reading.characters)
        return reading.joined()


def _told(read: _Sheet, table: Table, sheets: list[_Sheet]) -> Table:
    """The table, with a note of which sheet it is where there are others."""
    others = [f"«{other.name}»" for other in sheets if other is not read]
    if others:
        table.notes.insert(0, f"Bare arket «{read.name}» er lest, ikke {', '.join(others[:5])}.")
    return table


def _shows_day(form: str) -> bool:
    shown = _NOT_FORM.sub("", form[:_LONGEST_FORM])
    return form.casefold() not in _GENERAL and bool(re.search("[dy]", shown, re.IGNORECASE))
