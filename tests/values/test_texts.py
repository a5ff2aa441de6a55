"""Texts from elsewhere: what cannot be seen is gone, and letters are what they were meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.texts.encodings import Decoded, NoText, again, decode, mended
from models.values.texts.invisible import cell, unprotected, visible

LIST = "Fornavn;Etternavn;Fødselsdato\r\nBjørn;Nygård;1\r\nKåre;Sæther;2\r\nÅSE;ØDEGÅRD-ÆRLIG;3\r\nÅsta Ødegaard;Æ\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "iso8859-15", "mac_roman", "cp850", "cp865"])
def test_the_letters_of_norwegian_programs_of_all_times(encoding: str) -> None:
    found = decode(LIST.encode(encoding))
    assert (found.text, found.rivals) == (LIST, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_mark_or_the_zeros_tell_what_a_text_is(encoding: str) -> None:
    assert decode(LIST.encode(encoding)).text == LIST


def test_seven_bits_had_norwegian_letters_too_and_are_asked_about() -> None:
    written = LIST.translate(str.maketrans("ÆØÅæøå", "[\\]{|}"))
    assert decode(written.encode()) == Decoded(LIST, "ns4551", ("ascii",))
    assert decode(b"Fornavn|Etternavn\r\nKari|Li\r\n").rivals == (), "here the stroke divides cells"
    assert again(LIST, "ns4551", "ascii") == written


@pytest.mark.parametrize(
    "name", ["Bj\u00f8rn", "\u00c5SE", "S\u00e6ther", "Andr\u00e9", "Fran\u00e7ois", "M\u00fcller"]
)
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_of_one_name_alone_the_right_letters_are_there_or_asked_about(name: str, encoding: str) -> None:
    text = f"Fornavn;Etternavn\r\n{name};Li\r\n"
    found = decode(text.encode(encoding))
    readings = {again(found.text, found.encoding, other) for other in (found.encoding, *found.rivals)}
    assert text in readings


@pytest.mark.parametrize("content", [bytes(1000), b"PK\0\1" * 50, b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NoText):
        decode(content)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("name", ["Bjørn Nygård", "ÅSE ØDEGÅRD ÆRLIG", "José Núñez", "Zoë – x"])
def test_what_was_coded_twice_is_mended(name: str, encoding: str) -> None:
    twice = name.encode().decode(encoding, "as_latin_1")
    assert mended(twice) == name
    assert mended(f"Fødselsdato;{twice}") == f"Fødselsdato;{name}", "where the headings were right already, too"


@pytest.mark.parametrize("text", ["Bjørn Nygård", "JOÃO", "MILJØ–AVD", "BLÅ…", "Ærlig © 2026", "50 % – “a”"])
def test_what_is_right_stays(text: str) -> None:
    assert mended(text) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_none(content: bytes) -> None:
    try:
        found = decode(content)
    except NoText:
        return
    for other in found.rivals:
        assert again(again(found.text, found.encoding, other), other, found.encoding) == found.text


@pytest.mark.parametrize("sign", [*"\u200b\u200c\u200e\u200f\u202a\u202e\u2060\u2066\u00ad\ufeff\u034f\u3164\u200d"])
def test_what_cannot_be_seen_is_gone(sign: str) -> None:
    assert visible(f"{sign}O{sign}la{sign}") == "Ola"


def test_pictures_of_several_signs_stay_whole() -> None:
    assert visible("👩\u200d⚕\ufe0f Ola\u200d") == "👩\u200d⚕\ufe0f Ola"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        *(('="0047"', "0047"), ("=0047", "0047"), ("'0047", "0047"), ('=""', ""), ("'+47", "+47")),
        *(("'t Hooft", "'t Hooft"), ("O'Neill", "O'Neill"), ("Ola", "Ola"), (" \u00a0Ola\r\nLi\u200b ", "Ola Li")),
    ],
)
def test_a_cell_is_what_it_says(written: str, said: str) -> None:
    assert cell(written) == said
    assert unprotected(said) == said
