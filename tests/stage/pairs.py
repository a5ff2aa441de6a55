"""Which pairs of a database and a mode a run takes: `--pairs=first`, `rest` or `all`.

A story is told once first, in one of two pairs: with htmx on SQLite, or without on PostgreSQL. A story of one mode is
told on one of the databases. Which one, the story's name decides, so it is the same one each time, and about half of
the stories fall to each. The rest are its other pairs. What names its database, or asks for none, is among the first,
unless it is marked as one of the `rest`: the less usual ways to look at a page.
"""

import re
from zlib import crc32

import pytest

FIRST = (("sqlite", "htmx"), ("postgresql", "plain"))
_DIMENSIONS = {"store", "house"}
_A_MODE = re.compile(r"plain|htmx")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Without the option, the first pairs; all of them where -k or an id asks for a mode."""
    parser.addoption("--pairs", choices=("first", "rest", "all"), help="pairs of database and mode (default: first)")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the pairs that the run does not take."""
    asked = " ".join([config.option.keyword, *config.args])
    pairs = config.option.pairs or ("all" if _A_MODE.search(asked) else "first")
    if pairs != "all":
        left_out = [item for item in items if is_among_the_first(item) != (pairs == "first")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def is_among_the_first(item: pytest.Item) -> bool:
    """Whether a test is in `make test` and not in `make test-rest`."""
    if item.get_closest_marker("rest"):
        return False
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    narrowed = {mark.args[0] for mark in item.iter_markers("parametrize")} & _DIMENSIONS
    if "store" not in params or "store" in narrowed:
        return True
    store, mode = FIRST[_drawn(item)]
    return bool(params["store"] == store and (narrowed or params.get("house", mode) == mode))


def _drawn(item: pytest.Item) -> int:
    """Which of the first pairs falls to a story, the same for each of its pairs."""
    name = re.sub("sqlite|postgresql|plain|htmx", "", item.nodeid)
    return crc32(name.encode()) % len(FIRST)
