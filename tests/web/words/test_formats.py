"""The formats for people: dates, times, numbers and amounts, and dates that people type (B6, F9, AR10)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from models.values.dates import parse_date
from routes.web import words

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
amounts = st.decimals(-(10**12), 10**12, places=2)


@pytest.mark.parametrize("name", words.FILTERS)
def test_b8_what_is_missing_is_shown_as_nothing(name: str) -> None:
    assert words.FILTERS[name](None) == ""


def test_b8_a_date_is_shown_as_dd_mm_yyyy() -> None:
    assert words.date(date(2023, 4, 17)) == "17.04.2023"
    assert words.date(date(2023, 12, 5)) == "05.12.2023"


def spoken(text: str) -> str:
    """With blanks of one kind."""
    return text.replace(NBSP, " ")


def test_no_day_and_no_clock_time_breaks_over_two_lines() -> None:
    at = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
    pieces = {
        words.long_date(at): ["mandag", "12. oktober 2026"],
        words.long_date(at, "en"): ["Monday", "12 October 2026"],
        words.day_month(at): ["12. oktober"],
        words.weekday(at): ["mandag", "12. oktober"],
        words.moment(at): ["12. oktober 2026", "kl. 12:00"],
        words.short_moment(at): ["man. 12.10", "kl. 12:00"],
        words.days(at, at + timedelta(days=30)): ["12. oktober–11. november 2026"],
        words.days(at, at + timedelta(days=300)): ["12. oktober 2026–8. august 2027"],
    }
    for written, unbroken in pieces.items():
        assert [spoken(piece) for piece in written.split(" ")] == unbroken


def test_long_dates_are_written_out() -> None:
    assert spoken(words.long_date(date(2026, 10, 13))) == "tirsdag 13. oktober 2026"
    assert spoken(words.day_month(date(2026, 10, 13))) == "13. oktober"
    assert spoken(words.day_month(date(2026, 5, 1))) == "1. mai"


@settings(deadline=None)  # Babel reads its locale at the first date
@given(days)
def test_dates_are_written_as_babel_writes_them(day: date) -> None:
    assert words.date(day) == format_date(day, "dd.MM.y", locale="nb_NO")
    assert spoken(words.long_date(day)) == format_date(day, "EEEE d. MMMM y", locale="nb_NO")
    assert spoken(words.day_month(day)) == format_date(day, "d. MMMM", locale="nb_NO")


def test_days_in_a_row_and_times_nearby_are_written_short() -> None:
    first, last = date(2026, 10, 13), date(2026, 10, 15)
    assert spoken(words.days(first, last)) == "13.–15. oktober 2026"
    assert spoken(words.days(first, first)) == "13. oktober 2026"
    assert spoken(words.days(date(2026, 9, 30), date(2026, 10, 1))) == "30. september–1. oktober 2026"
    assert spoken(words.days(date(2026, 12, 31), date(2027, 1, 1))) == "31. desember 2026–1. januar 2027"
    now = datetime(2026, 10, 12, 21, 30, tzinfo=UTC)
    assert spoken(words.short_moment(now)) == "man. 12.10 kl. 23:30"
    assert spoken(words.weekday(now)) == "mandag 12. oktober"
    ahead = [words.away(now + timedelta(hours=hours), now) for hours in (0, 1, 24 * 6)]
    assert ahead == ["i dag", "i morgen", "om 6 dager"]


def test_a_moment_is_shown_as_a_clock_in_norway_shows_it() -> None:
    summer = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
    assert spoken(words.moment(summer)) == "12. oktober 2026 kl. 12:00"
    assert words.time(summer) == "12:00"
    assert words.time(datetime(2026, 12, 1, 7, 30, tzinfo=UTC)) == "08:30"
    assert words.time(datetime(2026, 10, 12, 6, 0, tzinfo=timezone(timedelta(hours=-4)))) == "12:00"
    assert words.time(time(8, 30)) == "08:30"


def test_a_moment_late_in_the_evening_utc_is_the_next_day_in_norway() -> None:
    late = datetime(2026, 12, 31, 23, 15, tzinfo=UTC)
    assert words.date(late) == "01.01.2027"
    assert spoken(words.long_date(late)) == "fredag 1. januar 2027"
    assert spoken(words.day_month(late)) == "1. januar"
    assert spoken(words.moment(late)) == "1. januar 2027 kl. 00:15"


def test_the_clocks_go_back_between_two_moments() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [words.time(first + timedelta(hours=hours)) for hours in range(3)] == ["02:30", "02:30", "03:30"]


@pytest.mark.parametrize("shown", [words.date, words.long_date, words.day_month, words.time, words.moment])
def test_a_moment_without_a_time_zone_is_refused(shown: Callable[[datetime], str]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        shown(datetime(2026, 10, 12, 10, 0, tzinfo=UTC).replace(tzinfo=None))


def test_an_organisation_number_is_shown_in_threes() -> None:
    assert words.organisation_number("315908302") == f"315{NBSP}908{NBSP}302"
    assert words.organisation_number("") == ""


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("41244845", "412 44 845"),
        ("+4741244845", "412 44 845"),
        ("004741244845", "412 44 845"),
        ("+47 41 24 48 45", "412 44 845"),
        (f"412{NBSP}44 845", "412 44 845"),
        ("90000000", "900 00 000"),
        ("22000000", "22 00 00 00"),
        ("+4722000000", "22 00 00 00"),
        ("12345678", "12 34 56 78"),
        ("+46 70 123 45 67", "+46 70 123 45 67"),
        ("+4512345678", "+4512345678"),
        ("1243254", "1243254"),
        ("Ola Olsen - tlf 1243254", "Ola Olsen - tlf 1243254"),
        ("\u0664\u0661244845", "\u0664\u0661244845"),
        ("", ""),
    ],
)
def test_ar10_phone_numbers_are_grouped_if_they_are_norwegian(stored: str, shown: str) -> None:
    assert words.phone(stored) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1234, f"1{NBSP}234"),
        (1234567, f"1{NBSP}234{NBSP}567"),
        (-1234, f"{MINUS}1{NBSP}234"),
    ],
)
def test_counts_are_grouped(number: int, shown: str) -> None:
    assert words.count(number) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1500", f"1{NBSP}500,00"),
        ("0", "0,00"),
        ("-0.00", "0,00"),
        ("-0.001", "0,00"),
        ("0.5", "0,50"),
        ("1234567.89", f"1{NBSP}234{NBSP}567,89"),
        ("-1500", f"{MINUS}1{NBSP}500,00"),
    ],
)
def test_f9_amounts_are_norwegian(value: str, shown: str) -> None:
    assert words.amount(Decimal(value)) == shown


@settings(deadline=None)
@given(amounts, st.integers())
def test_f9_numbers_are_as_babel_writes_them_but_for_the_minus(value: Decimal, number: int) -> None:
    if value != 0:  # Babel shows a negative zero
        assert words.amount(value) == format_decimal(value, "#,##0.00", locale="nb_NO").replace("-", MINUS)
    if abs(number) < 10**25:  # beyond that Babel rounds
        assert words.count(number) == format_decimal(number, locale="nb_NO").replace("-", MINUS)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("13.10.2026", date(2026, 10, 13)),
        ("1.2.2026", date(2026, 2, 1)),
        ("01.2.2026", date(2026, 2, 1)),
        ("13. 10. 2026", date(2026, 10, 13)),
        (f" 13.{NBSP}10.2026\n", date(2026, 10, 13)),
        ("2026-10-13", date(2026, 10, 13)),
        ("29.02.1996", date(1996, 2, 29)),
        ("01.01.1900", date(1900, 1, 1)),
        ("2200-12-31", date(2200, 12, 31)),
        ("2026-1-1", date(2026, 1, 1)),
        ("13/10/2026", date(2026, 10, 13)),
        ("13-10-2026", date(2026, 10, 13)),
        ("13 10 2026", date(2026, 10, 13)),
        ("13102026", date(2026, 10, 13)),
        ("20261013", date(2026, 10, 13)),
        ("2026/10/13", date(2026, 10, 13)),
        ("13. oktober 2026", date(2026, 10, 13)),
        ("13.okt.2026", date(2026, 10, 13)),
        ("tirsdag 13. oktober 2026", date(2026, 10, 13)),
        ("October 13, 2026", date(2026, 10, 13)),
        ("13.10.2026 00:00:00", date(2026, 10, 13)),
        ("2026-10-12T22:00:00Z", date(2026, 10, 13)),
        ("\u200e13.10.2026", date(2026, 10, 13)),
    ],
)
def test_b6_dates_are_taken_in_norwegian_form_and_iso(typed: str, day: date) -> None:
    assert parse_date(typed) == day


HOW = "Skriv datoen som dd.mm.åååå, for eksempel 13.10.2026."
FOUR_DIGITS = "Skriv årstallet med fire sifre, for eksempel 13.10.2026."
AT_TIME = "Her står det et klokkeslett også. Skriv bare datoen, for eksempel 13.10.2026."
YEAR_ONLY = "Her står det bare et årstall. Skriv hele datoen, for eksempel 13.10.2026."
YEARS = "Årstallet må være fra 1900 til 2200."
NO_SUCH_DAY = "Denne datoen finnes ikke i kalenderen."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", HOW),
        ("i dag", HOW),
        ("10.2026", HOW),
        ("13.10/2026", HOW),
        ("13. sommer 2026", HOW),
        ("20384", HOW),
        ("2051984", HOW),
        ("2026-10-13T08:30", AT_TIME),
        ("2026-10-13T21:00:00Z", AT_TIME),
        ("13.10.2026 08:30", AT_TIME),
        ("1984", YEAR_ONLY),
        ("120584", FOUR_DIGITS),
        ("13. okt 26", FOUR_DIGITS),
        ("013.10.2026", HOW),
        ("13.10.20266", HOW),
        ("13.10.202", HOW),
        ("-1.10.2026", HOW),
        ("1\u0663.10.2026", HOW),
        ("13.10.\u00b2026", HOW),
        ("13.10.2026\0", HOW),
        ("9" * 5000, HOW),
        ("12.05.23", FOUR_DIGITS),
        ("31.12.1899", YEARS),
        ("01.01.2201", YEARS),
        ("0000-00-00", YEARS),
        ("31.02.2026", NO_SUCH_DAY),
        ("29.02.2023", NO_SUCH_DAY),
        ("10.13.2026", NO_SUCH_DAY),
        ("00.01.2026", NO_SUCH_DAY),
        ("2026-13-01", NO_SUCH_DAY),
    ],
)
def test_b6_a_wrong_date_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_date(typed)


@given(st.text() | st.from_regex(r"\A\d{1,4}[./ -]?\d{1,2}[./ -]?\d{1,4}([T ]\d\d:\d\d(:\d\d)?Z?)?\Z"))
def test_b6_any_text_is_a_date_or_gets_a_sentence(text: str) -> None:
    try:
        answer = parse_date(text).isoformat()
    except ValueError as refused:
        answer = str(refused)
    assert (
        answer in {HOW, FOUR_DIGITS, YEARS, NO_SUCH_DAY, AT_TIME, YEAR_ONLY} or "1900-01-01" <= answer <= "2200-12-31"
    )


@given(days)
def test_b6_a_date_that_is_shown_can_be_typed(day: date) -> None:
    assert parse_date(words.date(day)) == day
    assert parse_date(day.isoformat()) == day
