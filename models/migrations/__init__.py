"""The history of the tables (Alembic), and how a database is brought to the newest version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError


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
