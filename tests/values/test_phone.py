"""Telephone numbers: what people and programs write is kept as it is dialled, or refused with a sentence (AR10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.phone import read

NORWEGIAN = (
    *("41244845", "412 44 845", "412.44.845", "+47 412 44 845", "0047-41244845", "(+47) 412 44 845", "47 412 44 845"),
    *("4741244845", "+47 (0) 412 44 845", '="41244845"', "'41244845", "=41244845", "\u200e41244845", "41244845.0"),
    *(
        "412\u00a044\u00a0845",
        "tel:+4741244845",
        "412\u00ad44845",
        "412\u2011448\u201145",
        "\u202a+47 412 44 845\u202c",
    ),
)
FOREIGN = {
    "+46 70 123 45 67": "+46701234567",
    "0046701234567": "+46701234567",
    "+46 (0)70 123 45 67": "+46701234567",
    "+46 070-123 45 67": "+46701234567",
    "0046 (0)70 123 45 67": "+46701234567",
    "+44 (0)20 7946 0018": "+442079460018",
    "+49 (0) 171 1234567": "+491711234567",
    "+39 06 6982 1234": "+390669821234",  # Italy keeps its zero
    "+7 8 912 345 67 89": "+79123456789",  # what is dialled at home is no zero everywhere
    "+45 12 34 56 78": "+4512345678",
    '="+46701234567"': "+46701234567",
}


@pytest.mark.parametrize("typed", NORWEGIAN)
def test_ar10_a_norwegian_number_is_eight_digits(typed: str) -> None:
    assert read(typed) == "41244845"


@pytest.mark.parametrize("typed", FOREIGN)
def test_ar10_a_foreign_number_can_be_dialled(typed: str) -> None:
    assert read(typed) == FOREIGN[typed]
    assert read(FOREIGN[typed]) == FOREIGN[typed], "read once more it is the same"


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", '=""'])
def test_nothing_is_no_number(typed: str) -> None:
    assert read(typed) is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        *((typed, "har 8 sifre") for typed in ("1234567", "123456789", "+47 1234567", "41244845 / 22334455")),
        *((typed, "har 8 sifre") for typed in ("46701234567", "0 412 44 845", "+47 041244845")),
        *((typed, "kan ikke ringes") for typed in ("+0123456789", "+46 12", "+999 12345678")),
        *((typed, "har bare tall") for typed in ("abc", "+", "٤١٢٤٤٨٤٥", "41244845 (privat)", "+46701234567 ext. 5")),
        ("+420 0601 234 567", "uten nullen"),
    ],
)
def test_ar10_what_is_not_certain_is_refused_with_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(typed)


@given(st.text(st.sampled_from("0123456789+() -./'=\"\u200e"), max_size=20) | st.text(max_size=20))
def test_any_text_is_a_number_that_stays_the_same_or_gets_a_sentence(text: str) -> None:
    try:
        number = read(text)
    except ValueError as refused:
        assert str(refused).endswith(".")  # noqa: PT017  # any sentence
    else:
        assert number is None or read(number) == number
