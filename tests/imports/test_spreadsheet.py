"""Spreadsheets: what other programs write is read, what harms is refused with a sentence, what we write comes back."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.utils.escape import unescape

from models.exchange.sheets.files import MAX_ROWS, Table, Unreadable, read, read_pasted, writer
from models.values.tables import MAX_CELL, MAX_COLUMNS
from tests.stage.material import golden
from tests.stage.material.golden import HEADINGS, PEOPLE, delimited


def cells(table: Table) -> list[list[str]]:
    return [line.cells for line in table.lines]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_text_of_every_kind_is_read(delimiter: str, encoding: str) -> None:
    assert cells(read(delimited(delimiter).encode(encoding))) == [HEADINGS, *PEOPLE]
    assert cells(read(delimited(delimiter, newline="\n").encode(encoding))) == [HEADINGS, *PEOPLE]


def test_quotes_hold_line_breaks_and_delimiters_and_numbers_count_as_in_excel() -> None:
    table = read_pasted('sep=;\r\nNavn;Avdeling\r\n"Berg, \r\nKari";"a;""b"""\r\n\r\n;\r\nOla;c\r\n')
    assert [(line.number, line.cells) for line in table.lines] == [
        (2, ["Navn", "Avdeling"]),
        (3, ["Berg, \r\nKari", 'a;"b"']),
        (6, ["Ola", "c"]),
    ]


@pytest.mark.parametrize("first_day_1904", [False, True])
def test_a_workbook_is_read_as_excel_shows_it(first_day_1904: bool) -> None:
    table = read(golden.workbook(first_day_1904=first_day_1904, another=True))
    expected = [[*PEOPLE[0][:5], "Bergen"], [*PEOPLE[1][:5], "Bergen"]]
    assert cells(table) == [["Ansattliste 2026"], HEADINGS, *expected]
    assert [line.number for line in table.lines] == [1, 3, 4, 5]
    assert table.notes == [
        "Bare arket «Ansatte» er lest, ikke «Innleide».",
        "Celler som er slått sammen nedover, er lest som om teksten sto i hver av radene.",
    ]


HARMFUL = {
    "nothing": b"",
    "blanks": b" \r\n\t ",
    "commas": b";;;\r\n;;;\r\n",
    "zeros": bytes(9_000_000),
    "a PDF": b"%PDF-1.7\n...",
    "an old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "a web page": b"\xef\xbb\xbf<html><table><tr><td>Kari</td></tr></table></html>",
    "a picture": b"\x89PNG\r\n\x1a\n....",
    "half an archive": golden.workbook()[:2000],
    "another archive": b"PK\x05\x06" + bytes(18),
    "a bomb": golden.BOMB,
    "entities": golden.ENTITIES,
    "an endless tag": golden.LONG_TAG,
    "an endless cell": b'Navn;Mobil\r\n"' + b"Kari;" * 500,
    "an endless row": ("a;" * 250 + "\r\n").encode() * 5000,
    "too many": b"a;b\r\n" * (MAX_ROWS + 2),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_what_is_no_list_is_refused_with_what_to_do(what: str) -> None:
    with pytest.raises(Unreadable, match=r"^[A-ZÅ].*(velg|Vis|Slett|Del|Forkort|Kopier|lagre|riktig)") as refused:
        read(HARMFUL[what])
    assert len(str(refused.value)) < 260


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: golden.workbook()[:4000] + tail))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes) -> None:
    try:
        assert len(read(content).lines) <= MAX_ROWS + 1
    except Unreadable as refused:
        assert str(refused)  # noqa: PT017  # any sentence


# What a spreadsheet can hold, and what it would take for a formula.
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(
        ["=1+1", "'=1+1", "''@x", "+47 41 24 48 45", "-", "\t=x", "\ra", "'", 'a"b', "a;b\n", " =2", "\uff1d1"]
    ),
)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None, derandomize=True)
@pytest.mark.rest  # many texts
def test_what_we_write_as_csv_comes_back_and_is_never_a_formula(rows: list[list[str]]) -> None:
    out = writer("csv", ["Overskrift", "To"])
    content = out.add(rows) + out.end()
    back = cells(read(content))[1:]
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    assert [[*row, *[""] * 4][:4] for row in back] == [
        [cell if any(rest.strip() for rest in row[at:]) else "" for at, cell in enumerate([*row, *[""] * 4][:4])]
        for row in wanted
    ]
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"):
        assert all(cell.strip()[:1] not in {*"=+-@\uff1d\uff0b\uff0d\uff20"} for cell in row)


def test_what_we_write_as_a_workbook_comes_back() -> None:
    out = writer("xlsx", ["Navn", "Født", "Beløp", "Nr"])
    rows = [("=1+1 _x0041_ <&>", date(1984, 5, 12), Decimal("1500.50"), 7), ("+47", date(1900, 1, 2), None, None)]
    content = b"".join([out.add(rows[:1]), out.add(rows[1:]), out.end()])
    assert cells(read(content))[1:] == [["=1+1 _x0041_ <&>", "12.05.1984", "1500,50", "7"], ["+47", "02.01.1900"]]
    assert MAX_CELL > 254
    assert MAX_COLUMNS > 20


WRITTEN = st.one_of(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", exclude_categories=["Cs", "Cc"]), max_size=20
    ),
    st.sampled_from(["=1+1", "+47", "'x", " a\tb\nc ", "a\rb", "0047", "1,5", "TRUE", "#N/A", "_x0041_", "<b>&amp;"]),
    st.dates(),
    st.decimals(-(10**9), 10**9, places=2),
    st.integers(-(10**14), 10**14),
    st.none(),
)
"""What a cell may hold; what is no character in XML is left out by us and refused by others."""
SHEETS = st.lists(st.lists(WRITTEN, min_size=3, max_size=3), min_size=1, max_size=5)
FIRST_SURE_DAY = date(1904, 1, 2)
"""From here on a number means the same day to everybody, whichever day a workbook counts from."""


def as_others_see(cell: Any) -> Any:
    """What another program should find in a cell that we have written."""
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day) if cell >= date(1900, 3, 1) else f"{cell:%d.%m.%Y}"  # noqa: DTZ001  # a day has no zone
    return float(cell) if isinstance(cell, Decimal) else cell or (None if cell == "" else cell)


@given(SHEETS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_we_write_as_a_workbook_another_program_reads(rows: list[list[Any]]) -> None:
    out = writer("xlsx", ["Overskrift", "To", "Tre"])
    content = out.add(rows) + out.end()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    # It leaves `_x000D_` and its like as they stand in the file.
    found = [[unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.values]
    found += [[None] * 3] * (len(rows) + 1 - len(found))
    assert found == [["Overskrift", "To", "Tre"], *([as_others_see(cell) for cell in row] for row in rows)]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "a text became a formula"


def as_we_read(cell: Any) -> str:
    """What we should find in a cell that another program has written."""
    if isinstance(cell, bool):
        return "SANN" if cell else "USANN"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return "" if cell is None else str(cell)


def is_kept(cell: Any) -> bool:
    """Whether another program keeps a cell as it is: no formula, no code, no line break that XML changes."""
    if isinstance(cell, str):
        return not cell.startswith("=") and "_x" not in cell and "\r" not in cell
    return not (isinstance(cell, Decimal) or (isinstance(cell, date) and cell < FIRST_SURE_DAY))


@given(
    st.lists(st.lists((WRITTEN | st.booleans()).filter(is_kept), min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from([CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904]),
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_another_program_writes_as_a_workbook_we_read(rows: list[list[Any]], first_day: datetime) -> None:
    book = openpyxl.Workbook()
    book.epoch = first_day
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Ansatte")
    for row in [["Overskrift", "To", "Tre"], *rows]:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    wanted = [["Overskrift", "To", "Tre"], *([as_we_read(cell) for cell in row] for row in rows)]
    table = read(kept.getvalue())
    assert [(line.number, [*line.cells, "", ""][:3]) for line in table.lines] == [
        (number, [cell if any(rest.strip() for rest in row[at:]) else "" for at, cell in enumerate(row)])
        for number, row in enumerate(wanted, 1)
        if any(cell.strip() for cell in row)
    ]
