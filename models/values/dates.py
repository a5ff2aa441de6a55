"""Reading a typed date or time of day. How they are written for people is in `routes.web.words`."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from models.values.texts.invisible import visible

_TYPED_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?")
_ISO = re.compile(r"([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})")
_TRIPLE = re.compile(r"([0-9]{1,2})([./ -])[ \u00a0]?([0-9]{1,2})\2[ \u00a0]?([0-9]{4}|[0-9]{2})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})([./])([0-9]{1,2})-([0-9]{4}|[0-9]{2})")
"""As Norwegians write by hand: `12/5-84`."""
_JOINED = re.compile(r"[0-9]{5,8}")
_DAY_MONTH_YEAR = re.compile(
    r"(?:[a-zæøå]+dag,? )?([0-9]{1,2})(?:st|nd|rd|th)?[. -]*([a-zæøåä]+)[., -]*([0-9]{4}|[0-9]{2})"
)
_MONTH_DAY_YEAR = re.compile(r"(?:[a-z]{3,9},? )?([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_AT_TIME = re.compile(
    r"(.*[0-9])(?:[T ]+|,? kl\.? ?)(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)"
    r" ?(?P<half>[AaPp][Mm])?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_OSLO = ZoneInfo("Europe/Oslo")
_MONTHS = {
    name[:length]: month
    for month, names in enumerate(
        "januar january januari,februar february februari,mars march marts märz,april,mai may maj,juni june,juli july,"
        "august augusti,september,oktober october,november,desember december dezember".split(","),
        1,
    )
    for name in names.split()
    for length in {3, 4, len(name)}
}
_LONGEST = 60
_HOW = "Skriv datoen som dd.mm.åååå, for eksempel 13.10.2026."
_FOUR_DIGITS = "Skriv årstallet med fire sifre, for eksempel 13.10.2026."


@dataclass(frozen=True, slots=True)
class Written:
    """A date as somebody wrote it: three numbers, and what their order is, as far as one date tells it."""

    numbers: tuple[str, str, str]
    order: str
    """Of day, month and year: `dmy`, `ymd`; "" where it may be another."""
    sign: str = ""
    """What stands between the numbers."""

    def day(self, order: str, year_of: Callable[[int], int | None]) -> date:
        """The day that it is in such an order. `year_of` knows a year of two digits. Raises ValueError."""
        said = dict(zip(self.order or order, self.numbers, strict=True))
        year = int(said["y"]) if len(said["y"]) == 4 else year_of(int(said["y"])) if len(said["y"]) == 2 else None
        if year is None:
            raise ValueError(_FOUR_DIGITS)
        if not 1900 <= year <= 2200:
            raise ValueError("Årstallet må være fra 1900 til 2200.")
        try:
            return date(year, int(said["m"]), int(said["d"]))
        except ValueError:
            raise ValueError("Denne datoen finnes ikke i kalenderen.") from None


def written(text: str) -> Written:
    """The numbers of a date in any spelling that is known; raises the sentence for the field."""
    typed = visible(text).strip()
    if len(typed) > _LONGEST:
        raise ValueError(_HOW)
    typed = _without_time(typed.rstrip("."))
    if found := _ISO.fullmatch(typed):
        return Written((found[1], found[3], found[4]), "ymd", found[2])
    if found := _TRIPLE.fullmatch(typed):
        return Written((found[1], found[3], found[4]), "", found[2])
    if found := _DAY_MONTH.fullmatch(typed):
        return Written((found[1], found[3], found[4]), "dmy", found[2])
    if _JOINED.fullmatch(typed):
        return _joined(typed)
    if re.fullmatch("(?:19|20)[0-9]{2}", typed):
        raise ValueError("Her står det bare et årstall. Skriv hele datoen, for eksempel 13.10.2026.")
    folded = typed.lower()
    if (found := _DAY_MONTH_YEAR.fullmatch(folded)) and found[2] in _MONTHS:
        return Written((found[1], str(_MONTHS[found[2]]), found[3]), "dmy", " ")
    if (found := _MONTH_DAY_YEAR.fullmatch(folded)) and found[1] in _MONTHS:
        return Written((found[2], str(_MONTHS[found[1]]), found[3]), "dmy", " ")
    raise ValueError(_HOW)


def parse_date(text: str, year_of: Callable[[int], int | None] = lambda _: None) -> date:
    """Read a typed date: `13.10.2026`, `1.2.2026`, `13-10-2026`, `13102026`, ISO and so on, from 1900 to 2200 (B6).

    The day stands before the month. A year of two digits is refused, unless `year_of` knows which it is: 12.05.23 can
    be a birth in either century. Raises ValueError with a Norwegian sentence for the field, whatever the text is.
    """
    found = written(text)
    if not found.sign and len(text.strip()) in {5, 7}:  # only a spreadsheet takes a zero away
        raise ValueError(_HOW)
    return found.day("dmy", year_of)


def of_this_century(year: int) -> int:
    """The year that two digits mean where nothing is older: the dates of orders, bookings and invoices."""
    return 2000 + year


def months_after(day: date, months: int) -> date:
    """The day so many months later: the 31st is the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _joined(digits: str) -> Written:
    """Numbers without anything between; a spreadsheet takes a zero at the beginning away."""
    if len(digits) == 8 and digits[:2] in {"19", "20"} and "01" <= digits[4:6] <= "12" and "01" <= digits[6:] <= "31":
        return Written((digits[:4], digits[4:6], digits[6:]), "ymd")
    whole = digits.zfill(8 if len(digits) > 6 else 6)
    return Written((whole[:2], whole[2:4], whole[4:]), "")


def _without_time(typed: str) -> str:
    """A date without the midnight that systems write behind it; one of another zone is the day that it is here."""
    found = _AT_TIME.fullmatch(typed)
    if found is None:
        return typed
    day, clock, half, zone = found[1], found["time"], (found["half"] or "").lower(), found["zone"]
    hour, *rest = map(int, re.split("[:.,]", clock))
    is_midnight = hour == (12 if half == "am" else 0) and half != "pm" and not any(rest)
    if is_midnight and zone in {None, "Z"}:
        return day
    try:
        here = datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}{zone or 'x'}").astimezone(_OSLO)
    except ValueError:
        here = None
    if here and not (here.hour or here.minute):
        return here.date().isoformat()
    raise ValueError("Her står det et klokkeslett også. Skriv bare datoen, for eksempel 13.10.2026.")


def parse_time(text: str) -> time:
    """Read a typed time of day: `08:30`, `8.30`, `0830` or `8`.

    Raises ValueError with a Norwegian sentence for the field, whatever the text is.
    """
    found = _TYPED_TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError("Skriv klokkeslettet som tt:mm, for eksempel 08:30.")
    return time(int(found[1]), int(found[2] or 0))
