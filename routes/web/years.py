"""What the pages of Rapporter share: which year, which unit, and the units that this means."""

from models.tenancy import Right
from models.units import UnitRow, units_in_scope
from routes.web.forms import ALL, Choice, PortalForm, unit_choices
from routes.web.visit import Visit


class YearAndUnit(PortalForm):
    """A year and a unit, as they stand in the URL; an empty unit is all of them."""

    year = Choice("År:", default="", refusal="Velg et av årene i listen.")
    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")

    @property
    def filters(self) -> dict[str, str]:
        """What is chosen, as it stands in the URL."""
        return {field.name: field.data for field in self if field.data}

    def offer_units(self, units: list[UnitRow]) -> None:
        """Let the user choose among these units, or all of them."""
        self.unit.choices = [ALL, *unit_choices(units)]

    def chosen_unit(self, units: list[UnitRow]) -> UnitRow | None:
        """The unit that is chosen, once the form is valid."""
        return next((unit for unit in units if str(unit.id) == self.unit.data), None)


def units_with_reports(visit: Visit) -> list[UnitRow]:
    """The units whose reports the user may see."""
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.REPORTS)


def ids_below(unit: UnitRow, units: list[UnitRow]) -> frozenset[int]:
    """A unit and those below it."""
    return frozenset(other.id for other in units if other.path.startswith(unit.path))
