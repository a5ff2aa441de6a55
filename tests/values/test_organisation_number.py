"""The organisation number: which are accepted, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.organisation_number import display, is_valid

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
