"""KID: which numbers can be one, by which of the two rules, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.kid import control_of, display, is_valid, with_mod10


def test_the_numbers_of_the_product_are_valid() -> None:
    assert control_of("20260001183710") == "MOD10"
    assert control_of("118377-") == "MOD11"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-",
        "20260001183711",
        "118378-",
        "118377",
        "2026 0001 1837 10",
        "11-8377",
        "\uff12\uff10",
        "\ud800",
        "x0",
    ],
)
def test_other_texts_are_not(text: str) -> None:
    assert not is_valid(text)


@given(st.text("0123456789", min_size=1, max_size=24), st.integers(0, 23), st.integers(0, 9))
def test_one_wrong_digit_is_always_found_by_mod10(digits: str, place: int, digit: int) -> None:
    kid = with_mod10(digits)
    assert is_valid(kid)
    place %= len(kid)
    typed = f"{kid[:place]}{digit}{kid[place + 1 :]}"
    assert (control_of(typed) == "MOD10") == (typed == kid)


def test_it_has_25_signs_at_most() -> None:
    assert is_valid(with_mod10("1" * 24))
    assert not is_valid(with_mod10("1" * 25))


def test_it_is_shown_in_fours_that_a_line_does_not_break() -> None:
    assert display("20260001183710").split("\N{NO-BREAK SPACE}") == ["2026", "0001", "1837", "10"]
    assert display("Snippet1") == "Snippet1"
