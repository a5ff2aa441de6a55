"""By when something must be answered, and what becomes of work that nobody waits for any longer.

How long that is, is a setting; what is answered then, is said in `routes.web.entrance`.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from sqlalchemy.util.concurrency import await_, greenlet_spawn

T = TypeVar("T")


class OutOfTime(Exception):
    """What was asked could not be answered by then."""


class Deadline:
    """The time that one piece of work has, and whether what it wrote may be stored although it was not answered."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._deciding = 0
        self._decided = False

    @property
    def left(self) -> float:
        """Seconds until then."""
        return self._until - time.monotonic()

    @property
    def may_cut_off(self) -> bool:
        """Whether the work can be ended where it is, so that nothing more of it is stored."""
        return not self._deciding

    @property
    def is_uncertain(self) -> bool:
        """Whether some of what was asked is stored, or may be any moment."""
        return self._decided or self._deciding > 0

    @contextmanager
    def deciding(self, *, all_of_it: bool) -> Iterator[None]:
        """From here to its end nothing can be taken back; `all_of_it` where it is what was asked, not a note beside."""
        self._deciding += 1
        try:
            yield
            self._decided = self._decided or all_of_it
        finally:
            self._deciding -= 1


_OF_NOW: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_LEFT_ALONE: set[asyncio.Task[object]] = set()
"""Work that nobody waits for, until it has come to its end."""


@contextmanager
def deciding(*, all_of_it: bool = False) -> Iterator[None]:
    """Whatever the time is, let this come to its end: a commit is stored, or not, whoever waits for it."""
    deadline = _OF_NOW.get()
    if deadline is None:
        yield
    else:
        with deadline.deciding(all_of_it=all_of_it):
            yield


def is_out_of_time() -> bool:
    """Whether whoever is at work here need not go on; for what cannot be interrupted from outside."""
    deadline = _OF_NOW.get()
    return deadline is not None and deadline.left < 0 and deadline.may_cut_off


def is_uncertain() -> bool:
    """Whether something of what is asked here is stored already."""
    deadline = _OF_NOW.get()
    return deadline is not None and deadline.is_uncertain


async def within(deadline: Deadline, work: Callable[..., T], *args: object) -> T:
    """Run plain code on the event loop as `database.run` does, until the deadline; then raises OutOfTime.

    Where it waits by then, it ends there and takes back what it wrote. In the midst of a commit it is left alone: to
    interrupt PostgreSQL there would show to others what another server does not have yet.
    """
    if deadline.left <= 0:
        raise OutOfTime
    task = asyncio.create_task(_run(deadline, work, *args))
    try:
        while not task.done() and deadline.left > 0:
            await asyncio.wait({task}, timeout=deadline.left)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if task.done():
        return task.result()
    _LEFT_ALONE.add(task)
    task.add_done_callback(_forget)
    if deadline.may_cut_off:
        task.cancel()
    raise OutOfTime


def in_time(seconds: float, work: Callable[[], T]) -> T:
    """The same for a part of what is under way, inside `run`; the part has what it needs for itself alone."""
    return await_(within(Deadline(seconds), work))


async def _run(deadline: Deadline, work: Callable[..., T], *args: object) -> T:
    _OF_NOW.set(deadline)
    return await greenlet_spawn(work, *args)


def _forget(task: asyncio.Task[object]) -> None:
    _LEFT_ALONE.discard(task)
    if not task.cancelled():
        task.exception()  # whoever was at work has logged it
