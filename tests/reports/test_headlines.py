"""The three headlines above the figures: which year they are of, and how it differs from the one before."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from routes.reports.headlines import Point, headline


def points(*values: int | None) -> Sequence[Point]:
    return [
        Point(2024 + place, str(value), None if value is None else 0.5, None if value is None else Decimal(value))
        for place, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "unit", "year", "change", "direction"),
    [
        ((8, 6, 13), "orders", 2026, "7 flere enn i 2025", "up"),
        ((8, 6, 5), "orders", 2026, "1 færre enn i 2025", "down"),
        ((8, 6, 6), "orders", 2026, "som i 2025", ""),
        ((74, 71, None), "points", 2025, "3 prosentpoeng mindre enn i 2024", "down"),
        ((74, None, 71), "points", 2026, "", ""),
        ((None, None, None), "points", 2026, "", ""),
        ((100, 200, 150), "percent", 2026, "25 % mindre enn i 2025", "down"),
        ((100, 0, 150), "percent", 2026, "", ""),
    ],
)
def test_the_newest_figure_that_there_is_stands_against_the_year_before(
    values: Sequence[int | None], unit: str, year: int, change: str, direction: str
) -> None:
    found = headline("Tall", points(*values), unit)
    assert (found.year, found.change.replace("\xa0", " "), found.direction) == (year, change, direction)


def test_a_column_stands_on_the_line_and_is_as_high_as_its_figure() -> None:
    full, none = headline("Tall", [Point(2025, "1", 1.0), Point(2026, "–", None)], "orders").columns
    assert (full.y + full.height, none.y + none.height) == (98, 98)
    assert (full.height, none.height) == (80, 0)
