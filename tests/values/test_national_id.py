"""The national identity number: what is read, refused and masked (AR4, AR7, AR8, AR9).

Every number here is synthetic, published as a test vector, or computed for somebody not yet born.
"""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

from models.values.national_id import (
    NationalIdRefused,
    birth_date_warning,
    is_mask,
    is_valid,
    mask,
    mask_in,
    parse,
    read_field,
)

TODAY = date(2026, 10, 12)
BEFORE_2032 = date(2031, 12, 31)
FROM_2032 = date(2032, 1, 1)

PUBLISHED = [
    "17912099997",
    "29822099635",
    "05840399895",
    "15507600333",
    "57912075186",
    "69822075096",
    "55507608360",
]
EMPLOYEES = {
    "14838419861": "148384*****",
    "02919009791": "029190*****",
    "29829624883": "298296*****",
    "07877840721": "078778*****",
    "19898802658": "198988*****",
    "30920154901": "309201*****",
    "01816932455": "018169*****",
    "63859206168": "638592*****",
}
NUMBERS = [*PUBLISHED, *EMPLOYEES]
INGRID = "14838419861"
FULL_WIDTH, ARABIC, MATHEMATICAL = (
    "".join(chr(zero + digit) for digit in range(10)) for zero in (0xFF10, 0x0660, 0x1D7CE)
)
NBSP = "\N{NO-BREAK SPACE}"


def completed(nine: str, *, remainder: int = 0) -> str | None:
    """Nine digits with their two control digits; None where one of them would be 10."""
    first = (int(calc_check_digit1(nine)) + remainder) % 11
    second = calc_check_digit2(f"{nine}{first}")
    return None if first == 10 or second == "10" else f"{nine}{first}{second}"


def first_of(six: str, *, remainder: int = 0) -> str:
    """The first number that begins with six digits and leaves this remainder."""
    nines = (f"{six}{individual}" for individual in range(500, 1000))
    return next(number for nine in nines if (number := completed(nine, remainder=remainder)))


# Nobody has these yet: somebody born on 3 April 2039 will, with a fødselsnummer or a D-number.
UNBORN = [first_of("030439"), first_of("430439")]


def refusal(text: str, *, today: date = TODAY, synthetic: bool = True) -> str:
    with pytest.raises(NationalIdRefused) as refused:
        parse(text, today=today, synthetic=synthetic)
    return str(refused.value)


days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@st.composite
def synthetic_numbers(draw: st.DrawFn) -> str:
    day = draw(days)
    day_plus, month_plus = draw(st.sampled_from([0, 40])), draw(st.sampled_from([40, 80]))
    six = f"{day.day + day_plus:02}{day.month + month_plus:02}{day.year % 100:02}"
    nines = st.integers(0, 999).map(lambda individual: f"{six}{individual:03}")
    number = completed(draw(nines.filter(completed)))
    assert number
    return number


@pytest.mark.parametrize("number", NUMBERS)
def test_ar8_the_test_numbers_are_accepted_in_test_mode(number: str) -> None:
    assert parse(number, today=TODAY, synthetic=True) == number
    assert is_valid(number, today=TODAY, synthetic=True)


@pytest.mark.parametrize("number", NUMBERS)
def test_ar8_the_test_numbers_are_refused_outside_test_mode(number: str) -> None:
    assert refusal(number, synthetic=False) == (
        "Dette er et syntetisk fødselsnummer (testnummer). Det kan bare brukes i testmodus."
    )
    assert not is_valid(number, today=TODAY, synthetic=False)


@pytest.mark.parametrize("synthetic", [True, False])
def test_ar8_ordinary_numbers_and_d_numbers_are_accepted_in_every_mode(synthetic: bool) -> None:
    for number in UNBORN:
        assert parse(number, today=TODAY, synthetic=synthetic) == number


def test_ar9_no_birth_in_the_future_and_no_age_blocks_a_number() -> None:
    assert parse("30920154901", today=date(1999, 1, 1), synthetic=True)
    assert parse(UNBORN[0], today=date(2018, 3, 15), synthetic=False)


@pytest.mark.parametrize(
    "written",
    [
        "148384 19861",
        "148384-19861",
        "148384.19861",
        f"148384{NBSP}19861",
        "148384\N{EN DASH}19861",
        "14 83 84 19861",
        "14.83.84-198 61",
        "\t 1 4 8 3 8 4 1 9 8 6 1 \r\n",
        "148384\u200b19861\ufeff",
    ],
)
def test_ar8_blanks_dots_and_hyphens_are_removed(written: str) -> None:
    assert parse(written, today=TODAY, synthetic=True) == INGRID


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("", "Skriv fødselsnummeret med 11 sifre."),
        (" - ", "Skriv fødselsnummeret med 11 sifre."),
        ("1483841986", "Fødselsnummeret skal ha 11 sifre. Du skrev 10."),
        ("148384198610", "Fødselsnummeret skal ha 11 sifre. Du skrev 12."),
        ("1483841986l", "Fødselsnummeret kan bare ha sifre."),
        ("148384*****", "Fødselsnummeret kan bare ha sifre."),
        ("148384/19861", "Fødselsnummeret kan bare ha sifre."),
        ("\u0661\u0664838419861", "Fødselsnummeret kan bare ha sifre."),
        ("14838419861\0", "Fødselsnummeret kan bare ha sifre."),
        ("00000000000", "De seks første sifrene i fødselsnummeret er ikke en dato som finnes."),
        ("32838419861", "De seks første sifrene i fødselsnummeret er ikke en dato som finnes."),
        ("14938419861", "De seks første sifrene i fødselsnummeret er ikke en dato som finnes."),
        ("29828319861", "De seks første sifrene i fødselsnummeret er ikke en dato som finnes."),
        ("81838419861", "De seks første sifrene i fødselsnummeret er ikke en dato som finnes."),
        ("14838419871", "Kontrollsifrene i fødselsnummeret stemmer ikke. Se etter en tastefeil."),
        ("14838419862", "Kontrollsifrene i fødselsnummeret stemmer ikke. Se etter en tastefeil."),
        ("14838491861", "Kontrollsifrene i fødselsnummeret stemmer ikke. Se etter en tastefeil."),
    ],
)
def test_ar8_the_refusal_says_what_is_wrong(wrong: str, sentence: str) -> None:
    assert refusal(wrong) == sentence


@given(st.text(alphabet="0123456789 -.x*", min_size=1) | st.text())
def test_ar8_whatever_is_typed_is_read_or_refused_without_repeating_it(text: str) -> None:
    try:
        number = parse(text, today=TODAY, synthetic=True)
    except NationalIdRefused:
        sentence = re.sub(r"11 sifre|Du skrev [0-9]+", "", refusal(text))
        assert not re.search(r"[0-9]", sentence)
    else:
        assert is_valid(number, today=TODAY, synthetic=True)
        assert parse(number, today=TODAY, synthetic=True) == number


@given(synthetic_numbers(), st.integers(0, 10), st.integers(0, 9))
def test_ar8_one_wrong_digit_is_always_found(number: str, place: int, digit: int) -> None:
    typed = f"{number[:place]}{digit}{number[place + 1 :]}"
    assert is_valid(typed, today=TODAY, synthetic=True) == (typed == number)


@given(st.text(alphabet="0123456789", min_size=11, max_size=11), days)
def test_ar8_what_is_valid_once_stays_valid(digits: str, today: date) -> None:
    if is_valid(digits, today=today, synthetic=False):
        assert is_valid(digits, today=today, synthetic=True)
        assert is_valid(digits, today=max(today, FROM_2032), synthetic=False)


@pytest.mark.parametrize("remainder", [1, 2, 3])
def test_2032_new_remainders_of_the_first_control_digit_are_accepted_from_the_day(remainder: int) -> None:
    number = first_of("148384", remainder=remainder)
    assert not is_valid(number, today=BEFORE_2032, synthetic=True)
    assert is_valid(number, today=FROM_2032, synthetic=True)
    assert is_valid(number, today=FROM_2032 + timedelta(days=9000), synthetic=True)


@pytest.mark.parametrize("remainder", range(4, 11))
def test_2032_no_other_remainder_is_accepted(remainder: int) -> None:
    for individual in range(1000):
        number = completed(f"148384{individual:03}", remainder=remainder)
        assert not number or not is_valid(number, today=FROM_2032, synthetic=True)


def test_2032_the_second_control_digit_stays_strict_and_old_numbers_stay_valid() -> None:
    for number in NUMBERS:
        assert is_valid(number, today=FROM_2032, synthetic=True)
        for digit in set("0123456789") - {number[10]}:
            assert not is_valid(number[:10] + digit, today=FROM_2032, synthetic=True)


def test_2032_a_leap_day_counts_in_whichever_century_has_it() -> None:
    assert is_valid(first_of("298200"), today=TODAY, synthetic=True)


@pytest.mark.parametrize("written", ["148384 19861", " 14838419861", "1483841986", "", "1483841986\u0661"])
def test_ar8_only_bare_digits_are_valid(written: str) -> None:
    assert not is_valid(written, today=TODAY, synthetic=True)


@pytest.mark.parametrize(("number", "shown"), EMPLOYEES.items())
def test_ar4_the_mask_is_six_digits_and_five_asterisks(number: str, shown: str) -> None:
    assert mask(number) == shown


def test_ar7_the_mask_is_known_when_it_comes_back() -> None:
    assert is_mask("120523*****")
    assert is_mask(" 120523*****\n")
    for other in (
        "",
        "120523****",
        "120523******",
        "12052*****",
        INGRID,
        "120523***** ja",
        "\u06612052\u0663*****",
    ):
        assert not is_mask(other)


@pytest.mark.parametrize(
    "form",
    [
        "{0}{1}{2}{3}",
        "{0}{1}{2} {3}",
        "{0}{1}{2}-{3}",
        "{0}{1}{2}.{3}",
        "{0}{1}{2}" + NBSP + "{3}",
        "{0}{1}{2} \N{EN DASH} {3}",
        "{0} {1} {2} {3}",
        "{0}.{1}.{2}.{3}",
        "{0}.{1}.{2} {3}",
        "{0}-{1}-{2}-{3}",
        "{0}" + NBSP + "{1}" + NBSP + "{2}" + NBSP + "{3}",
        "{0}{1}{2} {4} {5}",
        "{0}{1}{2}/{3}",
        "{0}{1} {2}{4} {5}",
        "{0}{1}.{2}.{3}",
        "{0},{1},{2},{3}",
        "{0}{1}{2}\n{3}",
        "{0}{1}{2}\r\n {3}",
        "{0}{1}{2}\u200d\u200d\u200d{3}",
        "{0}{1}{2} : {3}",
        "{0}\u0332{1}\u0332{2}\u0332{3}",
    ],
)
@pytest.mark.parametrize("digits", ["0123456789", FULL_WIDTH, ARABIC, MATHEMATICAL])
@pytest.mark.parametrize("around", ["{}", "Gjelder Kari ({}), kl. 8", "fnr{}.", "{}\n", "30739 {} 4", "1.{}"])
def test_the_guard_masks_each_way_of_writing_a_number(form: str, around: str, digits: str) -> None:
    for number in NUMBERS:
        written = form.format(number[:2], number[2:4], number[4:6], number[6:], number[6:9], number[9:])
        written = written.translate(str.maketrans("0123456789", digits))
        assert mask_in(around.format(written), today=TODAY) == (around.format(mask(number)), 1)


def test_the_guard_masks_every_number_and_counts_them() -> None:
    text = "Kari 14838419861 og Jonas 309201 54901, tlf. 412 44 845.\nMarek: 63 85 92 06168"
    assert mask_in(text, today=TODAY) == (
        "Kari 148384***** og Jonas 309201*****, tlf. 412 44 845.\nMarek: 638592*****",
        3,
    )


def test_the_guard_masks_a_number_with_signs_between_any_two_digits() -> None:
    for between in (
        " ",
        ", ",
        "\n",
        " - ",
        "\u200b",
        "\ufe0f\u20e3",
        "*",
        "…",
        "\u200d" * 9,
        "\u0332\u0336" * 3,
        "\u3164",
    ):
        assert mask_in(f"a {between.join(INGRID)}.", today=TODAY) == ("a 148384*****.", 1)
    for written in ("①④⑧③⑧④①⑨⑧⑥①", "❶❹❽❸❽❹❶❾❽❻❶", "➀➃➇➂➇➃➀➈➇➅➀"):
        assert mask_in(written, today=TODAY) == ("148384*****", 1)


def test_the_guard_is_not_led_astray_by_a_sign_that_only_has_digits_in_it() -> None:
    for sign in "²¼①⅞㉈⒈":
        assert mask_in(f"{INGRID}{sign}", today=TODAY) == (f"148384*****{sign}", 1), "a footnote goes on no run"
        assert mask_in(f"{sign}{INGRID}", today=TODAY) == (f"{sign}148384*****", 1)


def test_the_guard_masks_ordinary_numbers_and_d_numbers() -> None:
    for number in UNBORN:
        assert mask_in(number, today=TODAY) == (mask(number), 1)


def test_the_guard_finds_a_number_that_begins_inside_what_only_looked_like_one() -> None:
    assert mask_in("99 99 99 999 14 83 84 19861", today=TODAY) == ("99 99 99 999 148384*****", 1)


@pytest.mark.parametrize(
    "text",
    [
        "14838419862",  # fails the control
        "12 05 23 12345",
        "9999.10.00018",  # bank account
        "148384    19861",  # too far apart
        "148384 nr. 19861",
        "148384-a19861",
        "1.234,56 2.345,67 3.456,78",
        "20260001183710",  # KID
        "114838419861",  # part of a longer run
        "148384198611",
        "14838419861 14838419861".replace(" ", ""),
        "41244845",
        "+47 412 44 845",
        "315 908 302",
        "2017-118352",
        "12.05.2023",
        "120523*****",
        "",
    ],
)
def test_the_guard_leaves_other_numbers_alone(text: str) -> None:
    assert mask_in(text, today=TODAY) == (text, 0)


texts = st.lists(
    synthetic_numbers()
    | st.text(alphabet="0123456789 -.\n*a", max_size=8)
    | st.sampled_from(["14 83 84 19861", "14 83 84 198 61", " ", "-"])
    | st.text(max_size=8)
).map("".join)


@given(texts)
def test_the_guard_leaves_no_number_behind_and_a_second_time_finds_none(text: str) -> None:
    masked, count = mask_in(text, today=TODAY)
    assert mask_in(masked, today=TODAY) == (masked, 0)
    assert masked.count("*****") <= text.count("*****") + count
    for run in re.findall(r"[0-9]+", masked):
        assert not is_valid(run, today=TODAY, synthetic=True)


@given(synthetic_numbers(), st.text(alphabet="abc ,;:()\n"), st.text(alphabet="abc ,;:()\n"))
def test_the_guard_touches_nothing_but_the_number(number: str, before: str, after: str) -> None:
    assert mask_in(before + number + after, today=TODAY) == (before + mask(number) + after, 1)


# What is typed in the form's field


@pytest.mark.parametrize("typed", ["", "   ", "120523*****", " 148384***** "])
def test_ar7_nothing_and_the_mask_leave_the_stored_number_alone(typed: str) -> None:
    assert read_field(typed, today=TODAY, synthetic=True) is None


def test_ar7_ar8_what_is_typed_over_the_mask_is_read_or_refused() -> None:
    assert read_field("148384 19861", today=TODAY, synthetic=True) == INGRID
    for typed in ("120523*****1", "1205*****", "*****", "14838419862"):
        with pytest.raises(NationalIdRefused):
            read_field(typed, today=TODAY, synthetic=True)


@pytest.mark.parametrize(
    ("number", "born"),
    [
        (INGRID, date(1984, 3, 14)),
        ("63859206168", date(1992, 5, 23)),  # a D-number, synthetic
        ("15507600333", date(1976, 10, 15)),  # NAV's own
        ("17912099997", date(2020, 11, 17)),
        (INGRID, None),
    ],
)
def test_ar9_a_birth_date_that_agrees_is_not_spoken_of(number: str, born: date | None) -> None:
    assert birth_date_warning(number, born, today=TODAY) is None


def test_ar9_a_birth_date_that_disagrees_is_a_warning_without_the_number() -> None:
    for born in (date(1984, 3, 15), date(1984, 4, 14), date(1985, 3, 14)):
        sentence = birth_date_warning(INGRID, born, today=TODAY)
        assert sentence == "Fødselsdatoen og fødselsnummeret stemmer ikke med hverandre. Se over begge."
        assert birth_date_warning(INGRID, born, today=FROM_2032) is None
