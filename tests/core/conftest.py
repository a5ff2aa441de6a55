"""What the tests of the foundation begin with."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from models.core.database import Database
from tests.stage.shared import worker


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, var: Path) -> Iterator[Database]:
    """An empty database without tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{var}/portal.db")
    else:
        server = request.getfixturevalue("postgres_server")
        name = f"migrated_{worker()}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            admin.execute(f"CREATE DATABASE {name}".encode())
        database = Database(make_url(server).set(database=name).render_as_string(hide_password=False))
    yield database
    database.close()
