"""What is asked of the whole of a list, once, before its rows are looked over: what is not certain is no guess.

How a column of dates or of states is read is in `days` and `states`; what is wrong in one row, in `rows`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.customers.units import UnitRow
from models.imports.cells.days import ORDERS, birth_year, day_or_none, examples, last_year, order_of
from models.imports.cells.headings import NAMES, Meaning
from models.imports.cells.states import ALL_STATES, has_left, is_of_ticks, key_of
from models.imports.cells.units import find, without_numbers
from models.imports.cells.units import key_of as unit_key
from models.imports.rows import Row
from models.values.texts import encodings

LETTERS = "letters"
"""Under what it is kept how the letters of a file are to be read."""
_MOST_WORDS = 12
"""More unknown words in a column of states than this are asked about as a whole."""
_MOST_SAMPLES = 3
DATES: Mapping[str, str] = {each.value: NAMES[each] for each in (Meaning.BIRTH_DATE, Meaning.END_DATE)}
"""The columns of dates that every list can have, with what the portal calls them."""
_LAST_END = date(2200, 12, 31)
_STATES = [("active", "Arbeider her"), ("left", "Har sluttet")]


@dataclass
class Question:
    """A question with its possible answers, each a key and a sentence."""

    key: str
    text: str
    told: str
    """What is said of the answer: `Fødselsdato er lest som`."""
    choices: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """What of the columns of a list can be read in several ways."""

    dates: Mapping[str, str]
    """Those of dates, with what the portal calls them."""
    state_headings: Mapping[str, str]
    """Those that say who has left, with what stands above them."""
    first_day: date


def of_letters(encoding: str, rivals: Sequence[str], cells: Sequence[str]) -> Question:
    """How the letters of a file are to be read, with words from it as they would be."""
    words = [word for text in cells for word in encodings.foreign_words(text)]
    choices: list[tuple[str, str]] = []
    for name in (encoding, *rivals):
        read = dict.fromkeys(encodings.again(word, encoding, name) for word in dict.fromkeys(words))
        choices.append((name, f"{', '.join(list(read)[:_MOST_SAMPLES])} ({encodings.NAMES[name]})"))
    return Question(LETTERS, "Hvordan skal bokstavene i fila leses?", "Bokstavene er lest som", choices)


def of_rows(
    rows: Sequence[Row], columns: Columns, today: date, units: Sequence[UnitRow]
) -> tuple[list[Question], dict[str, str]]:
    """What has to be asked of the columns, and the orders of dates that are certain without a question."""
    asked: list[Question] = []
    certain: dict[str, str] = {}
    state_headings, first_day = columns.state_headings, columns.first_day
    for meaning, name in columns.dates.items():
        cells = [row.values[meaning] for row in rows if meaning in row.values and meaning not in row.typed]
        cells = [text for text in cells if has_left(text, state_headings.get(meaning, ""), {}, today) is None]
        years = birth_year if meaning == Meaning.BIRTH_DATE else last_year
        last = _LAST_END if meaning == Meaning.END_DATE else today
        order, orders = order_of(cells, years(today), first_day, last)
        if order:
            certain[meaning] = order
        else:
            asked.append(_of_order(meaning, name, cells, orders, _Years(years(today), first_day)))
    return [*asked, *_of_states(rows, state_headings, today), *_of_units(rows, units)], certain


@dataclass(frozen=True, slots=True)
class _Years:
    """What two digits mean as a year in a column, and the day that a workbook counts from."""

    of: Callable[[int], int | None]
    first_day: date


def _of_order(meaning: str, name: str, cells: Sequence[str], orders: Sequence[str], years: _Years) -> Question:
    def read(text: str, order: str) -> date | None:
        return day_or_none(text, order, years.of, years.first_day)

    shown = examples(cells, orders, read)

    def told(order: str) -> str:
        days = [read(text, order) for text in shown]
        return ", ".join(
            f"{text} er {day:%d.%m.%Y}" if day else f"{text} kan ikke leses"
            for text, day in zip(shown, days, strict=True)
        )

    choices = [(order, f"{ORDERS[order]}: {told(order)}") for order in orders]
    none = ("none", "Ingen av disse. Datoene tas ikke med.")
    asked = f"Hvordan skal datoene i kolonnen for {name[:1].lower()}{name[1:]} leses?"
    return Question(f"order:{meaning}", asked, f"{name} er lest som", [*choices, none])


def _of_states(rows: Sequence[Row], headings: Mapping[str, str], today: date) -> list[Question]:
    """The words that say neither that somebody works here nor that somebody has left."""
    unknown: dict[str, tuple[str, str]] = {}
    for row in rows:
        for meaning, heading in headings.items():
            text = row.values.get(meaning, "")
            of_dates = meaning == Meaning.END_DATE and any(sign.isdigit() for sign in text)
            if text and not of_dates and has_left(text, heading, {}, today) is None:
                unknown.setdefault(key_of(text), (text, NAMES[Meaning(meaning)].lower()))
    if len(unknown) > _MOST_WORDS:
        some = ", ".join(f"«{text[:30]}»" for text, _ in list(unknown.values())[:_MOST_SAMPLES])
        text = f"I kolonnen for status står {len(unknown)} ulike ord, blant dem {some}. Sier de hvem som har sluttet?"
        choices = [
            ("active", "Nei, alle med slike ord arbeider her"),
            ("each", "Ja. Radene med slike ord rettes én for én"),
        ]
        return [Question(ALL_STATES, text, "Status er lest som", choices)]
    asked = [
        Question(key, f"Hva betyr «{text[:60]}» i kolonnen for {name}?", f"«{text[:60]}» er lest som", _STATES)
        for key, (text, name) in unknown.items()
    ]
    cells = [row.values[Meaning.STATUS] for row in rows if Meaning.STATUS in row.values]
    if len(cells) < len(rows) and is_of_ticks(cells, headings.get(Meaning.STATUS, "")):
        text = f"Hva betyr en tom celle i kolonnen «{headings[Meaning.STATUS][:60]}»?"
        asked.append(Question(key_of(""), text, "En tom celle er lest som", _STATES))
    return asked


def _of_units(rows: Sequence[Row], units: Sequence[UnitRow]) -> list[Question]:
    """The names of units that are none of the user's, where several rows have them: one row is corrected in place."""
    names = Counter(row.values[Meaning.UNIT] for row in rows if Meaning.UNIT in row.values)
    unknown = {unit_key(text): text for text, many in names.items() if many > 1 and not find(text, units)}
    choices = [*((str(unit.id), unit.name) for unit in units), ("none", "Ingen av disse. Radene rettes én for én")]
    return [
        Question(
            key, f"Hvilken avdeling er «{without_numbers(text)}»?", f"«{without_numbers(text)}» er lest som", choices
        )
        for key, text in list(unknown.items())[:_MOST_WORDS]
        if units
    ]
