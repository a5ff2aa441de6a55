"""Where a SQLite database lies: its folder and its file, which nobody but the portal's own user can read.

How it is asked is in `models.core.database`.
"""

from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

from models.core.private import make_file, make_folder
from models.core.settings import SettingsRefused


def make_place(url: URL) -> None:
    """Make folder and file where they are not there; raises SettingsRefused."""
    if url.database and url.database != ":memory:":
        try:
            make_folder(Path(url.database).parent)
        except OSError as error:
            raise SettingsRefused(f"The folder of DATABASE_URL cannot be made: {error.strerror}.") from error
        with suppress(OSError):  # the first statement says what is wrong with it
            make_file(Path(url.database))
