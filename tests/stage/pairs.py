"""Which pairs of a database and a mode a run takes: `--pairs=first`, `rest` or `all`.

A story that is told on both databases and in both modes is told in one mode on each of them first; the rest are the
other two pairs. A story of one mode is told on one database first, which its name decides, and so it is the same one
each time; the rest are the other ones. What names its database, or asks for none, is among the first, unless it is
marked as one of the `rest`: the less usual ways to look at a page.
"""

import re
from zlib import crc32

import pytest

FIRST = {("sqlite", "htmx"), ("postgresql", "plain")}
_STORES = ("sqlite", "postgresql")
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
    if "house" in params and not narrowed:
        return (params["store"], params["house"]) in FIRST
    name = item.nodeid.replace(str(params["store"]), "")
    return bool(params["store"] == _STORES[crc32(name.encode()) % 2])
