"""Files that hold what people were told: letters without a mail server, and events of before; they go when that goes.

How they are written is in `models.exchange`.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from models.outbox.claims import still_holding

_MESSAGE = re.compile(r"-([0-9a-f]{32})\.[a-z]+$")
_AT_ONCE = 500


def forget(db: Session, var: Path) -> int:
    """Delete the files of messages that hold nothing any more, and all events; returns how many. Across customers."""
    letters = {found[1]: file for file in _in(var / "mail") if (found := _MESSAGE.search(file.name))}
    kept: set[str] = set()
    ids = iter(letters)
    while some := list(islice(ids, _AT_ONCE)):
        kept |= still_holding(db, some)
    gone = [file for id, file in letters.items() if id not in kept] + list(_in(var / "crm"))
    for file in gone:
        with suppress(FileNotFoundError):  # another purge was first
            file.unlink()
    return len(gone)


def _in(folder: Path) -> Iterator[Path]:
    return (file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else iter(())
