"""Other spellings of what lists hold: each cell is read as what it certainly is, or is a fault that says what to do."""

import pytest

from models.imports.rows import Fate
from tests.imports.test_reading import NUMBER, answered, begun, column

READ = {
    "Fødselsdato": {
        "12/5-84": "12.05.1984",
        "12.05.1984 kl. 00:00": "12.05.1984",
        "12.05.1984.": "12.05.1984",
        "12. maj 1984": "12.05.1984",
        "12th May 1984": "12.05.1984",
        "Sat May 12 1984": "12.05.1984",
        "12.05.13": "12.05.2013",
        "12.05.27": "12.05.1927",
        '="12.05.1984"': "12.05.1984",
    },
    "Mobil": {
        "Mob: 41244801": "41244801",
        "Tlf. +47 412 44 801": "41244801",
        "tel:+47-412-44-801": "41244801",
        "41244801,00": "41244801",
        "4.1244801E+07": "41244801",
        "(+47) 412 44 801": "41244801",
        "00 47 41244801": "41244801",
        "+49 30/1234567": "+49301234567",
        "412 44 801": "41244801",
    },
    "Avdeling": {
        "Bergen (311 661 310)": "Bergen",
        "311661310 Bergen": "Bergen",
        "DEMOKUNDE-TEST": "Demokunde_Test",
        "Demokunde_Test > Bergen": "Bergen",
        "311661310,0": "Bergen",
        "0192:311661310": "Bergen",
        "VAT: NO 311 661 310 MVA": "Bergen",
        "311 661 310": "Bergen",
    },
    "Fødselsnummer": {
        f"{NUMBER[:6]} {NUMBER[6:]}": "",
        f"{NUMBER},0": "",
        f"{NUMBER[0]}.{NUMBER[1:]}E10": "",
        f"='{NUMBER}'"[1:-1]: "",
    },
}
MEANINGS = {"Fødselsdato": "birth_date", "Mobil": "mobile", "Avdeling": "unit", "Fødselsnummer": "national_id"}


@pytest.mark.parametrize("heading", READ)
def test_a_cell_is_read_as_what_it_is(heading: str) -> None:
    for text, value in READ[heading].items():
        looked = answered(column(heading, text))
        assert looked.fates == [Fate.NEW], (text, looked.rows[0].faults)
        assert not value or looked.shown(MEANINGS[heading]) == [value], text


@pytest.mark.parametrize("heading", ["Fødselsdato", "Mobil", "Avdeling", "Fødselsnummer", "Status", "Sluttdato"])
def test_a_cell_that_says_that_there_is_nothing_is_empty(heading: str) -> None:
    looked = answered(column(heading, "-", "\u2013", "N/A", "#N/A", "NULL", "(tom)"))
    assert set(looked.fates) == {Fate.NEW}
    assert {row.values.get(MEANINGS.get(heading, "")) for row in looked.rows} == {None}


FAULTY = {
    "Fødselsdato": {
        "12.05.14": "fire sifre",
        "12.05.26": "fire sifre",
        "01.01.1900": "over 100 år",
        "30813,5": "dd.mm.åååå",
        "O1.05.1984": "dd.mm.åååå",
        "12.05.1984 13:45": "klokkeslett",
    },
    "Sluttdato": {"01.01.1900": "over 100 år", "2026": "årstall", "31.02.2026": "kalenderen"},
    "Mobil": {
        "4,12E+07": "forkortet",
        "41244801 (jobb)": "bare tall",
        "22334455 x12": "bare tall",
        "41244801/41244802": "8 sifre",
        "+46 70 123 45 67/68": "kan ikke ringes",
    },
    "Avdeling": {"311661319": "Kontrollsifferet", "315 908 302 Bergen": "ikke blant", "31166131": "9 sifre"},
    "Fødselsnummer": {"1,48384E+10": "forkortet", "ukjent": "bare ha sifre"},
}
FAULTS = {**MEANINGS, "Sluttdato": "end_date"}


@pytest.mark.parametrize("heading", FAULTY)
def test_a_cell_that_is_not_certain_is_a_fault_that_says_why(heading: str) -> None:
    for text, said in FAULTY[heading].items():
        looked = answered(column(heading, text))
        assert looked.fates == [Fate.FAULTY], text
        assert said in looked.shown(FAULTS[heading])[0], text


ADDRESSES = {
    "a@firma.example.": "a@firma.example",
    "Ola Nordmann <ola@firma.example>": "ola@firma.example",
    "MAILTO:a@firma.example?subject=Hei": "a@firma.example",
    "'a@firma.example'": "a@firma.example",
    "a@firma.example;": "a@firma.example",
    "a@firma.example; b@firma.example": "bare én",
    "a@firma.example / b@firma.example": "bare én",
    "a(at)firma.example": "navn@firma.no",
    "a@firma.example (jobb)": "bare én",
}


def test_an_address_is_one_without_what_programs_write_around_it() -> None:
    for text, said in ADDRESSES.items():
        shown = answered(f"Fornavn\tEtternavn\tE-post\nA\tB\t{text}").shown("email")[0]
        assert shown == said or (shown.startswith("Skriv") and said in shown), text


NAMES = {
    "Nygård, Bjørn": ("Bjørn", "Nygård"),
    "Jan van der Berg": ("Jan", "van der Berg"),
    "Bjørn von Nygård-Hansen": ("Bjørn", "von Nygård-Hansen"),
    "Nguyễn Văn An": ("Nguyễn Văn", "An"),
    "O’Neill, Sean": ("Sean", "O’Neill"),
}
NO_NAMES = {
    "Bj?rn Nygård": "spørsmålstegn",
    "Bj\ufffdrn Nygård": "spørsmålstegn",
    "Bj\u00a4rn Nygård": "hører ikke til",
    "#REF! Nygård": "hører ikke til",
    "Bjørn Nygård (vikar)": "Skriv etternavnet",
    "10234 Bjørn Nygård": "nummer",
    "Bjørn": "Skriv fornavnet",
}


def test_a_whole_name_is_divided_and_one_that_was_damaged_is_a_fault() -> None:
    for text, parts in NAMES.items():
        row = answered(f"Navn\tE-post\n{text}\ta@firma.example").rows[0]
        assert (row.given_name, row.family_name, row.faults) == (*parts, {}), text
    first = answered("Navn (etternavn, fornavn)\tE-post\nvan der Berg Jan\ta@firma.example").rows[0]
    assert (first.given_name, first.family_name) == ("Jan", "van der Berg")
    for text, said in NO_NAMES.items():
        assert said in " ".join(answered(f"Navn\tE-post\n{text}\ta@firma.example").rows[0].faults.values()), text


HEADS = "Fornavn;Etternavn;E-post;Fødselsdato;Avdeling"
PEOPLE = ["Bjørn;Nygård;b@firma.example;12.05.1984;Bergen", "Kåre;Sæther;k@firma.example;02.03.1979;Bergen"]
LIST = "\r\n".join([HEADS, *PEOPLE, ""])
TWICE = LIST.encode().decode("cp1252")
FILES = {
    "UTF-16 without a mark": LIST.encode("utf-16-le"),
    "the other UTF-16": LIST.encode("utf-16-be"),
    "UTF-32": LIST.encode("utf-32"),
    "headings alone twice": "\r\n".join([HEADS.encode().decode("cp1252"), *PEOPLE]).encode(),
    "UTF-8 three times": TWICE.encode().decode("cp1252").encode(),
    "a mark that was encoded, too": ("\ufeff" + LIST).encode().decode("cp1252").encode(),
    "headings in UTF-8, rows in Windows": HEADS.encode() + b"\r\n" + "\r\n".join(PEOPLE).encode("cp1252"),
    "letters of web pages": LIST.replace("ø", "&oslash;").replace("å", "&#229;").replace("æ", "&aelig;").encode(),
    "sep of another kind": ("sep=,\r\n" + LIST).encode(),
    "sep=|": ("sep=|\r\n" + LIST.replace(";", "|")).encode(),
    "sep and a title": ("sep=;\r\nAnsattliste\r\n\r\n" + LIST).encode(),
    "headings in row 30": ("Rapport;2026\r\n" * 29 + LIST).encode(),
    "blanks before quotes": LIST.replace(";", '; "').replace('; "', ";").encode(),
    "tabs": LIST.replace(";", "\t").encode(),
    "quotes with blanks": "\r\n".join(
        ", ".join(f'"{text}"' for text in row.split(";")) for row in [HEADS, *PEOPLE]
    ).encode(),
    "zeros at the end": LIST.encode() + b"\0" * 20,
    "lines of Unicode": LIST.replace("\r\n", "\u2028").encode(),
    "headings on each page": "\r\n".join([HEADS, PEOPLE[0], HEADS, PEOPLE[1]]).encode(),
    "a heading that lost a letter": LIST.replace("Fødselsdato", "F?dselsdato").encode(),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_read_however_a_program_wrote_it(kind: str) -> None:
    looked = answered(FILES[kind])
    assert [row.name for row in looked.rows] == ["Bjørn Nygård", "Kåre Sæther"]
    assert looked.shown("birth_date") == ["12.05.1984", "02.03.1979"]
    assert set(looked.fates) == {Fate.NEW}


def test_a_delimiter_inside_quotes_divides_nothing() -> None:
    quoted = 'Fornavn;Etternavn;E-post;Merknad\r\n"Bjørn";"Nygård; jr.";b@firma.example;"a;b""c"\r\n'
    assert begun(quoted).rows[0].values == {
        "given_name": "Bjørn",
        "family_name": "Nygård; jr.",
        "email": "b@firma.example",
    }
