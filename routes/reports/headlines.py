"""The three headlines above the figures: this year against the one before, in words, and three years as columns.

They are made of what the table of the years shows, and of nothing else, so they give no hidden figure away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from routes.web.words import count

_WIDE, _STEP, _HIGH, _FOOT = 84, 96, 80, 98
"""How wide a column is, how far from the next, how high the longest, and where all stand, in a picture 300 wide."""


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of one year: what is written, and its length in parts of the longest; None where there is none."""

    year: int
    text: str
    share: float | None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A year as it is drawn."""

    year: int
    text: str
    x: int
    y: float
    height: float
    middle: int


@dataclass(frozen=True, slots=True)
class Headline:
    """What it is of, the newest figure that there is, how it differs from the one before, and the columns."""

    title: str
    figure: str
    year: int
    change: str
    direction: str
    """`up`, `down`, or nothing."""
    columns: list[Column]


def headline(title: str, points: Sequence[Point], unit: str) -> Headline:
    """A headline; `unit` says what differs: `orders`, `points` of percent, or `percent`."""
    known = [point for point in points if point.value is not None]
    newest = known[-1] if known else points[-1]
    before = next((point for point in known if point.year == newest.year - 1), None)
    change, direction = _change(newest, before, unit) if known and before else ("", "")
    columns = []
    for place, point in enumerate(points):
        height, x = round(_HIGH * (point.share or 0), 1), 12 + place * _STEP
        columns.append(Column(point.year, point.text, x, round(_FOOT - height, 1), height, x + _WIDE // 2))
    return Headline(title, newest.text, newest.year, change, direction, columns)


def _change(newest: Point, before: Point, unit: str) -> tuple[str, str]:
    assert newest.value is not None
    assert before.value is not None
    more, since = newest.value - before.value, before.year
    direction = "up" if more > 0 else "down" if more < 0 else ""
    if not more:
        return f"som i {since}", direction
    if unit == "orders":
        return f"{count(abs(int(more)))} {'flere' if more > 0 else 'færre'} enn i {since}", direction
    if unit == "points":
        return f"{count(abs(int(more)))}\u00a0prosentpoeng {'mer' if more > 0 else 'mindre'} enn i {since}", direction
    if before.value <= 0 or newest.value < 0:
        return "", ""
    percent = round(abs(100 * more / before.value))
    return f"{count(percent)}\u00a0% {'mer' if more > 0 else 'mindre'} enn i {since}", direction
