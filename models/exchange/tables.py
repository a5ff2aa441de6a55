"""Tables, as every spreadsheet has them: rows of cells. How a kind of file writes and reads them, it knows itself."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

Cell = str | date | Decimal | int | None
"""A text, a day, an amount, a number, or nothing. A text stays one: `0047` keeps its zeros, `=1+1` is not computed."""
Row = Sequence[Cell]


_Piece_contra = TypeVar("_Piece_contra", contravariant=True)


class Writer(Protocol[_Piece_contra]):
    """Writes one file piece by piece, a table row by row; what was given out is forgotten."""

    @property
    def media_type(self) -> str:
        """What the file says it is."""

    def add(self, rows: Iterable[_Piece_contra]) -> bytes:
        """Write rows; gives the bytes that are ready, which may be none."""

    def end(self) -> bytes:
        """Gives the rest."""
