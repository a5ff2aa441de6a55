"""The installation that a command works on: its settings, clock and database, each opened when it is first asked for.

What the commands do with it, and what they say, is in `commands`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property

from sqlalchemy.exc import DataError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from models.core.clock import Clock
from models.core.database import NO_ANSWER, Database
from models.core.private import close_folder
from models.core.scope import across_customers
from models.core.settings import Settings
from models.marks.mark import Marked, set_mark
from models.migrations import wrong_with

PATIENCE = 60.0
"""Seconds that a command, or the postman, waits for SQLite's write lock: nobody sits before it and waits."""

_MAY_NOT = "42501"
"""SQLSTATE: the role may not do that, as `portal_app` may not migrate."""


class Refused(Exception):
    """A command was refused, or has found something wrong; the text, where there is one, is its last sentence."""

    status = 1
    """What the program ends with."""


class WrongWords(Refused):
    """What was written after the command leads nowhere, so that nothing was done."""

    status = 2


class WrongTables(Refused):
    """The database has no tables, or those of another version; `migrate` is the way out, or another release."""

    status = 4


class Installation:
    """Everything that a command may need; what it does not ask for need not be there."""

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises SettingsRefused."""
        settings = Settings.from_environment()
        close_folder(settings.var)
        return settings

    @cached_property
    def database(self) -> Database:
        """The database; raises SettingsRefused."""
        return Database(self.settings.database_url, patience=PATIENCE, connections=self.settings.connections)

    @property
    def now(self) -> datetime:
        """The moment."""
        return Clock(self.settings.today).now()

    def check_tables(self) -> None:
        """Refuse to begin with the wrong tables; a database that does not answer yet may come."""
        wrong = self.database.ask(wrong_with)
        if wrong and wrong != NO_ANSWER:
            raise WrongTables(wrong)

    def mark(self, what: Marked, at: datetime | None = None) -> None:
        """Note that something was done, now or at another moment, for `check`."""
        with self.session() as db:
            set_mark(db, what, at or self.now)

    def close(self) -> None:
        """Give the connections to the database back, if it was asked for."""
        if "database" in vars(self):
            self.database.close()

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        """A session across customers; what it has changed is kept where nothing is raised.

        Whoever reads a command's lines may take their time, and on SQLite nobody else can write meanwhile: inside a
        session that is not `read_only` no line is said.
        """
        with self.database.session(read_only=read_only) as db, across_customers(db):
            yield db
            if not read_only:
                db.commit()


@contextmanager
def open_installation() -> Iterator[Installation]:
    """An installation until its command is done; where its database cannot be used, Refused says why."""
    installation = Installation()
    try:
        yield installation
    except (OperationalError, ProgrammingError, DataError) as error:
        why = str(error.orig).strip().partition("\n")[0]
        how = "Is it there, and was `migrate` run?"
        if getattr(error.orig, "sqlstate", None) == _MAY_NOT:
            how = "DATABASE_URL must name the owner of the tables."
        raise Refused(f"The database cannot be used: {why}. {how}") from error
    finally:
        installation.close()
