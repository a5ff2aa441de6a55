"""The cells of a sheet, as its XML is read: their texts, what they show, and where they stand.

How a workbook hangs together, and what limits it is read within, is in `reading`.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime

from models.values.tables import MAX_CELL, MAX_CELLS, MAX_COLUMNS, Line, Table, Unreadable, day_of_serial

TOO_LARGE = "Arbeidsboken er for stor. Lagre bare arket med de ansatte i en ny arbeidsbok, og velg den."
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Text:
    """Collects a text of `<t>` elements; what tells how to pronounce it (`<rPh>`) is no part of it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._wanted = False
        self._aside = 0

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        self._aside += name == "rPh"
        self._wanted = name in {"t", "v"} and not self._aside

    def characters(self, text: str) -> None:
        if self._wanted and self._length <= MAX_CELL:
            self._pieces.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        self._aside -= name == "rPh"
        self._wanted = False

    def take(self) -> str:
        """The text since the last time; of a text that is too long, more than a cell may have."""
        if not self._pieces:
            return ""
        text = _CODED.sub(lambda coded: chr(int(coded[1], 16)), "".join(self._pieces))
        self._pieces, self._length = [], 0
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(slots=True)
class Cells:
    """Collects the cells of a sheet into a table; what stands beyond its columns is left aside."""

    table: Table
    texts: list[str]
    days: list[bool]
    _text: Text = field(default_factory=Text)
    _row: dict[int, str] = field(default_factory=dict)
    _number: int = 0
    _column: int = -1
    _kind: str = "n"
    _style: int = 0
    _has_formula: bool = False
    _not_reckoned: int = 0
    _is_hidden: bool = False
    _hidden: int = 0
    _merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """The first and the last row of cells that are joined downwards, by column."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "f":
            self._has_formula = True
        elif name == "c":
            self._has_formula = False
            place = _PLACE.fullmatch(attributes["r"]) if "r" in attributes else None
            self._column = _column(place[1]) if place else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._text.take()
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row, self._column = {}, -1
            self._is_hidden = attributes.get("hidden") in {"1", "true"}
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            one, other = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
            if one and other and one[2] != other[2] and (column := _column(one[1])) < MAX_COLUMNS:
                self._merged.setdefault(column, []).append((int(one[2]), int(other[2])))
        else:
            self._text.begin(name, attributes)

    def characters(self, text: str) -> None:
        self._text.characters(text)

    def end(self, name: str) -> None:
        if name == "c":
            raw = self._text.take()
            self._not_reckoned += self._has_formula and not raw
            value = self._value(raw)
            if value and self._column < MAX_COLUMNS:
                self._row[self._column] = value
            elif value.strip():
                self.table.is_cut_off = True
        elif name == "row":
            if self._row:
                self._hidden += self._is_hidden
                self.table.add(self._number, [self._row.get(at, "") for at in range(max(self._row) + 1)])
        else:
            self._text.end(name)

    def joined(self) -> Table:
        """The table, with what stands in cells that are joined downwards in each of their rows."""
        lines = sorted(self.table.lines, key=lambda line: line.number)
        numbers = [line.number for line in lines]
        filled = 0
        for column, spans in self._merged.items():
            filled_to = 0
            for first, last in sorted(spans):
                at = bisect_left(numbers, first)
                if first <= filled_to or at == len(lines) or numbers[at] != first:
                    continue  # joined cells do not overlap, so no row is filled twice
                filled += self._fill(column, lines[at : bisect_right(numbers, last)])
                filled_to = last
                if filled > MAX_CELLS:
                    raise Unreadable(TOO_LARGE)
        if self._hidden:
            self.table.notes.append("Skjulte rader i arket er lest som de andre.")
        if self._not_reckoned:
            self.table.notes.append(
                "Celler med formler som ikke er regnet ut, er lest som tomme. Åpne arbeidsboken i Excel, lagre den, og "
                "velg den på nytt."
            )
        if filled:
            self.table.notes.append("Celler som er slått sammen nedover, er lest som om teksten sto i hver av radene.")
        return self.table

    def _fill(self, column: int, lines: list[Line]) -> int:
        """Write what the first line has in a column into the same of the others; tells into how many."""
        value = lines[0].cells[column] if column < len(lines[0].cells) else ""
        self.table.grow(len(value) * (len(lines) - 1))
        for line in lines[1:] if value else ():
            line.cells.extend([""] * (column + 1 - len(line.cells)))
            line.cells[column] = value
        return len(lines) - 1 if value else 0

    def _value(self, raw: str) -> str:
        if self._kind == "s" and raw:
            return self.texts[int(raw)] if raw.isdecimal() else ""
        if self._kind == "b":
            return {"1": "SANN", "0": "USANN"}.get(raw, raw)
        if self._kind == "d" and raw:
            return _shown(datetime.fromisoformat(raw).date())
        if self._kind != "n" or not raw:
            return raw
        number = float(raw)
        is_day = self._style < len(self.days) and self.days[self._style] and 1 <= number < 3_000_000
        if is_day and not 1000 <= number < 10_000:  # a year that was typed into a cell that shows days is none
            return _shown(day_of_serial(int(number), self.table.first_day))
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else raw.replace(".", ",")


def _shown(day: date | None) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year:04}" if day else "29.02.1900"


def _column(letters: str) -> int:
    """0 for A."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
