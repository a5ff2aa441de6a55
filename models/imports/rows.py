"""The rows of an imported list: the cells of each, by what they mean, and what is known of it so far.

What the cells say is read in `models.imports.reading`; what becomes of a row is decided in `models.imports.judging`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.core.base import Worded
from models.employees.names import parts_of
from models.imports.cells.headings import Meaning
from models.values.tables import Line
from models.values.texts.invisible import cell

_NOTHING = re.compile("[-–—_.\u2212]+")
_NO_VALUE = {"n/a", "#n/a", "#i/t", "null", "none", "nil", "nan", "(tom)", "(blank)", "(empty)"}  # or, of a name, one


class Fate(Worded):
    """What becomes of a row (section 5, number 9); overtaken is one that somebody else was faster with."""

    NEW = "new", "ny"
    CHANGED = "changed", "endret"
    SAME = "same", "uendret"
    GONE = "gone", "sluttet"
    FAULTY = "faulty", "feil"
    OVERTAKEN = "overtaken", "endret imens"


Values = dict[str, str]
"""What stands in a row, by the meaning of its columns; empty cells are left out."""


@dataclass(slots=True)
class Row:
    """A row of the list, with what is to become of it."""

    number: int
    values: Values
    unit_id: int | None = None
    """The unit that was chosen by hand, where its name says too little."""
    fate: Fate = Fate.FAULTY
    employee_id: int | None = None
    """Whom it is about, where that is somebody the portal knows."""
    version: int | None = None
    """Of that employee, when the row was looked at."""
    faults: dict[str, str] = field(default_factory=dict)
    """Sentences by the meaning of the cell that they are about; "" is the whole row."""
    warnings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    """The meanings of the values that are another than before."""
    understood: dict[str, str] = field(default_factory=dict)
    """What the values were read as, where that is written in another way than the list has it."""
    typed: list[str] = field(default_factory=list)
    """The cells that were corrected by hand, and are read as in a form, whatever the column is like."""
    same_person: bool = False
    """Whether somebody has said that it is about whom its number or address belongs to, although the name differs."""

    @property
    def promise(self) -> tuple[Fate, int | None, list[str]]:
        """What the page of its list says will be done with it."""
        return self.fate, self.employee_id, self.changes

    @property
    def given_name(self) -> str:
        """The given name, wherever it stands."""
        return names_of(self.values)[0]

    @property
    def family_name(self) -> str:
        """The family name, wherever it stands."""
        return names_of(self.values)[1]

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.given_name} {self.family_name}".strip()


class Column(Protocol):
    """A column that means something."""

    @property
    def value(self) -> str:
        """How it is called in rows."""


def rows_of(lines: Sequence[Line], meanings: Sequence[Column | None]) -> list[Row]:
    """The rows below the headings, by the meaning of their columns."""
    rows: list[Row] = []
    for line in lines:
        values = {
            meaning.value: text
            for meaning, one in zip(meanings, line.cells, strict=False)
            if meaning and (text := cell(one)) and not _is_nothing(text, meaning)
        }
        if values:
            rows.append(Row(line.number, values))
    return rows


def names_of(values: Mapping[str, str]) -> tuple[str, str]:
    """Given and family name, also where they stand in one cell."""
    given, family = values.get(Meaning.GIVEN_NAME, ""), values.get(Meaning.FAMILY_NAME, "")
    whole_name, family_first = values.get(Meaning.FULL_NAME, ""), values.get(Meaning.FAMILY_FIRST, "")
    if given or family or not (whole_name or family_first):
        return given, family
    return parts_of(whole_name or family_first, family_first=not whole_name)


def _is_nothing(text: str, meaning: Column) -> bool:
    """Whether a cell says that there is nothing."""
    of_names: set[object] = {Meaning.GIVEN_NAME, Meaning.FAMILY_NAME, Meaning.FULL_NAME, Meaning.FAMILY_FIRST}
    return bool(_NOTHING.fullmatch(text)) or (meaning not in of_names and text.casefold() in _NO_VALUE)
