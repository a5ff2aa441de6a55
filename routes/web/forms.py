"""Forms: WTForms checks and coerces, with Norwegian sentences; partials draw.

What each field reads is in `fields`; the form of one room stands beside its handlers.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Form
from wtforms.validators import DataRequired

from models.customers.units import UnitRow
from routes.web.fields import ALL, Choice, Ids, Option, Text
from routes.web.http.asked import SAFE_METHODS
from routes.web.visit import Visit


class Fields(Mapping[str, Any]):
    """Names and values as a browser sends them, in the shape that WTForms reads."""

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if isinstance(value, str):
                self._values.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        """All values of a name."""
        return self._values.get(name, [])

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class PortalForm(Form):
    """A form of the portal; `form_errors` are sentences about the whole of it."""

    @classmethod
    def of(cls, visit: Visit, pairs: Iterable[tuple[str, object]] | None = None, **kwargs: Any) -> Any:
        """Fill the form with what was sent: the body, the query, or the given pairs."""
        if pairs is None:
            sent = visit.query_params if visit.request.method in SAFE_METHODS else visit.form
            pairs = sent.multi_items()
        meta = {"today": visit.today, "synthetic": visit.portal.settings.demo}
        return cls(Fields(pairs), meta=meta, **kwargs)

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as they stand in the URL (B10)."""
        return {field.name: field.data for field in self if field.data}

    @property
    def as_sent(self) -> list[tuple[str, str]]:
        """Everything that is filled in, as a form sends it."""
        found: list[tuple[str, str]] = []
        for field in self:
            values = field.data if isinstance(field, Ids) else ["1" if field.data is True else field.data]
            found += [(field.name, str(value)) for value in values if value]
        return found

    @property
    def sentences(self) -> str:
        """All that is wrong, for places that say it once and for those who listen."""
        return " ".join([*self.form_errors, *(sentence for field in self for sentence in field.errors)])

    @property
    def masked(self) -> int:
        """How many identity numbers were masked in the texts of the form (section 5, number 6)."""
        return sum(getattr(field, "masked", 0) for field in self)


def unit_choices(units: Iterable[UnitRow]) -> list[Any]:
    """Units as the options of a select; what lies below another is set in, with blanks that typing passes over."""
    return [Option(str(unit.id), "\u00a0\u00a0" * unit.depth + unit.name) for unit in units]


def set_unit_choices(form: "UnitChoice | UnitFilter", units: list[UnitRow]) -> None:
    """Fill `form.unit` with the units that fit `form.unit_filter`, and count them (NB3, NB4).

    A unit that is chosen stays among the choices, so that filtering never changes an answer. The only unit that
    there is, is chosen already where one has to be.
    """
    wanted = form.unit_filter.data or ""
    fitting = [unit for unit in units if unit.matches(wanted)]
    chosen = [unit for unit in units if str(unit.id) == form.unit.data and unit not in fitting]
    form.unit.choices = unit_choices([*chosen, *fitting])
    if isinstance(form, UnitFilter):
        form.unit.choices.insert(0, ALL)
    elif len(units) > 1:
        form.unit.choices.insert(0, Option("", "Velg"))
    elif units and not form.unit.data:
        form.unit.data = str(units[0].id)
    form.hits = len(fitting)


class UnitChoice(PortalForm):
    """Which unit, and what its name or number should contain: the beginning of several forms (NB2)."""

    unit = Choice(
        "Bedrift/avdeling:",
        validators=[DataRequired("Velg bedrift/avdeling.")],
        description="Hvis flere avdelinger, velg avdeling som bestillingen skal knyttes til.",
        refusal="Velg bedrift/avdeling.",
    )
    unit_filter = Text("Filtrer i bedrifts-/avdelingsliste", description="Navn eller organisasjonsnummer.")
    hits = 0
    """How many units fit the filter."""


class UnitFilter(PortalForm):
    """Which unit a list is of: all of them, unless one is chosen (A2)."""

    unit = Choice("Bedrift/Avdeling:", default="", refusal="Velg en av dine avdelinger.")
    unit_filter = Text("Filtrer i bedrifts-/avdelingsliste")
    hits = 0
    """How many units fit the filter."""


def masked_sentence(count: int) -> str:
    """What the sender is told where identity numbers were masked; empty where there was none."""
    if not count:
        return ""
    what = "Et fødselsnummer" if count == 1 else f"{count} fødselsnumre"
    return f" {what} i teksten ble skjult."
