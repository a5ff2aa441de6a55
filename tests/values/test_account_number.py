"""The account number: which are accepted, from an IBAN too, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.account_number import display, domestic, is_valid


def test_the_numbers_of_the_product_are_valid_and_shown_with_dots() -> None:
    assert is_valid("99991000018")
    assert display("99991000018") == "9999.10.00018"
    assert display("9999.10.00018") == "9999.10.00018"
    assert display("1234 56 78903") == "1234.56.78903"


def test_a_norwegian_iban_is_the_account_in_it() -> None:
    assert domestic("NO93 8601 1117 947") == "86011117947"
    assert display("NO9386011117947") == "8601.11.17947"


def test_a_foreign_iban_stays_one() -> None:
    assert domestic("SE4550000000058398257466") is None
    assert display("SE4550000000058398257466").split() == ["SE45", "5000", "0000", "0583", "9825", "7466"]


@pytest.mark.parametrize("text", ["", "99991000019", "9999100001", "NO0086011117947", "IBAN32423940", "\uff11" * 11])
def test_anything_else_is_shown_as_it_is(text: str) -> None:
    assert domestic(text) is None
    assert display(text) == text


@pytest.mark.rest  # many random texts
@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(display(text), str)
