"""Tables, as every spreadsheet has them: rows of cells. How files hold them is in `models.exchange.sheets`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol, TypeVar

Cell = str | date | Decimal | int | None
"""A text, a day, an amount, a number, or nothing. A text stays one: `0047` keeps its zeros, `=1+1` is not computed."""
Row = Sequence[Cell]


_Piece_contra = TypeVar("_Piece_contra", contravariant=True)


class Writer(Protocol[_Piece_contra]):
    """Writes one file piece by piece, a table row by row; what was given out is not kept."""

    @property
    def media_type(self) -> str:
        """What the file says it is."""

    def add(self, rows: Iterable[_Piece_contra]) -> bytes:
        """Write rows; gives the bytes that are ready, which may be none."""

    def end(self) -> bytes:
        """Gives the rest."""


MAX_ROWS = 20_000
MAX_COLUMNS = 250
MAX_CELL = 1000
"""The most that is read of a table: rows, columns, characters in a cell. More rows are refused, the rest left aside."""
MAX_CELLS = 60 * MAX_ROWS
"""The most cells, filled or between filled ones, that a table may have."""
MAX_SIGNS = 20_000_000
"""The most characters in all of them: a workbook may name one long text in every cell, at a few bytes for each."""

FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""Day 0 of a workbook; old ones from a Macintosh count from 1904."""
_LEAP_DAY_1900 = 60
"""For Excel 1900 was a leap year, as for Lotus before it: from here on the serials are right, below it a day early."""


class Unreadable(Exception):
    """A file is no table that can be read; the text is a Norwegian sentence that says why and what to do."""


def day_of_serial(serial: int, first_day: date) -> date | None:
    """The day that a number in a cell means; None for the 29th of February 1900, which Excel believes in.

    Raises ValueError where it means none.
    """
    try:
        if first_day != FIRST_DAY or serial > _LEAP_DAY_1900:
            return first_day + timedelta(days=serial)
        return None if serial == _LEAP_DAY_1900 else first_day + timedelta(days=serial + 1)
    except OverflowError:
        raise ValueError(serial) from None


@dataclass(frozen=True, slots=True)
class Line:
    """A row that was read, with its number as spreadsheets count, from 1."""

    number: int
    cells: list[str]


@dataclass(slots=True)
class Table:
    """What was read, as text: days as `dd.mm.åååå`, numbers without `.0`; rows without any text are left out."""

    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader has to know of how it was read: sheets that were left aside, cells that were joined."""
    first_day: date = FIRST_DAY
    encoding: str = ""
    """How the letters of a text file were read."""
    rivals: tuple[str, ...] = ()
    """How else they may be meant, where that is not certain (`models.values.texts.encodings`)."""
    is_cut_off: bool = False
    """Whether columns beyond the last that is read were left aside."""
    _cells: int = 0
    _signs: int = 0
    _cut: set[int] = field(default_factory=set)

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Take a row; raises Unreadable where the table grows over a limit."""
        last = max((at for at, cell in enumerate(cells) if cell.strip()), default=-1)
        if last >= MAX_COLUMNS:
            self.is_cut_off = True
            last = max((at for at in range(MAX_COLUMNS) if cells[at].strip()), default=-1)
        if last < 0:
            return
        self._cells += last + 1
        if len(self.lines) > MAX_ROWS or self._cells > MAX_CELLS:
            raise Unreadable(
                f"Lista har flere enn {MAX_ROWS} rader eller {MAX_CELLS} celler. Del den i flere filer, og importer "
                "dem hver for seg."
            )
        line = Line(number, [self._short(at, cell) for at, cell in enumerate(cells[: last + 1])])
        self.grow(sum(map(len, line.cells)))
        self.lines.append(line)

    def grow(self, signs: int) -> None:
        """Count what is put into cells; raises Unreadable where it gets too much."""
        self._signs += signs
        if self._signs > MAX_SIGNS:
            raise Unreadable(
                "Det står for mye tekst i lista. Slett kolonner som ikke trengs, eller del den i flere filer, og "
                "importer dem hver for seg."
            )

    def _short(self, column: int, cell: str) -> str:
        if len(cell) <= MAX_CELL:
            return cell
        if column not in self._cut:
            self._cut.add(column)
            self.notes.append(
                f"Kolonne {column + 1} har tekster på mer enn {MAX_CELL} tegn. Resten av dem er ikke lest."
            )
        return cell[:MAX_CELL]

    def check_letters(self) -> None:
        """Raises Unreadable where its letters may be meant otherwise, for whoever does not ask about it."""
        if self.rivals:
            raise Unreadable(
                "Bokstavene i filen kan leses på flere måter. Lagre den i Excel som «CSV UTF-8» eller .xlsx, og velg "
                "den."
            )

    def told(self) -> list[str]:
        """All that a reader has to know of how it was read."""
        cut_off = f"Lista har flere enn {MAX_COLUMNS} kolonner. De som kommer etter, er ikke lest."
        return [*self.notes, *([cut_off] if self.is_cut_off else [])]
