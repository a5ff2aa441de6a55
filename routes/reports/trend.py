"""Figures over three years beside each other, and how a figure about people is written.

What belongs to the one year that was chosen is in `overview.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.reports.figures import Figure, Use
from models.values.money import KRONER
from routes.reports.headlines import Headline, Point, headline
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
    value: Decimal | None = None
    """The figure itself, where it may be seen."""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """Lines of one figure each, with a cell for each year, the oldest first."""

    years: range
    lines: list[tuple[str, list[Cell]]]
    headlines: list[Headline]


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
    ordered = [Cell(count(number), share=number / most, value=Decimal(number)) for number in placed]
    lines, headlines = [("Bestillinger", ordered)], [_headline("Bestillinger", years, ordered, "orders")]
    if checks is not None:
        came = [_came(year, checks.get(year)) for year in years]
        lines.append(("Helsekontroller", came))
        headlines.append(_headline("Møtt av tilbudte", years, came, "points"))
    if invoiced is not None:
        sums = _amounts([_in_kroner(invoiced[year]) for year in years])
        lines.append(("Fakturert", sums))
        headlines.append(_headline("Fakturert", years, sums, "percent"))
    return Trend(years, lines, headlines)


def _headline(title: str, years: range, cells: Sequence[Cell], unit: str) -> Headline:
    """The same figures as columns, in fewer signs: the table beside has them whole."""
    points = [
        Point(year, cell.short or cell.text, cell.share, cell.value) for year, cell in zip(years, cells, strict=True)
    ]
    return headline(title, points, unit)


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
        return Cell(f"vises fra 1.\u00a0februar {year + 1}", short="fra 1.\u00a0feb.")
    if not use.held.value or not use.places.value:
        return Cell(NOTHING if not use.held.exists else used(use))
    share = use.held.value / use.places.value
    percent = round(100 * share)
    return Cell(f"{percent}\u00a0% møtte", used(use), share, Decimal(percent), f"{percent}\u00a0%")


def _in_kroner(invoiced: Sequence[tuple[str, str, Decimal]]) -> Decimal:
    return sum((total for _, currency, total in invoiced if currency == KRONER), Decimal(0))


def _amounts(totals: Sequence[Decimal]) -> list[Cell]:
    """What was credited more than invoiced has no bar."""
    most = max(*totals, Decimal(0)) or Decimal(1)
    return [
        Cell(f"kr\u00a0{amount(total)}", "", float(max(total, Decimal(0)) / most), total, count(round(total)))
        for total in totals
    ]
