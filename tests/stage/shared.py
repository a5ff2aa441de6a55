"""What the processes of one run share: a folder, in memory where the machine offers that, and turns at using it.

What is kept there is said where it is made: databases in `stores`, pages in `house_rules.pages`.
"""

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO

_NAMED = "PORTAL_TESTS_SHARED"
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 << 30  # noqa: S108  # a folder of one's own is made in there
_PREFIX, _ALIVE = f"portal-tests-{os.getuid()}-", "alive"
_DATABASES = "postgres"

_kept: list[TemporaryDirectory[str] | IO[str]] = []


@cache
def shared() -> Path:
    """The folder: made by whoever asks first, told to the processes that it starts, and gone when it ends."""
    if _NAMED not in os.environ:
        is_there = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
        above = _MEMORY if is_there else Path(gettempdir())
        with (above / f"{_PREFIX}turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            _clear_away(above)
            folder = TemporaryDirectory(prefix=_PREFIX, dir=above, ignore_cleanup_errors=True)
            alive = (Path(folder.name) / _ALIVE).open("w")
            fcntl.flock(alive, fcntl.LOCK_EX)
        _kept.extend((alive, folder))
        os.environ[_NAMED] = folder.name
    return Path(os.environ[_NAMED])


def _clear_away(above: Path) -> None:
    """Stop and delete what runs have left behind that were killed: nobody holds the lock of their folder any more."""
    for folder in above.glob(f"{_PREFIX}*/"):
        with suppress(OSError), (folder / _ALIVE).open("r+") as alive:  # it is being deleted, or somebody holds it
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _stop_databases(folder / _DATABASES)
            shutil.rmtree(folder, ignore_errors=True)


def _stop_databases(folder: Path) -> None:
    said = folder / "postmaster.pid"
    if not said.exists():
        return
    number, where, *_ = said.read_text(encoding="utf-8").splitlines()
    if Path(where) == folder:
        with suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGQUIT)
            for _ in range(500):
                os.kill(int(number), 0)
                time.sleep(0.01)


def databases() -> Path:
    """The folder of the run's PostgreSQL server."""
    return shared() / _DATABASES


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


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A file in there, made by the process that needs it first.

    That is done under another name, so that a file half made is never taken for a whole one.
    """
    file, making = shared() / name, shared() / f"making-{name}"
    with in_turn(name):
        if not file.exists():
            making.unlink(missing_ok=True)
            make(making)
            making.rename(file)
    return file
