"""The history of the tables (Alembic), and how a database is brought to the newest version."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import IntegrityError

from models.core.database import patient

FIRST_TO_SERVE = "0017"
"""What was before has never served anybody."""

_PATIENCE = 600.0
"""Seconds that a migration waits for another one."""
_TURN = 0x706F7274616C
"""The number of PostgreSQL's advisory lock that migrations take: "portal" in ASCII."""
_BY_HAND = ("employee_search", "ix_employees_search_tokens", "order_search", "ix_order_words_pieces")
"""What a migration makes in a database's own words, and its parts: no table of the models."""


def is_of_the_models(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether Alembic compares a thing of the database with the models (its `include_name`)."""
    return not (name or "").startswith(_BY_HAND)


def newest() -> str:
    """The revision that this release works with."""
    return _steps()[-1].revision


def is_known(revision: str) -> bool:
    """Whether this release knows how to go on from a revision."""
    return revision in {step.revision for step in _steps()}


def revision_of(connection: Connection) -> str:
    """The revision of the tables that are there; nothing where there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@cache
def _steps() -> list[Script]:
    """Every step, oldest first."""
    return list(ScriptDirectory(str(Path(__file__).parent)).walk_revisions())[::-1]


def migrate(engine: Engine, revision: str = "head") -> list[str]:
    """Bring the database up, or down, to a revision; gives the steps up that were taken, by name.

    Whoever else migrates it meanwhile waits. SQLite changes a table by copying it, and must not look after foreign keys
    while the old one is taken away; they are looked through at the end, in the same transaction. Raises IntegrityError
    where one leads nowhere.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with patient(engine, _PATIENCE).connect() as connection, _foreign_keys_at_the_end(connection), connection.begin():
        _in_turn(connection)
        before = revision_of(connection)
        config.attributes["connection"] = connection
        if revision == "head" or (not revision.startswith("-") and revision != "base"):
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
        now = revision_of(connection)
        _note_whom_it_serves(connection, now)
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise IntegrityError("PRAGMA foreign_key_check", None, Exception(f"{len(broken)} rows lead nowhere"))
    return [Path(step.path).stem for step in _steps() if before < step.revision <= now]


def _in_turn(connection: Connection) -> None:
    """On SQLite the transaction has the write lock from its beginning."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
        # Who waits for a table has everybody wait behind who wants to read it; better try again later.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")


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


# Whom the tables serve


def wrong_with(connection: Connection) -> str:
    """Why this release cannot serve with the tables, in one sentence for operators; nothing where it can.

    Tables that a newer one has made are good as long as they say so: it is brought in while this one serves.
    """
    found = revision_of(connection)
    if not found:
        return "The database has no tables yet; this makes them: python app.py migrate"
    if found == newest() or (not is_known(found) and _serves(connection, found)):
        return ""
    if is_known(found):
        return f"The tables are at version {found}, and this portal needs {newest()}: run python app.py migrate"
    return f"The tables are at version {found}, which this portal ({newest()}) does not know: start a newer one"


def _serves(connection: Connection, found: str) -> bool:
    """Whether tables that this release does not know are said to be good for it."""
    row = connection.exec_driver_sql("SELECT * FROM alembic_version").mappings().one()
    revision, _, oldest = (row.get("serves") or "").partition(":")
    return bool(revision == found and oldest <= newest())


def _note_whom_it_serves(connection: Connection, now: str) -> None:
    """Beside the revision, in Alembic's own table: which is the oldest release that the tables are good for.

    A step that takes away what an older release stands on says `contracts = True`.
    """
    if not now:
        return
    if "serves" not in {column["name"] for column in inspect(connection).get_columns("alembic_version")}:
        connection.exec_driver_sql("ALTER TABLE alembic_version ADD COLUMN serves VARCHAR(65)")
    contracting = [step.revision for step in _steps() if getattr(step.module, "contracts", False)]
    oldest = max([FIRST_TO_SERVE, *(revision for revision in contracting if revision <= now)])
    connection.exec_driver_sql(f"UPDATE alembic_version SET serves = '{now}:{oldest}'")  # our own names
