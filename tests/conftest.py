"""How a run of the tests begins. The cast and the stage are in `tests.stage.cast`."""

import pytest

from tests.stage.shared import shared

pytest_plugins = ["tests.stage.beginnings", "tests.stage.pairs"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let who looks for a forgotten ORDER BY have rows lie in an order that means nothing."""
    parser.addoption("--scattered", action="store_true", help="put the rows on PostgreSQL in a meaningless order first")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of the run share, before there is more than one of them.

    Who only hands out the stories to other processes needs nobody on the stage, and those wait until it is there.
    """
    shared()
    tells = hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"
    if tells:
        config.pluginmanager.import_plugin("tests.stage.cast")
