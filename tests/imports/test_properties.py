"""No list, however broken, is an error, costs more than its size, or is brought in as something else than shown."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.customers.units import UnitRow
from models.employees.details import DETAILS
from models.exchange.sheets.files import Unreadable, read
from models.imports.cells.headings import Meaning, is_list
from models.imports.dry_run import DryRun, answer, begin, choose_columns, read_all
from models.imports.judging.fates import details_of, judge
from models.imports.judging.matching import Known
from models.imports.rows import Fate
from models.values.texts.encodings import NAMES
from tests.imports.saved import every_way
from tests.stage.costs import grows_with
from tests.stage.material import golden

TODAY = date(2026, 10, 1)
UNITS = [UnitRow(1, "Bergen", "311661310", None, "/1/")]
HEADINGS = ["Fornavn", "Etternavn", "E-post", "Mobil", "Født", "Status", "Sluttdato", "Avdeling", "Fnr", "Annet", ""]
CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.sampled_from(
        [
            *("Åse", "Bjørn", "O'Neill", "a@b.no", "a@straße.example", "41244801", "+46 (0)70 123 45 67", "4741244801"),
            *(
                "03/04/1984",
                "25.12.1990",
                "12/25/1990",
                "120579",
                "20384",
                "30813",
                "1984",
                "12. mai 1984",
                "1984-05-12",
            ),
            *(
                "Sluttet",
                "Aktiv",
                "Ja",
                "Pensjonist",
                "Bergen",
                "NO 311 661 310 MVA",
                "14838419861",
                '="0047"',
                "'0047",
            ),
        ]
    ),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=8), min_size=1, max_size=6)
LISTS = st.tuples(st.lists(st.sampled_from(HEADINGS), min_size=2, max_size=8), ROWS)


def looked_over(content: bytes, choice: int) -> DryRun | None:
    """The list with all questions answered by the same choice; None where it is refused with a sentence."""
    try:
        table = read(content, is_list)
    except Unreadable as refused:
        assert str(refused)  # noqa: PT017  # any sentence
        return None
    dry_run = begin(table, UNITS, today=TODAY, unit_id=1)
    for _ in range(3):
        given = {one.key: one.choices[choice % len(one.choices)][0] for one in dry_run.open_questions}
        answer(dry_run, given, UNITS, today=TODAY)
        if not dry_run.open_questions and not dry_run.is_read:
            guessed = [Meaning(meaning) if meaning else None for meaning in dry_run.meanings]
            choose_columns(dry_run, guessed, UNITS, heading=dry_run.heading is not None, today=TODAY)
    assert dry_run.is_ready, "a question was asked again although it was answered"
    return dry_run


@given(LISTS, st.sampled_from([";", ",", "\t"]), st.sampled_from(["utf-8", *NAMES]), st.integers(0, 4))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_is_brought_in_is_what_was_shown(
    made: tuple[list[str], list[list[str]]], delimiter: str, encoding: str, choice: int
) -> None:
    heads, rows = made
    text = golden.delimited(delimiter, rows=[heads, *rows])
    dry_run = looked_over(text.encode("ascii" if encoding == "ns4551" else encoding, "replace"), choice)
    if dry_run is None:
        return
    known = Known(UNITS)
    read_rows = read_all(dry_run, UNITS, today=TODAY, synthetic=True)
    judge(read_rows, known, today=TODAY)
    again = DryRun.loads(dry_run.dumps())
    assert vars(again) == vars(dry_run), "what is kept is what was seen"
    for one in read_rows:
        if one.row.fate is not Fate.NEW:
            continue
        details = details_of(one, None)
        assert details
        for meaning in ("email", "mobile", "birth_date"):
            stored = getattr(details, meaning)
            shown = one.row.understood.get(meaning, one.row.values.get(meaning))
            assert (f"{stored:%d.%m.%Y}" if isinstance(stored, date) else stored) == shown
        assert (details.given_name, details.family_name) == (one.given_name, one.family_name)
        assert set(DETAILS) >= {"given_name", "email"}


@given(
    st.sampled_from(sorted(every_way())), st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=3)), max_size=4)
)
@settings(max_examples=120, deadline=None, derandomize=True)
@pytest.mark.rest  # many files
def test_no_broken_file_is_an_error(name: str, changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(every_way()[name])
    for at, piece in changes:
        content[at % len(content) : at % len(content) + len(piece)] = piece
    looked_over(bytes(content), 0)


@given(st.sampled_from(sorted(name for name in every_way() if name.endswith("xlsx"))), st.data())
@settings(max_examples=80, deadline=None, derandomize=True)
@pytest.mark.rest  # many files
def test_no_broken_part_is_an_error(name: str, data: st.DataObject) -> None:
    """Changes inside the XML, which a change of the compressed bytes seldom reaches."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(every_way()[name])) as honest, zipfile.ZipFile(kept, "w") as made:
        for part in honest.namelist():
            xml, odd = bytearray(honest.read(part)), st.sampled_from([b"", b"9", b"<", b'"', b"-1", b"e9"])
            if data.draw(st.booleans()):
                at = data.draw(st.integers(0, len(xml)))
                xml[at : at + data.draw(st.integers(0, 20))] = data.draw(odd)
            made.writestr(part, bytes(xml))
    looked_over(kept.getvalue(), 1)


OTHERS = ["1 ", "=", "'", '"', "\u00c3\u00b8", "\u200b", "(", "æ", "1-", "f1 ", "ja, ", "@", "12. mai "]


@pytest.mark.parametrize("cell", ["a", "03/04/1984", *(pytest.param(cell, marks=pytest.mark.rest) for cell in OTHERS)])
def test_what_a_list_costs_grows_with_its_size_alone(cell: str) -> None:
    """A cell as long as one may be, and a whole file of it, in each column."""

    def read_over(rows: int) -> None:
        heads = [heading for heading in HEADINGS if heading]
        text = golden.delimited(rows=[heads, *[[(cell * 1000)[:900]] * len(heads)] * rows])
        dry_run = looked_over(text.encode(), 0)
        if dry_run:
            judge(read_all(dry_run, UNITS, today=TODAY, synthetic=True), Known(UNITS), today=TODAY)

    assert grows_with(8, lambda: read_over(10), lambda: read_over(80), little=1.0) == ""
