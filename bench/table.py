"""What was measured, as lines of one table: the figure, its budget, and whether it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal

KEPT, IN_NOISE, BROKEN, TOLD = "kept", "kept within noise", "BROKEN", ""
_LEAST_NOISE = 0.03
"""A share of the figure: what two runs on a quiet machine differ by."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; without a budget it only informs."""

    name: str
    value: float
    unit: str = ""
    budget: float | None = None
    bound: Literal["at most", "at least"] = "at most"
    noise: float = 0.0
    """How far the figure may lie from the truth, in its own unit."""

    @property
    def verdict(self) -> str:
        """Whether the budget is kept; one that is missed by no more than the noise counts as kept."""
        if self.budget is None:
            return TOLD
        beyond = self.value - self.budget if self.bound == "at most" else self.budget - self.value
        if beyond <= 0:
            return KEPT
        return IN_NOISE if beyond <= self.noise else BROKEN

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The line of the table."""
        budget = "" if self.budget is None else f"{self.bound} {_number(self.budget)} {self.unit}"
        noise = f"± {_number(self.noise)}" if self.noise else ""
        return self.name, f"{_number(self.value)} {self.unit}", noise, budget, self.verdict


def of_rounds(
    name: str,
    rounds: Sequence[float],
    unit: str,
    *,
    budget: float | None = None,
    bound: Literal["at most", "at least"] = "at most",
) -> Figure:
    """The median of several rounds; the noise is half their middle spread, and never less than 3 % of the figure."""
    value = median(rounds)
    low, _, high = quantiles(rounds, n=4) if len(rounds) > 1 else (value, value, value)
    return Figure(name, value, unit, budget, bound, noise=max((high - low) / 2, _LEAST_NOISE * value))


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    lines = [("figure", "measured", "noise", "budget", "verdict"), *(figure.cells for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for number, (name, value, noise, budget, verdict) in enumerate(lines):
        cells = (
            name.ljust(widths[0]),
            value.rjust(widths[1]),
            noise.rjust(widths[2]),
            budget.rjust(widths[3]),
            verdict,
        )
        print("  ".join(cells).rstrip())
        if number == 0:
            print("-" * (sum(widths) + 8))
    print(f"\nNoise: half the middle spread of the rounds, at least {_LEAST_NOISE:.0%}; bytes have none.")


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
