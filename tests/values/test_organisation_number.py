"""The organisation number: which are accepted, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.organisation_number import display, is_valid, read_number

UNITS = [
    *("315908302", "311661310", "318609136", "319099603", "313082466", "312819481", "312199351", "311819097"),
    *("313786579", "319754326", "313194876", "315749115", "318625271", "316018955", "315597978"),
]


@pytest.mark.parametrize("number", UNITS)
def test_the_numbers_of_the_demo_units_are_valid(number: str) -> None:
    assert is_valid(number)


@pytest.mark.parametrize(
    "text",
    [
        "315908303",
        "31590830",
        "3159083020",
        "315 908 302",
        "",
        "31590830x",
        "\uff13\uff11\uff15908302",
        "\ud800",
    ],
)
def test_other_texts_are_not_valid(text: str) -> None:
    assert not is_valid(text)


@given(st.sampled_from(UNITS), st.integers(0, 8), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, digit: int) -> None:
    typed = f"{number[:place]}{digit}{number[place + 1 :]}"
    assert is_valid(typed) == (typed == number)


def test_it_is_shown_in_threes_that_a_line_does_not_break() -> None:
    assert display("315908302") == "315\N{NO-BREAK SPACE}908\N{NO-BREAK SPACE}302"


@given(st.text())
def test_what_is_not_nine_digits_is_shown_as_it_is(text: str) -> None:
    assert "".join(display(text).split("\N{NO-BREAK SPACE}")) == "".join(text.split("\N{NO-BREAK SPACE}"))
    assert isinstance(is_valid(text), bool)


@pytest.mark.parametrize(
    "typed",
    [
        *("315908302", "315 908 302", "315.908.302", "315-908-302", "NO 315 908 302 MVA", "NO315908302MVA"),
        *("315908302 mva", "no315908302", "Org.nr.: 315 908 302", "orgnr 315908302", '="315908302"', "\u200e315908302"),
        "Foretaksregisteret NO 315 908 302 MVA",
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    assert read_number(typed) == "315908302"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("315908303", "Kontrollsifferet"),
        ("NO 315 908 303 MVA", "Kontrollsifferet"),
        ("31590830", "9 sifre, og her står det 8"),
        ("MVA", "9 sifre, og her står det 0"),
        ("Bergen", "bare tall"),
        ("DK315908302", "bare tall"),
    ],
)
def test_what_is_wrong_with_a_number_is_named(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_number(typed)
    assert read_number("  ") is None
