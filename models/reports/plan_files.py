"""A plan as a file: which of its lines has the names of the columns, and what stands below them.

How a file is read is in `models.exchange.sheets`; what a line means, in `plans`.
"""

from collections.abc import Iterator

from models.reports.plans import COLUMNS, NEEDED
from models.values.tables import Table, Unreadable
from models.values.texts.invisible import cell

_SEARCHED = 10
"""Lines at the top among which the names of the columns are; above them may be a title."""


def is_plan(table: Table) -> bool:
    """Whether a table has the columns of a plan."""
    return _heads(table) is not None


def lines_of(table: Table) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The lines below the names of the columns, each with its number; raises Unreadable."""
    table.check_letters()
    found = _heads(table)
    if found is None:
        there = {cell(text).casefold() for line in table.lines[:_SEARCHED] for text in line.cells}
        missing = next((column for column in NEEDED if column.casefold() not in there), NEEDED[0])
        raise Unreadable(f"Filen mangler kolonnen {missing}. Øverste linje må ha navnene på kolonnene.")
    first, places = found
    if len(table.lines) == first + 1:
        raise Unreadable("Det står ingen aktiviteter i filen.")
    for line in table.lines[first + 1 :]:
        yield line.number, {column: line.cells[at] for column, at in places.items() if at < len(line.cells)}


def _heads(table: Table) -> tuple[int, dict[str, int]] | None:
    """Which of the first lines has the names of the columns, and where each of them is; None where none has all."""
    for at, line in enumerate(table.lines[:_SEARCHED]):
        heads = [cell(text).casefold() for text in line.cells]
        places = {column: heads.index(column.casefold()) for column in COLUMNS if column.casefold() in heads}
        if set(NEEDED) <= places.keys():
            return at, places
    return None
