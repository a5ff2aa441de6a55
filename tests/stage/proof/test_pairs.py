"""Each story is told once in `make test`, in a usual pair of database and mode, and in its other ways in the rest."""

import pytest

from tests.stage.pairs import FIRST, drawn

NAMES = [f"tests/orders/test_orders.py::test_{number}[]" for number in range(200)]
FOUR = [(store, mode) for store in ("sqlite", "postgresql") for mode in ("plain", "htmx")]


@pytest.mark.parametrize("ways", [FOUR, [("sqlite",), ("postgresql",)], [("lynx",), ("w3m",), ("links",)]])
def test_the_ways_share_the_stories_evenly_and_which_is_first_depends_on_nothing_else(
    ways: list[tuple[str, ...]],
) -> None:
    first = [drawn(name, ways) for name in NAMES]
    usual = [way for way in ways if len(way) == 1 or way in FIRST]
    assert {*first} == {*usual}
    for way in usual:
        assert first.count(way) > len(NAMES) / len(usual) / 2
    assert first == [drawn(name, ways[::-1]) for name in NAMES]


def test_what_has_one_way_or_no_usual_one_is_told_all_the_same() -> None:
    for ways in ([()], [("postgresql", "htmx")], [("plain",)]):
        assert {drawn(name, ways) for name in NAMES} == {*ways}
