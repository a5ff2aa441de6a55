"""Public holidays in Norway (helligdager): those of the law of 24 February 1995 no. 12, and 1 and 17 May."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

_FIXED = {
    (1, 1): "første nyttårsdag",
    (5, 1): "1. mai",
    (5, 17): "17. mai",
    (12, 25): "første juledag",
    (12, 26): "andre juledag",
}
_AROUND_EASTER = {
    -3: "skjærtorsdag",
    -2: "langfredag",
    0: "første påskedag",
    1: "andre påskedag",
    39: "Kristi himmelfartsdag",
    49: "første pinsedag",
    50: "andre pinsedag",
}


def holidays_among(days: Iterable[date]) -> list[tuple[date, str]]:
    """Those of the days that are public holidays, each with what it is called."""
    return [(day, name) for day in days if (name := holiday(day))]


def holiday(day: date) -> str | None:
    """What a day is called that is a public holiday; None where it is none."""
    return _FIXED.get((day.month, day.day)) or _AROUND_EASTER.get((day - _easter(day.year)).days)


@cache
def _easter(year: int) -> date:
    """Easter Sunday, after the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    return date(year, 1, 1).replace(month=(h + n - 7 * m + 114) // 31) + timedelta(days=(h + n - 7 * m + 114) % 31)
