"""The cast and the stage, as stories ask for them: every story is told without and with htmx, on SQLite and PostgreSQL.

The people are the demo's, and their names are the permission model: `tester` (all rights, one unit), `hms` (a whole
customer, no invoices), `leder` (one unit of another customer), `okonomi` (invoices only), `anna` (two customers),
`kam` (the provider's staff). Which ways of telling a story a run takes is in `pairs`.
"""

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis.internal.conjecture import providers

from models.users import passwords
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.house_rules.emitted import EMITTED
from tests.stage.page import Mode, Page
from tests.stage.portals.opening import Opening, opening
from tests.stage.stores.databases import PostgresStore, SqliteStore, Store, postgres
from tests.stage.templates.compiled import keep_compiled

pytest_plugins = ["tests.stage.browsers.live", "tests.stage.browsers.chromium", "tests.stage.browsers.terminals"]


def pytest_configure() -> None:
    """Prepare this process for many stories."""
    keep_compiled()
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)  # what it costs: test_passwords
    passwords._NOBODY = passwords.hash_password("the password of nobody")
    providers._get_local_constants = lambda: providers._local_constants  # what is tried follows from the story alone
    gc.set_threshold(100_000)  # a parsed page is thousands of objects, which would be looked through again and again


def pytest_collection_finish() -> None:
    """What is there now, lives as long as the process."""
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_in_clear() -> Iterator[None]:
    """AR6: whatever is tested, no identity number is said by the portal, nor written into its log."""
    root = logging.getLogger()
    root.addHandler(EMITTED)
    yield
    root.removeHandler(EMITTED)
    EMITTED.check()


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A command that a story runs sends the log to where it then writes, which is closed when the story ends."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    """The event loop that the portal lives on."""
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this run's own, reached through a socket in a private folder."""
    with postgres() as server:
        yield server


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A filled database on each of the two kinds of server."""
    if request.param == "sqlite":
        yield SqliteStore()
    else:
        scattered = request.config.getoption("--scattered")
        server = PostgresStore(request.getfixturevalue("postgres_server"), scattered=scattered)
        yield server
        server.close()


@pytest.fixture(scope="session")
def built(store: Store, loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The portal, built once for each database."""
    house = House(store, loop, tmp_path_factory.mktemp("var"))
    yield house
    house.close()


@pytest.fixture
def quiet_house(built: House) -> Iterator[House]:
    """The portal at the beginning of a story that is the same in both modes."""
    built.refill()
    built.mode = "plain"
    yield built
    built.check_what_was_emitted()


@pytest.fixture(params=["plain", "htmx"])
def house(built: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """The portal at the beginning of a story, in each of the two modes."""
    mode: Mode = request.param
    built.refill()
    built.mode = mode
    yield built
    built.check_what_was_emitted()


@pytest.fixture(
    params=[("sqlite", "htmx"), pytest.param(("postgresql", "plain"), marks=pytest.mark.postgres)],
    ids="-".join,
)
def opened(request: pytest.FixtureRequest, loop: Loop, tmp_path: Path) -> Iterator[Opening]:
    """A portal on the day it opens: migrated, and empty."""
    kind, mode = request.param
    with opening(kind, loop, tmp_path, mode, request) as house:
        yield house


@pytest.fixture
def tester(house: House) -> Page:
    """All rights at a customer of one unit."""
    return house.sign_in("Tester")


@pytest.fixture
def hms(house: House) -> Page:
    """A whole customer with several units; no invoices."""
    return house.sign_in("hms.fjord")


@pytest.fixture
def leder(house: House) -> Page:
    """One unit of a large customer."""
    return house.sign_in("leder.brann")


@pytest.fixture
def okonomi(house: House) -> Page:
    """Invoices, and nothing else."""
    return house.sign_in("okonomi.fjord")


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder for files that the portal writes."""
    return tmp_path
