"""What an employee's page says of the checks to come: how often, and how far away (H8)."""

from datetime import date, timedelta

import pytest

from models.values.dates import months_after
from routes.employees.checks import how_often, until


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "I dag"), (1, "Om 1 dag"), (13, "Om 13 dager"), (14, "Om 2 uker"), (59, "Om 8 uker"), (60, "Om 2 måneder")],
)
def test_h8_how_far_away_a_check_is_stands_in_words(days: int, words: str) -> None:
    today = date(2026, 10, 1)
    assert until(today + timedelta(days=days), today) == words
    if days:
        assert until(today - timedelta(days=days), today) == f"{words.removeprefix('Om ')} over"


@pytest.mark.parametrize(
    ("months", "words"), [(1, "Hver måned"), (6, "Hver 6. måned"), (12, "Hvert år"), (24, "Hvert 2. år")]
)
def test_h8_how_often_a_check_is_stands_in_words(months: int, words: str) -> None:
    last = date(2026, 1, 31)
    assert how_often(last, months_after(last, months)) == words
