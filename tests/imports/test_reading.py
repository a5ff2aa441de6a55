"""Lists as the world writes them: each value is read right, or asked about once for its column; none is a guess."""

from dataclasses import dataclass
from datetime import date

import pytest

from models.customers.units import UnitRow
from models.employees.details import Details
from models.exchange.sheets.files import read, read_pasted
from models.imports.cells.headings import Meaning, is_list
from models.imports.dry_run import DryRun, answer, begin, choose_columns, read_all
from models.imports.judging.fates import judge
from models.imports.judging.matching import SAME_PERSON, Colleague, Known
from models.imports.rows import Fate, Row
from tests.imports.cases import case

TODAY = date(2026, 10, 1)
UNITS = [UnitRow(1, "Demokunde_Test", "315908302", None, "/1/"), UnitRow(2, "Bergen", "311661310", None, "/1/2/")]
INGRID = Colleague(
    7, 1, Details("Ingrid", "Solbakken", "ingrid@firma.example", "41244845", date(1984, 3, 14), 1), active=True
)
GONE = Colleague(8, 1, Details("Nils", "Borte", "nils@firma.example", None, None, 1), active=False)
NUMBER, OTHER_NUMBER = "14838419861", "29829624883"


@dataclass
class Looked:
    """A list that was looked over."""

    dry_run: DryRun

    def __post_init__(self) -> None:
        known = Known(UNITS, holders={OTHER_NUMBER: [7]})
        known.take(INGRID)
        known.take(GONE)
        judge(read_all(self.dry_run, UNITS, today=TODAY, synthetic=True), known, today=TODAY)

    @property
    def rows(self) -> list[Row]:
        return self.dry_run.rows

    def shown(self, meaning: str) -> list[str]:
        """What the page says of a column: as it was understood, or what is wrong."""
        return [
            row.faults.get(meaning) or row.understood.get(meaning, row.values.get(meaning, "")) for row in self.rows
        ]

    @property
    def fates(self) -> list[Fate]:
        return [row.fate for row in self.rows]


def begun(content: bytes | str) -> DryRun:
    table = read(content, is_list) if isinstance(content, bytes) else read_pasted(content)
    return begin(table, UNITS, today=TODAY, unit_id=1)


def answered(content: bytes | str, *given: str) -> Looked:
    """The list with an answer to each question, in their order; there must be as many."""
    dry_run = begun(content)
    assert len(dry_run.open_questions) == len(given), [question.text for question in dry_run.open_questions]
    answer(dry_run, {q.key: g for q, g in zip(dry_run.questions, given, strict=True)}, UNITS, today=TODAY)
    assert dry_run.is_ready
    return Looked(dry_run)


def column(heading: str, *cells: str) -> str:
    """A list of people who differ in one column."""
    rows = [f"A{at}\tPrøve\ta{at}@firma.example\t{text}" for at, text in enumerate(cells)]
    return "\n".join([f"Fornavn\tEtternavn\tE-post\t{heading}", *rows])


RIGHT = {
    "title-line-above.csv": ("birth_date", ["12.05.1984", "02.03.1979"]),
    "mac-roman.csv": ("given_name", ["Bjørn", "Kåre"]),
    "double-utf8.csv": ("family_name", ["Nygård", "Sæther"]),
    "excel-protected-text.csv": ("mobile", ["41244801", "41244802"]),
    "mobile-47-no-plus.csv": ("mobile", ["41244801"]),
    "mobile-trunk-zero.csv": ("mobile", ["+46701234567", "+442079460018"]),
    "unknown-email-heading.csv": ("email", ["k@firma.example", "p@firma.example"]),
    "invisible-characters.csv": ("given_name", ["Ola", "Kari"]),
    "orgnr-forms.csv": ("unit", ["Demokunde_Test"] * 3),
    "common-date-forms.csv": ("birth_date", ["12.05.1984"] * 5),
    "us-dates.csv": ("birth_date", ["04.03.1984", "25.12.1990"]),
    "sharedstrings-capital.xlsx": ("given_name", ["Åse"]),
    "sharedstrings-elsewhere.xlsx": ("birth_date", ["12.05.1984"]),
    "cover-sheet-first.xlsx": ("given_name", ["Åse"]),
    "more-than-60-columns.xlsx": ("mobile", ["41244801"]),
    "long-comment-in-ignored-column.xlsx": ("email", ["ase1@firma.example"]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_list_of_the_world_is_read_right(name: str) -> None:
    meaning, values = RIGHT[name]
    looked = answered(case(name))
    assert looked.shown(meaning) == values
    assert set(looked.fates) == {Fate.NEW}, [row.faults for row in looked.rows]


ORDERS = {
    "one proves it": (["03/04/1984", "12/25/1990"], ["04.03.1984", "25.12.1990"]),
    "the day is first": (["03/04/1984", "25/12/1990"], ["03.04.1984", "25.12.1990"]),
    "with hyphens": (["04-03-1984", "12-25-1990"], ["03.04.1984", "25.12.1990"]),
    "points are Norwegian": (["03.04.1984", "02.03.1979"], ["03.04.1984", "02.03.1979"]),
    "points beside strokes that tell": (["03.04.1984", "25/12/1990"], ["03.04.1984", "25.12.1990"]),
    "both orders say the same": (["05/05/1984", "1984-05-06"], ["05.05.1984", "06.05.1984"]),
    "year first": (["1984-05-12", "1984.5.1", "19840512"], ["12.05.1984", "01.05.1984", "12.05.1984"]),
    "months by name": (["12. mai 1984", "3-okt-79", "May 4, 1990"], ["12.05.1984", "03.10.1979", "04.05.1990"]),
    "systems' midnight": (["1984-05-12T00:00:00", "1984-05-11T22:00:00Z"], ["12.05.1984", "12.05.1984"]),
    "eight digits": (["25121990", "03041984"], ["25.12.1990", "03.04.1984"]),
    "only Excel's numbers": (["30814", "29952"], ["12.05.1984", "01.01.1982"]),
    "years of two digits": (["12.05.84", "1.2.99"], ["12.05.1984", "01.02.1999"]),
}


@pytest.mark.parametrize("kind", ORDERS)
def test_a_column_of_dates_that_tells_its_order_is_read(kind: str) -> None:
    cells, days = ORDERS[kind]
    assert answered(column("Født", *cells)).shown("birth_date") == days


ASKED = {
    "nothing proves it": (["03/04/1984", "02/03/1979"], {"dmy": "03.04.1984", "mdy": "04.03.1984"}),
    "they contradict each other": (["25/12/1990", "12/25/1990"], {"dmy": "25.12.1990", "mdy": "Denne datoen finnes"}),
    "points prove nothing of strokes": (["03/04/1984", "25.12.1990"], {"dmy": "03.04.1984", "mdy": "04.03.1984"}),
    "Excel may have taken some": (["03.04.1984", "12/25/1990"], {"mdy": "04.03.1984", "dmy": "03.04.1984"}),
    "a zero was lost": (["20384", "120579"], {"dmy": "02.03.1984", "mdy": "03.02.1984"}),
    "six digits": (["840512", "790302"], {"ymd": "12.05.1984"}),
    "a number or a date": (["30813"], {"dmy": "03.08.2013", "serial": "11.05.1984"}),
    "eight digits": (["03041984"], {"dmy": "03.04.1984", "mdy": "04.03.1984"}),
}


@pytest.mark.parametrize("kind", ASKED)
def test_a_column_of_dates_that_does_not_tell_is_asked_about_once(kind: str) -> None:
    cells, readings = ASKED[kind]
    (question,) = begun(column("Født", *cells)).questions
    choices = dict(question.choices)
    for order, first in readings.items():
        if order in choices:
            looked = answered(column("Født", *cells), order)
            assert looked.shown("birth_date")[0].startswith(first), order
            assert first in choices[order] or "kan ikke leses" in choices[order], "the choice shows what it does"
    assert set(readings) & set(choices)
    left_out = answered(column("Født", *cells), "none")
    assert left_out.shown("birth_date")[0] == "tas ikke med"
    assert set(left_out.fates) == {Fate.NEW}, "what the answer says is what is done"


def test_what_is_no_date_is_a_fault_and_never_a_guess() -> None:
    looked = answered(case("year-only.csv"))
    assert looked.shown("birth_date") == ["Her står det bare et årstall. Skriv hele datoen, for eksempel 13.10.2026."]
    looked = answered(column("Født", "1984", "ukjent", "12.05.20", "31.02.1984", "12.05.2084"))
    assert looked.fates == [Fate.FAULTY] * 5


LEFT = (
    *("Sluttet", "Deaktivert", "Inaktiv", "Passiv", "Avsluttet", "Terminated", "Fratrådt", "FRATRÅDT", "inactive"),
    *("Ikkje lenger tilsett", "No longer employed", "Avskjediget", "Slutat", "Ex-employee"),
    *("Har sluttet", "Slutta", "Ikke aktiv", "Tidligere ansatt", "\u200bSluttet"),
)


@pytest.mark.parametrize("word", LEFT)
def test_who_has_left_is_not_brought_in_nor_back(word: str) -> None:
    looked = answered(
        f"Navn\tE-post\tStatus\nNy Person\tny@firma.example\t{word}\nNils Borte\tnils@firma.example\t{word}"
    )
    assert looked.fates == [Fate.GONE, Fate.SAME]
    assert looked.rows[0].warnings == ["Har sluttet, og er ikke i portalen. Blir ikke lagt til."]


@pytest.mark.parametrize(
    ("heading", "cell", "left"),
    [
        ("Aktiv", "Nei", True),
        ("Aktiv", "Ja", False),
        ("Aktiv", "0", True),
        ("Inaktiv", "x", True),
        ("Sluttet", "Ja", True),
        ("Sluttet", "30.09.2026", True),
        ("Sluttdato", "30.09.2026", True),
        ("Sluttdato", "2026-09-30", True),
        ("Sluttdato", "01.10.2027", False),
        ("Sluttdato", "31.12.9999", False),
        ("Sluttdato", "01.10.2026", False),
        ("Sluttår", "2025", True),
        ("Sluttår", "2027", False),
        ("Siste arb.dag", "30.09.2026", True),
        ("Ansatt t.o.m.", "30/9-26", True),
        ("Sluttet (J/N)", "J", True),
        ("Er ansatt", "Nei", True),
        ("Aktiv ansatt (ja/nei)", "Ja", False),
        ("Status", "Sluttet (31.12.2025)", True),
        ("Status", "Fratrådt 30.09.2026", True),
        ("Status", "Sluttet - pensjon", True),
        ("Status", "Aktiv - permisjon", False),
        ("Sluttdato", "", False),
        ("End date", "30.09.26", True),
        ("Status", "Permisjon", False),
        ("Status", "", False),
    ],
)
def test_states_and_last_days_say_who_has_left(heading: str, cell: str, left: bool) -> None:
    assert answered(column(heading, cell)).fates == [Fate.GONE if left else Fate.NEW]


def test_the_lists_of_those_who_left() -> None:
    assert answered(case("status-sluttet.csv")).fates == [Fate.GONE, Fate.GONE]
    contrary = "A B\ta@firma.example\tAktiv\t01.01.2020\nC D\tc@firma.example\tSluttet\t01.01.2030"
    assert answered(f"Navn\tE-post\tStatus\tSluttdato\n{contrary}").fates == [Fate.FAULTY] * 2


def test_an_unknown_word_is_asked_about_for_the_column() -> None:
    cells = ["Pensjonist", "Aktiv", "pensjonist", "Oppsagt"]
    dry_run = begun(column("Status", *cells))
    assert [question.text for question in dry_run.questions] == [
        "Hva betyr «Pensjonist» i kolonnen for status?",
        "Hva betyr «Oppsagt» i kolonnen for status?",
    ]
    looked = answered(column("Status", *cells), "left", "active")
    assert looked.fates == [Fate.GONE, Fate.NEW, Fate.GONE, Fate.NEW]
    codes = column("Status", *(f"{'ABCDEFGHIJKLMNO'[at]}-kode" for at in range(15)))
    (question,) = begun(codes).questions
    assert question.text.startswith("I kolonnen for status står 15 ulike ord")
    assert set(answered(codes, "active").fates) == {Fate.NEW}
    assert set(answered(codes, "each").fates) == {Fate.FAULTY}, "nobody is brought to life by an answer for all"


def test_an_empty_cell_in_a_column_of_ticks_is_asked_about() -> None:
    ticks = column("Aktiv", "x", "")
    assert answered(ticks, "left").fates == [Fate.NEW, Fate.GONE]
    assert answered(ticks, "active").fates == [Fate.NEW, Fate.NEW]
    assert answered(column("Sluttet", "x", "")).fates == [Fate.GONE, Fate.NEW]
    assert answered(column("Aktiv", "Nei", "")).fates == [Fate.GONE, Fate.NEW]


def test_a_unit_that_many_rows_name_otherwise_is_asked_about_once() -> None:
    named = column("Avdeling", "Avd. Vest", "Bergen", "Avd. Vest")
    (question,) = begun(named).questions
    assert question.text == "Hvilken avdeling er «Avd. Vest»?"
    assert answered(named, "2").shown("unit") == ["Bergen"] * 3
    assert answered(named, "none").fates == [Fate.FAULTY, Fate.NEW, Fate.FAULTY]
    assert "er ikke blant avdelingene" in answered(column("Avdeling", "Avd. Vest")).shown("unit")[0]


OTHERS = {
    "another name and birth date": (f"Per\tHansen\tp@firma.example\t{OTHER_NUMBER}\t01.01.1970", True),
    "another name, no date": (f"Per\tHansen\tp@firma.example\t{OTHER_NUMBER}\t", True),
    "married": (f"Ingrid\tHansen\ti@firma.example\t{OTHER_NUMBER}\t14.03.1984", False),
    "a wrong date": (f"Ingrid\tSolbakken\ti@firma.example\t{OTHER_NUMBER}\t14.03.1985", False),
    "another's address": ("Per\tHansen\tingrid@firma.example\t\t01.01.1970", True),
    "her own address": ("Ingrid Marie\tSolbakken\tingrid@firma.example\t\t", False),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_someone_elses_number_or_address_is_a_question_with_a_tick(kind: str) -> None:
    row, asked = OTHERS[kind]
    dry_run = begun(f"Fornavn\tEtternavn\tE-post\tFødselsnummer\tFødt\n{row}")
    assert (SAME_PERSON in Looked(dry_run).rows[0].faults) == asked
    if asked:
        assert dry_run.rows[0].fate is Fate.FAULTY
        assert "Ingrid Solbakken" in dry_run.rows[0].faults[SAME_PERSON]
        dry_run.rows[0].same_person = True
        assert Looked(dry_run).fates == [Fate.CHANGED]


@pytest.mark.parametrize(
    ("heading", "cells", "meaning"),
    [
        ("Adresse jobb (elektr.)", ["a@firma.example", "b@firma.example"], Meaning.EMAIL),
        ("Direktenr.", ["412 44 801", "+46 70 123 45 67"], Meaning.MOBILE),
        ("Ident", [NUMBER, OTHER_NUMBER], Meaning.NATIONAL_ID),
        ("Tilhører", ["Bergen", "Demokunde_Test"], Meaning.UNIT),
        ("Født i år/mnd/dag", ["1984-05-12", "1990-01-02"], Meaning.BIRTH_DATE),
        ("Dato for fratreden", ["2020-05-12", "2021-01-02"], Meaning.END_DATE),
        ("Forhold", ["Aktiv", "Sluttet"], Meaning.STATUS),
        ("Epost til leder", ["a@firma.example", "b@firma.example"], None),
        ("Mobil pårørende", ["412 44 801", "412 44 802"], None),
        ("Ansatt fra", ["2020-05-12", "2021-01-02"], None),
    ],
)
def test_an_unknown_heading_is_guessed_by_its_column_and_asked_about(
    heading: str, cells: list[str], meaning: Meaning | None
) -> None:
    dry_run = begun("Fornavn\tEtternavn\t" + heading + "\n" + "\n".join(f"A\tB\t{text}" for text in cells))
    assert dry_run.meanings == ["given_name", "family_name", meaning]
    assert dry_run.is_read == (meaning is None), "a guess is looked over by somebody before it is used"


def test_columns_can_be_chosen_again_from_what_came() -> None:
    dry_run = begun(column("Ukjent", "41244801"))
    assert dry_run.meanings[3] == "mobile"
    choose_columns(
        dry_run, [Meaning.GIVEN_NAME, Meaning.FAMILY_NAME, Meaning.EMAIL, None], UNITS, heading=True, today=TODAY
    )
    assert dry_run.left_aside == ["Ukjent"]
    kept = DryRun.loads(dry_run.dumps())
    assert vars(kept) == vars(dry_run)
    choose_columns(
        kept, [*map(Meaning, ("given_name", "family_name", "email", "mobile"))], UNITS, heading=True, today=TODAY
    )
    assert Looked(kept).shown("mobile") == ["41244801"]


def test_letters_that_can_be_read_in_two_ways_are_asked_about_first() -> None:
    content = "Fornavn;Etternavn;E-post\r\nZoë;Li;z@firma.example\r\n".encode("mac_roman")
    dry_run = begun(content)
    (question,) = dry_run.questions
    readings = dict(question.choices)
    assert set(readings) == {"cp850", "mac_roman"}
    assert readings["mac_roman"] == "Zoë (Macintosh)"
    assert answered(content, "mac_roman").shown("given_name") == ["Zoë"]
    assert answered(content, "cp850").shown("given_name") == ["Zoæ"]
