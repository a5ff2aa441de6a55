"""The demo as of some days, each loaded once for all of its stories: they only read."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest

from models.core.clock import today_in_oslo
from tests.demo.loaded import AUTUMN, MOMENTS, Demo, loaded

Loading = Callable[[datetime], Demo]


@pytest.fixture(scope="session")
def demo_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Gives the demo as of a moment."""
    known: dict[datetime, Demo] = {}
    with ExitStack() as until_the_end:

        def load(now: datetime) -> Demo:
            if now not in known:
                folder = tmp_path_factory.mktemp("demo")
                known[now] = until_the_end.enter_context(loaded(folder / "portal.db", now))
            return known[now]

        yield load


DAYS = [
    pytest.param(now, id=f"{today_in_oslo(now)}", marks=[] if now == AUTUMN else [pytest.mark.rest]) for now in MOMENTS
]


@pytest.fixture(scope="session", params=DAYS)
def demo(request: pytest.FixtureRequest, demo_of: Loading) -> Demo:
    """The demo as of each of four days, on three of them among the rest."""
    return demo_of(request.param)


@pytest.fixture(scope="session")
def autumn(demo_of: Loading) -> Demo:
    """The demo as of the day on which the other stories begin."""
    return demo_of(AUTUMN)
