"""The history of the tables (Alembic), and how a database is brought to the newest version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

_BY_HAND = ("employee_search", "ix_employees_search_tokens")
"""What a migration makes in a database's own words, and its parts: no table of the models."""


def is_of_the_models(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether Alembic compares a thing of the database with the models (its `include_name`)."""
    return not (name or "").startswith(_BY_HAND)


def newest() -> str:
    """The revision that this release works with."""
    return str(_history().get_current_head())


def is_known(revision: str) -> bool:
    """Whether this release knows how to go on from a revision."""
    return revision in {script.revision for script in _history().walk_revisions()}


def revision_of(connection: Connection) -> str:
    """The revision of the tables that are there; nothing where there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _history() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database up, or down, to a revision; nothing is done where it is there already.

    SQLite changes a table by copying it, and must not look after foreign keys while the old one is taken away; they
    are looked through at the end, in the same transaction. Raises IntegrityError where one leads nowhere.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect() as connection, _foreign_keys_at_the_end(connection), connection.begin():
        config.attributes["connection"] = connection
        if revision == "head" or (not revision.startswith("-") and revision != "base"):
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise IntegrityError("PRAGMA foreign_key_check", None, Exception(f"{len(broken)} rows lead nowhere"))


@contextmanager
def _foreign_keys_at_the_end(connection: Connection) -> Iterator[None]:
    """Only outside a transaction can SQLite be told so, hence on the driver's own connection."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")
