"""One list of employees, saved by each program that a list passes through on its way out of the portal and back.

The files in this folder were saved by LibreOffice 7.4 from what `ours` writes:
`soffice --headless --convert-to xlsx` or `csv`; the American text has its dates as that country writes them.
"""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Literal

import openpyxl
import xlsxwriter

from models.exchange.sheets.files import writer
from models.imports.export import headings
from tests.stage.material.golden import sheet

HEADINGS = headings([])
NO_WORK = ("", "", "")
"""No employee number, job title or group."""
Person = tuple[str, str, str, date, str, str, str, str, str, str, str]
PEOPLE: list[Person] = [
    ("", "Åse", "Ærlig-Ødegård", date(1984, 5, 12), "ase@fjordbygg.example", "41244845", "Bergen", *NO_WORK, "Aktiv"),
    ("", "Ola", "O'Neill", date(1990, 2, 1), "ola.n@fjordbygg.example", "+46701234567", "Stavanger", *NO_WORK, "Aktiv"),
    ("", "Per", "Prøve", date(1959, 12, 31), "per.p@fjordbygg.example", "12345678", "Bergen", *NO_WORK, "Aktiv"),
]


def ours(kind: Literal["csv", "xlsx"]) -> bytes:
    """As the portal writes it."""
    out = writer(kind, HEADINGS)
    return out.add(PEOPLE) + out.end()


def by_openpyxl() -> bytes:
    """As openpyxl saves what it has opened."""
    book, kept = openpyxl.load_workbook(io.BytesIO(ours("xlsx"))), io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def by_xlsxwriter() -> bytes:
    """With shared texts, days by a style of one's own, and telephone numbers as numbers."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    made, day = book.add_worksheet("Ansatte"), book.add_format({"num_format": "d. mmmm yyyy"})
    made.write_row(0, 0, HEADINGS)
    for at, (id, given, family, born, email, mobile, *rest) in enumerate(PEOPLE, 1):
        made.write_row(at, 0, [id, given, family])
        made.write_datetime(at, 3, born, day)
        made.write_row(at, 4, [email, float(mobile) if mobile.isdecimal() else mobile, *rest])
    book.close()
    return kept.getvalue()


def by_hand() -> bytes:
    """The least that the standard asks for: three parts, no places of cells, texts where they stand."""
    rows = [HEADINGS, *([text if isinstance(text, str) else f"{text:%d.%m.%Y}" for text in row] for row in PEOPLE)]
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    xml = "".join(f"<row>{''.join(map(cell.format, row))}</row>" for row in rows)
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    relation = '<Relationship Id="r1" Type="{}/{}" Target="{}"/>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr("_rels/.rels", relations.format(relation.format(document, "officeDocument", "b.xml")))
        made.writestr("_rels/b.xml.rels", relations.format(relation.format(document, "worksheet", "s.xml")))
        sheets = '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
        made.writestr("b.xml", f'<workbook xmlns="{main}" xmlns:r="{document}">{sheets}</workbook>')
        made.writestr("s.xml", sheet(xml))
    return kept.getvalue()


def every_way() -> dict[str, bytes]:
    """The list, by who has saved it."""
    folder = Path(__file__).parent
    return {
        "ours.xlsx": ours("xlsx"),
        "ours.csv": ours("csv"),
        "openpyxl.xlsx": by_openpyxl(),
        "xlsxwriter.xlsx": by_xlsxwriter(),
        "by-hand.xlsx": by_hand(),
        **{path.name: path.read_bytes() for path in sorted(folder.glob("libreoffice-*"))},
    }
