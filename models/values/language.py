"""The languages in which the portal writes to employees, and days and times in the words of each.

The interface for customers is Norwegian only; its formats are in `routes.web.words`, which takes the names from here.
"""

import datetime as dt

from babel import Locale

from models.core.clock import OSLO

BOKMAL, ENGLISH = "nb", "en"
LANGUAGES = {BOKMAL: "Norsk", ENGLISH: "English"}
"""What each calls itself."""

_LOCALES = {BOKMAL: Locale.parse("nb_NO"), ENGLISH: Locale.parse("en_GB")}
MONTHS: dict[str, dict[int, str]] = {
    language: {number: locale.months["format"]["wide"][number] for number in range(1, 13)}
    for language, locale in _LOCALES.items()
}
DAYS: dict[str, dict[int, str]] = {
    language: {number: locale.days["format"]["wide"][number] for number in range(7)}
    for language, locale in _LOCALES.items()
}


def language_of(code: str | None) -> str:
    """The language to write in to somebody who has `code`: English for all who do not have Norwegian."""
    return BOKMAL if (code or BOKMAL) in {"nb", "nn", "no"} else ENGLISH


def long_date(value: dt.date, language: str = BOKMAL) -> str:
    """`tirsdag 13. oktober 2026`, `Tuesday 13 October 2026`; of a moment, its day in Norway."""
    day = _in_norway(value)
    return f"{DAYS[language][day.weekday()]} {day_month(day, language)} {day.year}"


def day_month(value: dt.date, language: str = BOKMAL) -> str:
    """`13. oktober`, `13 October`; of a moment, its day in Norway."""
    day = _in_norway(value)
    return f"{day.day}{'.' if language == BOKMAL else ''} {MONTHS[language][day.month]}"


def clock_time(value: dt.datetime) -> str:
    """`08:30`: what a clock in Norway shows."""
    return f"{value.astimezone(OSLO):%H:%M}"


def _in_norway(value: dt.date) -> dt.date:
    return value.astimezone(OSLO) if isinstance(value, dt.datetime) else value
