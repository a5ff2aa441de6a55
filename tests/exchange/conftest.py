"""What the stories of the exchange share: an outbox, the postman who empties it, and those who are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.core.database import Database
from tests.stage.connections.server import Loop
from tests.stage.outside.servers import Crm, MailServer
from tests.stage.portals.outgoing import SECRETS, Portal
from tests.stage.stores.empty import empty_postgres, empty_sqlite


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty outbox."""
    with empty_sqlite(tmp_path) as database:
        yield database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty outbox on each of the two kinds of server."""
    if request.param == "sqlite":
        with empty_sqlite(tmp_path) as database:
            yield database
    else:
        with empty_postgres(request.getfixturevalue("postgres_server")) as database:
            yield database


@pytest.fixture
def server(loop: Loop) -> Iterator[MailServer]:
    """A mail server that is there."""
    server = MailServer(loop)
    yield server
    server.close()


@pytest.fixture
def portal(database: Database, server: MailServer, tmp_path: Path) -> Portal:
    """A portal with a mail server and without a CRM."""
    return Portal(database, tmp_path, smtp_url=f"smtp://127.0.0.1:{server.port}")


@pytest.fixture
def lonely(database: Database, tmp_path: Path) -> Portal:
    """A portal with neither."""
    return Portal(database, tmp_path)


@pytest.fixture
def crm(database: Database, tmp_path: Path) -> Iterator[tuple[Portal, Crm]]:
    """A portal with a CRM that is there."""
    crm = Crm()
    with crm.there() as url:
        yield Portal(database, tmp_path, crm_url=url, crm_secrets=SECRETS), crm
