"""Reading a typed date or time of day. How they are written for people is in `routes.web.words`."""

import re
from datetime import date, time

_TYPED_DATE = re.compile(r"([0-9]{1,2})\.[ \u00a0]?([0-9]{1,2})\.[ \u00a0]?([0-9]{4}|[0-9]{2})")
_TYPED_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_date(text: str) -> date:
    """Read a typed date: `13.10.2026`, `1.2.2026` or ISO `2026-10-13`, from 1900 to 2200 (B6).

    A year of two digits is refused: 12.05.23 can be a birth in either century.
    Raises ValueError with a Norwegian sentence for the field, whatever the text is.
    """
    typed = text.strip()
    if found := _TYPED_DATE.fullmatch(typed):
        day, month, year = found.groups()
    elif found := _ISO_DATE.fullmatch(typed):
        year, month, day = found.groups()
    else:
        raise ValueError("Skriv datoen som dd.mm.åååå, for eksempel 13.10.2026.")
    if len(year) == 2:
        raise ValueError("Skriv årstallet med fire sifre, for eksempel 13.10.2026.")
    if not 1900 <= int(year) <= 2200:
        raise ValueError("Årstallet må være fra 1900 til 2200.")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("Denne datoen finnes ikke i kalenderen.") from None


def parse_time(text: str) -> time:
    """Read a typed time of day: `08:30`, `8.30`, `0830` or `8`.

    Raises ValueError with a Norwegian sentence for the field, whatever the text is.
    """
    found = _TYPED_TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError("Skriv klokkeslettet som tt:mm, for eksempel 08:30.")
    return time(int(found[1]), int(found[2] or 0))
