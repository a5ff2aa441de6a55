"""Columns of an imported list that say when employees last came to one of the customer's checks: `Syn sist`.

Which checks those are is said by the account manager, in `models.checks`; other columns are known in `headings`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.checks.told import heading_of
from models.imports.cells.days import last_year, read_day
from models.values.dates import parse_date
from models.values.tables import FIRST_DAY
from models.values.texts.folding import fold

_OLDEST = 100
_NEVER = {"aldri", "nei", "ingen", "ikke tatt", "ikke utført", "ikke gjennomført", "never", "no"}
_LAST = (
    "{0} sist, sist {0}, siste {0}, {0} siste, {0} sist utført, {0} utført, {0} sist gjennomført, {0} gjennomført, "
    "{0} sist tatt, {0} tatt, {0} sist dato, {0} siste dato, dato siste {0}, dato for siste {0}, dato sist {0}, "
    "dato for sist {0}, sist {0} dato, siste {0} dato, sist utført {0}, sist gjennomført {0}, utført {0}, {0} møtt, "
    "{0} sist gang, {0} forrige, forrige {0}, {0} forrige gang, "
    "{0} sist møtt, {0} utført dato, {0} gjennomført dato, last {0}, {0} last, {0} last date"
)
_OF_THE_ONLY_ONE = ("kontroll", "helsekontroll", "kontrolldato", "helseundersøkelse")
"""What a column may call the check where there is only one: `Sist kontroll`."""


@dataclass(frozen=True, slots=True)
class LastOn:
    """A column with the days of a check, which is the so-and-so-many-th of those that the customer has."""

    at: int
    name: str

    @property
    def value(self) -> str:
        """How the list, its rows and its forms call the column."""
        return f"last_on-{self.at}"

    @property
    def heading(self) -> str:
        """What the portal calls it."""
        return heading_of(self.name)


def columns_of(checks: Sequence[str]) -> list[LastOn]:
    """The columns that a list of a customer with these checks can have."""
    return [LastOn(at, name) for at, name in enumerate(checks)]


def variants_of(checks: Sequence[str]) -> dict[LastOn, str]:
    """What such columns may be called, divided by commas, the surest first."""
    return {
        column: ", ".join(
            _LAST.format(name.replace(",", " "))
            for name in (column.name, *(_OF_THE_ONLY_ONE if len(checks) == 1 else ()))
        )
        for column in columns_of(checks)
    }


def named_in(heading: str, checks: Sequence[str]) -> LastOn | None:
    """The check whose name is all that a heading says, perhaps with `dato`: its days may be those of the next time."""
    bare = re.sub(r"^dato (for )?| dato$", "", " ".join(heading.casefold().split()))
    return next((column for column in columns_of(checks) if column.name.casefold() == bare), None)


def read_last_day(text: str, order: str | None, *, today: date, first_day: date = FIRST_DAY) -> date | None:
    """The day in a cell, in the order of its column, or, with None, as in a form; None where nobody ever came.

    Raises ValueError with the sentence for the cell.
    """
    if fold(text) in _NEVER:
        return None
    day = parse_date(text) if order is None else read_day(text, order, last_year(today), first_day)
    if day > today:
        raise ValueError("Datoen kan ikke være etter i dag: her står det når kontrollen sist var.")
    if today.year - day.year > _OLDEST:
        raise ValueError(f"Datoen er for over {_OLDEST} år siden. Rett den, eller la feltet stå tomt.")
    return day


def before_birth(day: date, born: date | None) -> str:
    """What is wrong with a day on which the employee was not born yet; nothing where one was."""
    return f"Datoen er før den ansatte ble født, {born:%d.%m.%Y}." if born and day < born else ""
