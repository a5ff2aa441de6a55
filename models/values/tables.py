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
MAX_COLUMNS = 60
MAX_CELL = 1000
"""The most that a table may have that is read: rows, columns, characters in a cell."""

FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""Day 0 of a workbook; old ones from a Macintosh count from 1904."""


class Unreadable(Exception):
    """A file is no table that can be read; the text is a Norwegian sentence that says why and what to do."""


def too_wide(number: int) -> Unreadable:
    """What is said of a row with too many cells."""
    return Unreadable(f"Rad {number} har flere enn {MAX_COLUMNS} kolonner. Slett dem som ikke gjelder de ansatte.")


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

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Take a row; raises Unreadable where the table grows over a limit."""
        last = max((at for at, cell in enumerate(cells) if cell.strip()), default=-1)
        if last < 0:
            return
        if last >= MAX_COLUMNS:
            raise too_wide(number)
        if len(self.lines) > MAX_ROWS:
            raise Unreadable(
                f"Lista har flere enn {MAX_ROWS} rader. Del den i flere filer, og importer dem hver for seg."
            )
        longest = max(range(last + 1), key=lambda at: len(cells[at]))
        if len(cells[longest]) > MAX_CELL:
            raise Unreadable(
                f"En celle i rad {number}, kolonne {longest + 1}, har {len(cells[longest])} tegn, og {MAX_CELL} er det "
                "meste. Forkort den. I en CSV-fil kan det mangle et anførselstegn i raden."
            )
        self.lines.append(Line(number, list(cells[: last + 1])))

    def day(self, serial: int) -> date:
        """The day that a number in a cell means; raises ValueError where it means none."""
        try:
            return self.first_day + timedelta(days=serial)
        except OverflowError:
            raise ValueError(serial) from None
