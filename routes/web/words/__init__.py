"""Formats for people: dates, times, numbers and amounts as Norwegians write them.

Sentences do not live here, nor does the template environment, which takes `FILTERS`; what states are called is in
`labels`. Each format turns None into "". Babel (nb_NO) gives names and signs once, at import: its formatters would cost
more than the rest of a row. No day and no clock time breaks over two lines: the blanks within them do not.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from babel import Locale

from models.core.clock import OSLO
from models.core.scope import Right
from models.values import language as language_words
from models.values.language import BOKMAL
from models.values.money import written
from models.values.organisation_number import display

_NB_NO = Locale.parse("nb_NO")
_MONTHS, _DAYS = language_words.MONTHS[BOKMAL], language_words.DAYS[BOKMAL]
_SHORT_MONTHS = _NB_NO.months["format"]["abbreviated"]
_SIGNS = _NB_NO.number_symbols["latn"]
_MINUS: str = _SIGNS["minusSign"]  # U+2212, which is as wide as a digit and read aloud as minus
_NORWEGIAN_SIGNS = str.maketrans({",": _SIGNS["group"], ".": _SIGNS["decimal"]})  # group: a no-break space

RIGHTS = {
    Right.ORDERS: "Bestilling",
    Right.EMPLOYEES: "Ansatte",
    Right.INVOICES: "Fakturaer",
    Right.REPORTS: "Rapporter",
    Right.ADMINISTRATOR: "Administrator",
}
"""What a right is called: as the tab that it opens."""

_PHONE = re.compile(r"(?:\+47|0047)?([0-9]{8})")


def date(value: dt.date | None) -> str:
    """`13.10.2026`; of a moment, its day in Norway."""
    if value is None:
        return ""
    day = _day(value)
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def long_date(value: dt.date | None, language: str = BOKMAL) -> str:
    """`tirsdag 13. oktober 2026`, in another language where an employee has one."""
    if value is None:
        return ""
    name, _, day = language_words.long_date(_day(value), language).partition(" ")
    return f"{name} {_whole(day)}"


def day_month(value: dt.date | None, language: str = BOKMAL) -> str:
    """`13. oktober`, in another language where an employee has one."""
    return "" if value is None else _whole(language_words.day_month(_day(value), language))


def short_day(value: dt.date | None) -> str:
    """`3. des.`: where there is little room, and the year goes without saying."""
    return "" if value is None else _whole(f"{_day(value).day}. {_SHORT_MONTHS[_day(value).month]}")


def time(value: dt.time | dt.datetime | None) -> str:
    """`08:30`; of a moment, what a clock in Norway shows."""
    if value is None:
        return ""
    at = _in_oslo(value) if isinstance(value, dt.datetime) else value
    return f"{at.hour:02}:{at.minute:02}"


def moment(value: dt.datetime | None) -> str:
    """`12. oktober 2026 kl. 12:00`, in Norway."""
    if value is None:
        return ""
    at = _in_oslo(value)
    return f"{_whole(f'{at.day}. {_MONTHS[at.month]} {at.year}')} {_whole(f'kl. {at.hour:02}:{at.minute:02}')}"


def short_moment(value: dt.datetime | None) -> str:
    """`tir. 13.10 kl. 09:30`, in Norway: where the year goes without saying."""
    if value is None:
        return ""
    at = _in_oslo(value)
    day = _whole(f"{_DAYS[at.weekday()][:3]}. {at.day:02}.{at.month:02}")
    return f"{day} {_whole(f'kl. {at.hour:02}:{at.minute:02}')}"


def weekday(value: dt.date | None) -> str:
    """`tirsdag 13. oktober`."""
    if value is None:
        return ""
    day = _day(value)
    return f"{_DAYS[day.weekday()]} {_whole(f'{day.day}. {_MONTHS[day.month]}')}"


def month(value: dt.date | None) -> str:
    """`oktober 2026`."""
    return "" if value is None else _whole(f"{_MONTHS[value.month]} {value.year}")


def weekday_name(value: dt.date | None) -> str:
    """`tirsdag`."""
    return "" if value is None else _DAYS[value.weekday()]


def tile(value: dt.date | None) -> str:
    """`fre. 4. des.`: the three lines of a tile in an agenda, which go without the year."""
    if value is None:
        return ""
    day = _day(value)
    return f"{_DAYS[day.weekday()][:3]}. {day.day}. {_SHORT_MONTHS[day.month]}"


def days(first: dt.date | None, last: dt.date | None = None) -> str:
    """`13.–15. oktober 2026`, `30. september–1. oktober 2026`, or one day."""
    if first is None:
        return ""
    first, last = _day(first), _day(last or first)
    ending = _whole(f"{last.day}. {_MONTHS[last.month]} {last.year}")
    if first == last:
        return ending
    beginning = _whole(f"{first.day}. {_MONTHS[first.month]}")
    if first.year != last.year:
        return f"{beginning}\u00a0{first.year}–{ending}"
    return f"{first.day}.–{ending}" if first.month == last.month else f"{beginning}–{ending}"


def away(value: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """`om 6 dager`, `i dag`: how far a moment that is to come is from now, in days of the calendar."""
    if value is None or now is None:
        return ""
    ahead = (_in_oslo(value).date() - _in_oslo(now).date()).days
    return {0: "i dag", 1: "i morgen"}.get(ahead, f"om {ahead} dager")


def ago(days: int | None) -> str:
    """`I dag`, `1 dag`, `4 dager`: for how many days something has waited."""
    if days is None:
        return ""
    return {0: "I dag", 1: "1 dag"}.get(max(0, days), f"{days} dager")


def organisation_number(text: str | None) -> str:
    """`315 908 302` with no-break spaces."""
    return display(text) if text else ""


def phone(text: str | None) -> str:
    """`412 44 845` for a Norwegian mobile number, `22 00 00 00` for other eight digits (AR10).

    `+47` and `0047` are left out; foreign numbers and unknown forms stay as they are.
    """
    if not text:
        return ""
    norwegian = _PHONE.fullmatch("".join(text.split()))
    if not norwegian:
        return text
    digits = norwegian[1]
    if digits[0] in "49":
        return f"{digits[:3]} {digits[3:5]} {digits[5:]}"
    return f"{digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}"


def count(value: int | None) -> str:
    """`1 234` with no-break spaces."""
    if value is None:
        return ""
    return _signed(value < 0, f"{abs(value):,}")


def amount(value: Decimal | None) -> str:
    """An amount, or nothing."""
    if value is None:
        return ""
    return written(value)


def exact(value: Decimal | None, decimals: int = 0) -> str:
    """`2,5` or `12,3456`: every digit that counts, and at least so many decimals."""
    if value is None:
        return ""
    whole, _, part = f"{abs(value).normalize() + 0:,f}".partition(".")
    part = part.ljust(decimals, "0")
    return _signed(value < 0, f"{whole}.{part}" if part else whole)


def size(value: int | None) -> str:
    """`12 kB` or `1,4 MB`: what a file weighs."""
    if value is None:
        return ""
    if value < 1_000_000:
        return f"{max(1, round(value / 1000))}\u00a0kB"
    return f"{amount(Decimal(value) / 1_000_000)[:-1]}\u00a0MB"


def raw(value: Decimal | None) -> str:
    """`1500` or `1234567.89`: an amount for programs, without needless zeros (F9)."""
    return f"{value.normalize() + 0:f}" if value is not None else ""


def _whole(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _day(value: dt.date) -> dt.date:
    return _in_oslo(value) if isinstance(value, dt.datetime) else value


def _in_oslo(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")  # Python would take the host's zone
    return value.astimezone(OSLO)


def _signed(negative: bool, number: str) -> str:
    """A number as Python writes it, with the signs of Norway."""
    return (_MINUS if negative else "") + number.translate(_NORWEGIAN_SIGNS)


# What templates may say: {{ order.date | date }}. `count` takes the place of Jinja2's alias of `length`.
FILTERS: dict[str, Callable[..., str]] = {
    "date": date,
    "long_date": long_date,
    "day_month": day_month,
    "time": time,
    "moment": moment,
    "short_day": short_day,
    "short_moment": short_moment,
    "weekday": weekday,
    "month": month,
    "weekday_name": weekday_name,
    "tile": tile,
    "days": days,
    "away": away,
    "ago": ago,
    "organisation_number": organisation_number,
    "phone": phone,
    "count": count,
    "amount": amount,
    "exact": exact,
    "raw": raw,
    "size": size,
}
