"""The rows of a list as a table: what each cell becomes, what it was read from, and what it is now where that changes.

Which rows are shown, and the form of a faulty one, are in `sheet`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.employees.details import Details
from models.imports.cells.headings import Meaning
from models.imports.rows import Row

_MAIN = {
    Meaning.BIRTH_DATE: "birth_date",
    Meaning.EMAIL: "email",
    Meaning.MOBILE: "mobile",
    Meaning.UNIT: "unit_id",
}
MAIN = frozenset(_MAIN)
"""What has a column of its own; the rest stands below the name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row says, in one column."""

    value: str
    read_from: str = ""
    """As it stands in the list, where that is another."""
    changes: bool = False
    before: str = ""
    """As the portal has it, where it changes; empty where there is nothing yet."""


def cells_of(row: Row, before: Details | None, units: Mapping[int, str], shown: Callable[[str], str]) -> list[Cell]:
    """The cells of a row, in the order of the table; `shown` hides what no page shows."""
    cells = []
    for meaning, name in _MAIN.items():
        said = row.values.get(meaning, "")
        value = row.understood.get(meaning, said)
        changes = before is not None and name in row.changes
        cells.append(
            Cell(
                shown(value),
                shown(said) if value != said else "",
                changes,
                _written(before, name, units) if before and changes else "",
            )
        )
    return cells


def _written(before: Details, name: str, units: Mapping[int, str]) -> str:
    if name == "unit_id":
        return units.get(before.unit_id, "")
    if name == "birth_date":
        return f"{before.birth_date:%d.%m.%Y}" if before.birth_date else ""
    return str(getattr(before, name) or "")
