"""A column of dates: in which order its days, months and years stand, as far as the whole of it tells.

How one date is written is in `models.values.dates`; what is asked where the column does not tell, in `questions`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from models.values.dates import Written, of_this_century, parse_date, written
from models.values.tables import day_of_serial
from models.values.texts.invisible import whole

ORDERS = {
    "dmy": "Dag, måned, år",
    "mdy": "Måned, dag, år",
    "ymd": "År, måned, dag",
    "serial": "Excels nummer for dagen",
}
"""The ways to read a column, and what they are called."""
_YOUNGEST, _OLDEST = 13, 99
"""Between these ages a birth year of two digits is certain: only one of the two centuries gives one."""


def birth_year(today: date) -> Callable[[int], int | None]:
    """What two digits mean as the birth year of somebody who works; None where that is not certain."""

    def year_of(two_digits: int) -> int | None:
        years = [y for y in (1900 + two_digits, 2000 + two_digits) if _YOUNGEST <= today.year - y <= _OLDEST]
        return years[0] if len(years) == 1 else None

    return year_of


def last_year(_today: date) -> Callable[[int], int | None]:
    """What two digits mean as the year of somebody's last day."""
    return of_this_century


def read_day(text: str, order: str, year_of: Callable[[int], int | None], first_day: date) -> date:
    """The day in a cell of a column that is read in such an order; raises ValueError with the sentence for the cell."""
    if order == "serial" and (number := whole(text)) and _is_serial(number):
        day = day_of_serial(int(number), first_day)
        if day is None:
            raise ValueError("Denne datoen finnes ikke i kalenderen.")
        return day
    found = written(whole(text))
    if order == "serial" and found.order == "" and not found.sign:
        raise ValueError("Dette er ikke Excels nummer for en dag. Skriv datoen som dd.mm.åååå.")
    if order == "mdy" and found.sign == "." and int(found.numbers[0]) > 12:
        order = "dmy"  # with points it is Norwegian wherever it can be nothing else
    return found.day("dmy" if order == "serial" else order, year_of)


def order_of(
    cells: Sequence[str], year_of: Callable[[int], int | None], first_day: date, last: date
) -> tuple[str | None, list[str]]:
    """The order of a column, if only one is possible; else None, and the orders that are. No day is after `last`."""
    unsure = {text: found for text in dict.fromkeys(cells) if (found := _unsure(text))}
    days = {
        order: {text: day for text in unsure if (day := _day(text, order, year_of, first_day)) and day <= last}
        for order in ORDERS
    }
    is_dotted = {text: found.sign == "." for text, found in unsure.items()}
    possible = _whole(days, unsure)
    # Dates with points prove nothing of those without: a spreadsheet may have written some of a column anew.
    proven = _whole(days, [text for text in unsure if not is_dotted[text]])
    is_ours = all(is_dotted.values()) and all(
        int(one.numbers[0]) <= 31 and int(one.numbers[1]) <= 12 for one in unsure.values()
    )
    without_signs = any(not found.sign and len(found.numbers[2]) == 2 for found in unsure.values())
    if not any(days.values()) or is_ours:
        return "dmy", []  # nothing to choose: each cell is a fault of its own
    if without_signs:
        return ("serial", []) if possible == ["serial"] else (None, possible or _some(days))
    if "dmy" in possible and (
        all(is_dotted.values()) or len({tuple(days[order].values()) for order in possible}) == 1 < len(possible)
    ):
        return "dmy", []
    if len(possible) == 1 and (not any(is_dotted.values()) or possible == proven == ["dmy"]):
        return possible[0], []
    return None, possible if len(possible) > 1 else _some(days)


def examples(cells: Sequence[str], orders: Sequence[str], read: Callable[[str, str], date | None]) -> list[str]:
    """Up to two cells that the orders read as different days."""
    differing = [text for text in dict.fromkeys(cells) if len({read(text, order) for order in orders}) > 1]
    return differing[:2] or [text for text in dict.fromkeys(cells) if _unsure(text)][:2]


def day_or_none(text: str, order: str, year_of: Callable[[int], int | None], first_day: date) -> date | None:
    """The day, or None where the cell has none in this order."""
    return _day(text, order, year_of, first_day)


def is_date(text: str) -> bool:
    """Whether a text is a date, however it is written."""
    try:
        parse_date(text, of_this_century)
    except ValueError:
        return False
    return True


def _whole(days: Mapping[str, Mapping[str, date]], cells: Iterable[str]) -> list[str]:
    """The orders in which all of these cells are dates that are dates in any order at all."""
    read = [text for text in cells if any(text in these for these in days.values())]
    return [order for order, these in days.items() if read and all(text in these for text in read)]


def _is_serial(text: str) -> bool:
    return len(text) == 5 and text.isascii() and text.isdecimal()


def _unsure(text: str) -> Written | None:
    try:
        found = written(whole(text))
    except ValueError:
        return None
    return found if not found.order else None


def _day(text: str, order: str, year_of: Callable[[int], int | None], first_day: date) -> date | None:
    if order == "serial" and not _is_serial(whole(text)):
        return None
    try:
        return read_day(text, order, year_of, first_day)
    except ValueError:
        return None


def _some(days: dict[str, dict[str, date]]) -> list[str]:
    return [order for order, read in days.items() if read]
