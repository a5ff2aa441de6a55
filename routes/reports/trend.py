"""Figures over three years beside each other, and how a figure about people is written.

What belongs to the one year that was chosen is in `overview.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.reports.figures import Figure, Use
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
    *,
    orders: Mapping[int, int],
    checks: Mapping[int, Use] | None,
    invoiced: Mapping[int, Decimal] | None,
) -> Trend:
    """The lines of these years: orders, how many came to the health checks that were offered, and what was invoiced.

    `checks` has the years whose figures about people may be seen; it is None where several units stand side by side,
    and `invoiced` is None for who may not see invoices.
    """
    most = max(orders.values()) or 1
    lines = [("Bestillinger", [Cell(count(orders[year]), share=orders[year] / most) for year in years])]
    if checks is not None:
        lines.append(("Helsekontroller", [_came(year, checks.get(year)) for year in years]))
    if invoiced is not None:
        top = max(*invoiced.values(), Decimal(0)) or Decimal(1)
        shares = {year: float(max(total, Decimal(0)) / top) for year, total in invoiced.items()}
        lines.append(("Fakturert", [Cell(f"kr\u00a0{amount(invoiced[year])}", share=shares[year]) for year in years]))
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
