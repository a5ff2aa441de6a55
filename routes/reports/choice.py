"""What the pages of Rapporter share: which year, which unit, and the units that this means."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.core.scope import Right
from models.customers.units import UnitRow, ids_below, units_in_scope
from routes.web.fields import ALL, Choice, Option
from routes.web.forms import PortalForm, unit_choices
from routes.web.visit import Visit

YEARS_BACK = 5


class YearAndUnit(PortalForm):
    """A year and a unit, as they stand in the URL; an empty unit is all of them."""

    year = Choice("År:", default="", refusal="Velg et av årene i listen.")
    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")

    def set_years(self, today: date, otherwise: int, *, ahead: int = 0) -> None:
        """Let the user choose among the last years; what is left empty is the year `otherwise`."""
        years = range(today.year + ahead, today.year - YEARS_BACK, -1)
        self.year.choices = [Option(str(year), str(year)) for year in years]
        self.year.data = self.year.data or str(otherwise)


@dataclass(frozen=True)
class Units:
    """The units whose reports the user may see, and which of them are meant."""

    all: list[UnitRow]
    chosen: UnitRow | None = None

    @property
    def tops(self) -> list[UnitRow]:
        """The chosen unit; without a choice, those that no other one of the user's is above."""
        return [self.chosen] if self.chosen else [unit for unit in self.all if unit.depth == 0]

    @property
    def top(self) -> UnitRow | None:
        """The one unit that everything on the page belongs to, where there is one."""
        return self.tops[0] if len(self.tops) == 1 else None

    @property
    def is_whole_customer(self) -> bool:
        """Whether everything of the customer is meant."""
        return self.top is not None and self.top.path.count("/") == 2

    @property
    def name(self) -> str:
        """What is meant, in words."""
        return ", ".join(unit.name for unit in self.tops)

    @property
    def rows(self) -> list[UnitRow]:
        """What a table by unit has a row for: the units directly below the one, or those side by side."""
        return self.below(self.top) or self.tops if self.top else self.tops

    @property
    def ids(self) -> frozenset[int]:
        """Everything that is meant: the units and those below them."""
        return frozenset().union(*(ids_below(self.all, str(unit.id)) for unit in self.tops))

    def below(self, unit: UnitRow) -> list[UnitRow]:
        """The units directly below one."""
        level = unit.path.count("/") + 1
        return [other for other in self.all if other.path.startswith(unit.path) and other.path.count("/") == level]

    def choices(self) -> list[Any]:
        """The choices of the list."""
        return [ALL, *unit_choices(self.all)]

    def choose(self, id: str | None) -> "Units":
        """The same with the unit of that id chosen, where the user has it."""
        return Units(self.all, next((unit for unit in self.all if str(unit.id) == id), None))


def units_with_reports(visit: Visit) -> Units:
    """The units whose reports the user may see."""
    assert visit.user.scope is not None
    return Units(units_in_scope(visit.db, visit.user.scope, Right.REPORTS))
