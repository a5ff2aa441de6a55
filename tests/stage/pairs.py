"""Which ways of telling a story a run takes: `--pairs=first`, `rest` or `all`.

A story can be told in several ways: on either database, with and without htmx, in each of the text browsers, at either
width, with and without script. It is told once first: with htmx on SQLite or without on PostgreSQL, and in one of the
other ways. Which one, the story's name decides, so it is the same one each time, and about half of the stories fall to
each. The rest are its other ways. What has only one way is among the first, unless it is marked as one of the `rest`:
the less usual ways to look at a page, and what takes long and is said more shortly by another story.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from zlib import crc32

import pytest

FIRST = (("sqlite", "htmx"), ("postgresql", "plain"))
_DATABASES, _MODES = zip(*FIRST, strict=True)
_WAYS = {*_DATABASES, *_MODES, "lynx", "w3m", "links", "320", "1280", "script", "no script", "c", "python"}
"""The words in a test's id that say how it is told: database, mode, text browser, width, script, reader of HTTP."""
_IS_ASKED_FOR = re.compile(r"plain|htmx|lynx|w3m|links|script|\[")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Without the option, the first ways; all of them where -k or an id asks for one."""
    parser.addoption("--pairs", choices=("first", "rest", "all"), help="ways to tell a story (default: first)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the ways that the run does not take; -k comes after that, and changes nothing about which they are."""
    asked = " ".join([config.option.keyword, *config.args])
    pairs = config.option.pairs or ("all" if _IS_ASKED_FOR.search(asked) else "first")
    if pairs != "all":
        first = among_the_first(items)
        left_out = [item for item in items if (item in first) != (pairs == "first")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if (item in first) == (pairs == "first")]


def among_the_first(items: Sequence[pytest.Item]) -> set[pytest.Item]:
    """The tests that are in `make test` and not in `make test-rest`."""
    stories = defaultdict[str, dict[tuple[str, ...], pytest.Item]](dict)
    for item in items:
        if not item.get_closest_marker("rest"):
            name, way = _told(item.nodeid)
            stories[name][way] = item
    return {ways[drawn(name, [*ways])] for name, ways in stories.items()}


def drawn(name: str, ways: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The way in which a story is told first, by its name; in an unusual pair only where there is no other."""
    usual = [
        way
        for way in ways
        if any({*pair} <= {*way} for pair in FIRST) or {*_DATABASES}.isdisjoint(way) or {*_MODES}.isdisjoint(way)
    ]
    choices = sorted(usual or ways, key=lambda way: ("postgresql" in way, way))
    return choices[crc32(name.encode()) % len(choices)]


def _told(nodeid: str) -> tuple[str, tuple[str, ...]]:
    """The name of a story without how it is told, and how."""
    name, bracket, rest = nodeid.partition("[")
    words = rest.removesuffix("]").split("-") if bracket else []
    way = tuple(word for word in words if word in _WAYS)
    return f"{name}[{'-'.join(word for word in words if word not in _WAYS)}]", way
