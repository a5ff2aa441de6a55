"""Workbooks as programs of all kinds write them, and as nobody should: what is read of them, and what it costs."""

import pytest

from models.exchange.sheets.files import Table, Unreadable, read
from models.exchange.sheets.xlsx.writing import letters
from models.imports.cells.headings import is_list
from models.values.tables import MAX_CELL, MAX_COLUMNS
from tests.imports.cases import case
from tests.stage.costs import cost_of
from tests.stage.material import golden
from tests.stage.material.golden import HEADINGS, PEOPLE


def cells(table: Table) -> list[list[str]]:
    return [line.cells for line in table.lines]


EVERY_ROW = [f"A{at}:A20000" for at in range(1, 20_001)]
EVERY_COLUMN = [f"{letters(at)}1:{letters(at)}20000" for at in range(MAX_COLUMNS)]
COSTLY = {
    "a blank cell far to the right in each row": golden.FAR_COLUMN,
    "empty cells": golden.EMPTY_CELLS,
    "the same rows joined again and again": golden.joined(*["A1:A20000"] * 20_001),
    "each row joined with all below": golden.joined(*EVERY_ROW),
    "each column joined": golden.joined(*EVERY_COLUMN, columns=MAX_COLUMNS),
    "many styles with one form of numbers": golden.styled("[" * 250, 60_000),
}


@pytest.mark.rest  # much at once
@pytest.mark.parametrize("what", COSTLY)
def test_a_small_workbook_costs_little_whatever_it_holds(what: str) -> None:
    def read_it() -> None:
        try:
            read(COSTLY[what])
        except Unreadable as refused:
            assert len(str(refused)) < 260  # noqa: PT017  # a sentence, whichever

    assert cost_of(read_it, enough=3) < 3, "it took the reader more than a minute once"


def test_what_is_inflated_may_be_a_hundred_times_the_file() -> None:
    with pytest.raises(Unreadable, match="for stor"):
        read(golden.archive(golden.sheet(" " * 3_000_000)))
    assert len(cells(read(golden.archive(golden.sheet(" " * 1_000_000 + "<row><c><v>1</v></c></row>"))))) == 1


@pytest.mark.parametrize("spans", [(), ("A2:A20000", "B2:B20000")])
def test_one_long_text_in_every_cell_is_refused_before_it_fills_the_memory(spans: tuple[str, ...]) -> None:
    """A cell that names a text has a few bytes, and the text a thousand signs."""
    named = '<c t="s"><v>0</v></c>' * 2
    below = '<c/><c/><c t="str"><v>a</v></c>' if spans else named
    merged = "".join(f'<mergeCell ref="{span}"/>' for span in spans)
    sheet = golden.sheet(
        f"<row><c/></row><row>{named}</row>" + f"<row>{below}</row>" * 19_998, f"<mergeCells>{merged}</mergeCells>"
    )
    with pytest.raises(Unreadable, match="for mye tekst"):
        read(golden.archive(sheet, **{"xl/sharedStrings.xml": golden.texts("x" * MAX_CELL)}))


def test_a_cell_far_away_is_left_aside_with_a_note() -> None:
    table = read(golden.FAR_AWAY)
    assert cells(table) == [["1"]]
    assert table.told() == [f"Lista har flere enn {MAX_COLUMNS} kolonner. De som kommer etter, er ikke lest."]


@pytest.mark.parametrize("way", golden.SPELLED)
def test_a_workbook_is_read_by_the_standard_and_not_by_fixed_names(way: str) -> None:
    assert cells(read(golden.spelled(way)))[1:] == [HEADINGS, *([*person[:5], "Bergen"] for person in PEOPLE)]


@pytest.mark.parametrize("name", ["sharedstrings-capital.xlsx", "sharedstrings-elsewhere.xlsx"])
def test_the_shared_texts_are_where_the_relations_say(name: str) -> None:
    assert cells(read(case(name))) == [
        ["Fornavn", "Etternavn", "E-post", "Mobil", "Fødselsdato"],
        ["Åse", "Nygård", "ase1@firma.example", "41244801", "12.05.1984"],
    ]


def test_the_sheet_with_the_headings_is_read_and_named() -> None:
    table = read(case("cover-sheet-first.xlsx"), is_list)
    assert table.lines[0].cells[:2] == ["Fornavn", "Etternavn"]
    assert table.told() == ["Bare arket «Ansatte» er lest, ikke «Forside»."]


def test_columns_that_nobody_needs_do_not_stop_the_list() -> None:
    assert is_list(read(case("more-than-60-columns.xlsx"), is_list))
    table = read(case("long-comment-in-ignored-column.xlsx"), is_list)
    assert table.told() == [f"Kolonne 6 har tekster på mer enn {MAX_CELL} tegn. Resten av dem er ikke lest."]
    assert len(table.lines[1].cells[5]) == MAX_CELL


DAY = ' s="1"'
SERIALS = {
    (DAY, "1"): "01.01.1900",
    (DAY, "59"): "28.02.1900",
    (DAY, "60"): "29.02.1900",  # Excel believes in it; the field of a date does not
    (DAY, "61"): "01.03.1900",
    (DAY, "30814.75"): "12.05.1984",
    (DAY, "0.5"): "0,5",
    ("", "30814"): "30814",
    (DAY + ' t="d"', "1984-05-12T00:00:00"): "12.05.1984",
}


@pytest.mark.parametrize("cell", SERIALS)
def test_a_number_is_a_day_by_its_style_alone(cell: tuple[str, str]) -> None:
    style, value = cell
    made = golden.archive(golden.sheet(f'<row r="1"><c r="A1"{style}><v>{value}</v></c></row>'))
    assert cells(read(made)) == [[SERIALS[cell]]]
