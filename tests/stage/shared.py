"""What the processes of one run share: a folder, in memory where the machine offers that, and turns at using it.

What is kept there is said where it is made: databases in `databases`, pages in `house_rules`.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

_NAMED = "PORTAL_TESTS_SHARED"
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 << 30  # noqa: S108  # a folder of one's own is made in there

_kept: list[TemporaryDirectory[str]] = []


@cache
def shared() -> Path:
    """The folder: made by whoever asks first, told to the processes that it starts, and gone when it ends."""
    if _NAMED not in os.environ:
        is_there = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
        folder = TemporaryDirectory(
            prefix="portal-tests-", dir=_MEMORY if is_there else None, ignore_cleanup_errors=True
        )
        _kept.append(folder)
        os.environ[_NAMED] = folder.name
    return Path(os.environ[_NAMED])


def own() -> Path:
    """A folder in there for this process alone."""
    folder = shared() / worker()
    folder.mkdir(exist_ok=True)
    return folder


def worker() -> str:
    """What this process is called among those of the run."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@contextmanager
def in_turn(what: str) -> Iterator[None]:
    """Let the processes of the run do something one after the other."""
    with (shared() / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
