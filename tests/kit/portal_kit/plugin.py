"""Fixtures for pytest: the portal, somebody who visits it, and somebody who signs in, without and with htmx.

`--portal`, or else PORTAL_URL in the environment, says where the portal is.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from .browsing import Mode
from .portal import Page, Portal

SignIn = Callable[[str, str], Page]
"""Gives who has signed in with a name and a password."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the command line say where the portal is."""
    there = os.environ.get("PORTAL_URL", "http://127.0.0.1:8000")
    parser.addoption("--portal", default=there, metavar="URL", help=f"where the portal is; without it, {there}")


@pytest.fixture(scope="session")
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The portal, which may take a minute until it is there."""
    with Portal(request.config.getoption("--portal")) as portal:
        yield portal.wait()


@pytest.fixture(params=["plain", "htmx"])
def mode(request: pytest.FixtureRequest) -> Mode:
    """Each test that has people in it runs twice: as a plain browser asks, and as htmx does."""
    mode: Mode = request.param
    return mode


@pytest.fixture
def visitor(portal: Portal, mode: Mode) -> Page:
    """Somebody who is not signed in, with nothing open."""
    return portal.visitor(mode)


@pytest.fixture
def sign_in(portal: Portal, mode: Mode) -> SignIn:
    """Sign in with a name and a password."""
    return partial(portal.sign_in, mode=mode)
