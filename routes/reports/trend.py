"""Figures over three years beside each other, and how a figure about people is written.

What belongs to the one year that was chosen is in `overview.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.reports.figures import Figure, Use
from models.values.money import KRONER
from routes.web.words import amount, count

BESIDE = 2
"""How many years stand beside the one that was chosen."""
HIDDEN = "skjult"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of one year: what is written, what it is out of, and how long its bar is, in parts of the longest."""

    text: str
    beside: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """Lines of one figure each, with a cell for each year, the oldest first."""

    years: range
    lines: list[tuple[str, list[Cell]]]


def trend_of(
    years: range,
    orders: Mapping[int, Sequence[tuple[str | None, int]]],
    checks: Mapping[int, Use] | None,
    invoiced: Mapping[int, Sequence[tuple[str, str, Decimal]]] | None,
) -> Trend:
    """The lines of these years: orders, how many came to the health checks that were offered, and what was invoiced.

    `checks` has the years whose figures about people may be seen; it is None where several units stand side by side,
    and `invoiced` is None for who may not see invoices. Amounts are those in kroner.
    """
    placed = [sum(number for _, number in orders[year]) for year in years]
    most = max(placed) or 1
    lines = [("Bestillinger", [Cell(count(number), share=number / most) for number in placed])]
    if checks is not None:
        lines.append(("Helsekontroller", [_came(year, checks.get(year)) for year in years]))
    if invoiced is not None:
        lines.append(("Fakturert", _amounts([_in_kroner(invoiced[year]) for year in years])))
    return Trend(years, lines)


def shown(figure: Figure) -> str:
    """A figure as it is written."""
    if not figure.exists:
        return NOTHING
    return HIDDEN if figure.value is None else count(figure.value)


def used(use: Use) -> str:
    """How many of the places were used; where it is hidden how many there were, how many people came."""
    if use.held.hidden:
        return HIDDEN
    return f"{shown(use.held)} møtte" if use.places.hidden else f"{shown(use.held)} av {shown(use.places)}"


def _came(year: int, use: Use | None) -> Cell:
    if use is None:
        return Cell(f"vises fra 1.\u00a0februar {year + 1}")
    if not use.held.value or not use.places.value:
        return Cell(NOTHING if not use.held.exists else used(use))
    share = use.held.value / use.places.value
    return Cell(f"{round(100 * share)}\u00a0% møtte", used(use), share)


def _in_kroner(invoiced: Sequence[tuple[str, str, Decimal]]) -> Decimal:
    return sum((total for _, currency, total in invoiced if currency == KRONER), Decimal(0))


def _amounts(totals: Sequence[Decimal]) -> list[Cell]:
    """What was credited more than invoiced has no bar."""
    most = max(*totals, Decimal(0)) or Decimal(1)
    return [Cell(f"kr\u00a0{amount(total)}", share=float(max(total, Decimal(0)) / most)) for total in totals]
