"""Lists as other programs write them, for the import: made here, so that it can be read what is in them."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import xlsxwriter

HEADINGS = ["Fornavn", "Etternavn", "E-post", "Mobil", "Fødselsdag", "Avdeling"]
PEOPLE = [
    ["Åse", "Ærlig-Ødegård", "ase@fjordbygg.example", "41244845", "12.05.1984", "Bergen"],
    ["Ola", "Nordmann", "ola.n@fjordbygg.example", "12345678", "01.02.1990", "Stavanger"],
]


def delimited(delimiter: str = ";", *, rows: list[list[str]] | None = None, newline: str = "\r\n") -> str:
    """The list as text."""
    return "".join(delimiter.join(row) + newline for row in rows or [HEADINGS, *PEOPLE])


def workbook(*, first_day_1904: bool = False, **options: Any) -> bytes:
    """The list as Excel keeps it, with all that makes a workbook hard to read.

    A hidden sheet before it, a title above the headings, days as serials, telephone numbers as numbers, formulas, and
    units joined downwards.
    """
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "date_1904": first_day_1904})
    hidden, sheet = book.add_worksheet("Gammelt"), book.add_worksheet("Ansatte")
    hidden.write_row(0, 0, ["Fornavn", "Etternavn"])
    sheet.activate()
    hidden.hide()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.merge_range(0, 0, 0, 5, "Ansattliste 2026")
    sheet.write_row(2, 0, HEADINGS)
    for at, (given, family, email, mobile, born, _) in enumerate(PEOPLE, 3):
        sheet.write_row(at, 0, [given, family])
        sheet.write_formula(at, 2, f'=LOWER("{email}")', None, email)
        sheet.write_number(at, 3, float(mobile))
        sheet.write_datetime(at, 4, datetime.strptime(born, "%d.%m.%Y"), day)  # noqa: DTZ007  # a day has no zone
    sheet.merge_range(3, 5, 4, 5, "Bergen")
    if options.get("another"):
        book.add_worksheet("Innleide").write(0, 0, "Kari")
    book.close()
    return kept.getvalue()


def archive(sheet: str = "", **parts: bytes | str) -> bytes:
    """A workbook made by hand, to harm its reader."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        with zipfile.ZipFile(io.BytesIO(workbook())) as honest:
            for name in set(honest.namelist()) - set(parts):
                made.writestr(name, honest.read(name) if not (sheet and name.endswith("sheet2.xml")) else sheet)
        for name, content in parts.items():
            made.writestr(name, content)
    return kept.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(rows: str, after: str = "") -> str:
    """The XML of a sheet around its rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def texts(*said: str) -> str:
    """The XML of the texts that cells refer to by their number."""
    return f'<sst xmlns="{_MAIN}">{"".join(f"<si><t>{text}</t></si>" for text in said)}</sst>'


def styled(form: str, times: int) -> bytes:
    """A workbook in which so many styles show numbers in one form."""
    forms = f'<numFmts><numFmt numFmtId="200" formatCode="{form}"/></numFmts>'
    styles = '<xf numFmtId="200"/>' * times
    return archive(**{"xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{forms}<cellXfs>{styles}</cellXfs></styleSheet>'})


FAR_AWAY = archive(
    sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
)
"""Two cells so far apart that a reader who lays the sheet out needs half a terabyte."""
ENTITIES = archive(
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    + sheet('<row r="1"><c r="A1" t="str"><v>&b;&c;</v></c></row>')
)
BOMB = archive(sheet(" " * 101_000_000))
"""More than a hundred megabytes of blanks in as many kilobytes."""
FAR_COLUMN = archive(sheet("".join(f'<row r="{at}"><c r="ZZZ{at}"/></row>' for at in range(1, 3001))))
"""Three thousand rows of one blank cell, in the last column that there could be."""
EMPTY_CELLS = archive(sheet(f"<row>{'<c/>' * 450_000}</row>"))
"""As many cells as a small file may have that are nothing but a tag."""


def joined(*spans: str, columns: int = 1) -> bytes:
    """A workbook of 20 000 rows whose cells are joined as `spans` says."""
    head = "".join(f'<c t="str"><v>Bergen {at}</v></c>' for at in range(columns))
    rows = f'<row r="1">{head}</row>' + "".join(
        f'<row r="{at}"><c t="str"><v>Kari</v></c></row>' for at in range(2, 20_001)
    )
    merged = "".join(f'<mergeCell ref="{span}"/>' for span in spans)
    return archive(sheet(rows, f"<mergeCells>{merged}</mergeCells>"))


def _once_more(content: bytes, changed: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """The same archive with each of its parts changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as honest, zipfile.ZipFile(kept, "w") as made:
        for name in honest.namelist():
            made.writestr(*changed(name, honest.read(name)))
    return kept.getvalue()


def _strict(name: str, part: bytes) -> tuple[str, bytes]:
    """With the names that only the strict kind of the standard has."""
    for loose, strict in (
        (b"officeDocument/2006/relationships", b"ooxml/officeDocument/relationships"),
        (b"spreadsheetml/2006/main", b"ooxml/spreadsheetml/main"),
    ):
        part = part.replace(b"schemas.openxmlformats.org/" + loose, b"purl.oclc.org/" + strict)
    return name, part


SPELLED = {
    "backslashes": lambda name, part: (name.replace("/", "\\"), part),
    "capitals": lambda name, part: (name.upper(), part),
    "a leading slash": lambda name, part: ("/" + name, part),
    "targets from the root": lambda name, part: (name, part.replace(b'"worksheets/sheet', b'"/xl/worksheets/sheet')),
    "targets with percent signs": lambda name, part: (
        name.replace("sheet2", "ark 2"),
        part.replace(b"worksheets/sheet2", b"worksheets/ark%202"),
    ),
    "styles elsewhere": lambda name, part: (
        name.replace("xl/styles.xml", "xl/form/s1.xml"),
        part.replace(b'Target="styles.xml"', b'Target="form/s1.xml"'),
    ),
    "the strict kind": _strict,
}
"""Ways to write the same workbook that the standard allows, or that some program has."""


def spelled(way: str) -> bytes:
    """The list, written in one of these ways."""
    return _once_more(workbook(), SPELLED[way])


LONG_TAG = archive(sheet(f'<row r="1" x="{"x" * 5_000_000}"/>'))
