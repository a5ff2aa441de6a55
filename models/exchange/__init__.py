"""The ways to other systems, and what they share: how sending fails, and files where there is no receiver.

The postman is `models.exchange.deliver`; nothing else sends.
"""

import errno
import os
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from models.core.clock import OSLO
from models.core.private import make_folder
from models.outbox.message import Message

_UNFINISHED = ".unfinished-"
_LONG_AGO = 600.0
"""Seconds after which nobody is writing a file any more."""


class Undeliverable(Exception):
    """The receiver will never take this message. The text says why, without personal data."""


class Deferred(Exception):
    """The receiver takes this message not now, but may later. The text says why, without personal data."""


class Stumbled(Deferred):
    """The receiver broke down over this message: the fault may be that of either, and is held against both."""


class Unreachable(Deferred):
    """The receiver takes no message at all now, whichever it is; `wait` is for how long, where it says so."""

    def __init__(self, why: str, wait: timedelta | None = None) -> None:
        super().__init__(why)
        self.wait = wait


def clear_unfinished(folder: Path) -> None:
    """Remove what a process that was killed has left unfinished in a folder."""
    for file in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):  # another one was quicker
            if time.time() - file.stat().st_mtime > _LONG_AGO:
                file.unlink()


def keep(message: Message, folder: Path, suffix: str, content: bytes) -> None:
    """Write a message to a file, wholly or not at all; the same message overwrites itself.

    Only the portal's own user can read it. Raises Unreachable where the disk is full or the like.
    """
    at = message.created_at.astimezone(OSLO)
    file = folder / f"{at:%Y-%m-%d-%H%M%S}-{message.kind}-{message.public_id}{suffix}"
    unfinished: str | None = None
    try:
        make_folder(folder)
        descriptor, unfinished = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(descriptor)
        Path(unfinished).replace(file)
    except OSError as error:
        if unfinished:
            with suppress(OSError):
                Path(unfinished).unlink()
        raise Unreachable(f"file {errno.errorcode.get(error.errno or 0, 'error')}") from error
