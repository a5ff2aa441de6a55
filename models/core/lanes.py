"""Threads for slow work, in lanes, so that what keeps one lane busy keeps nobody in another waiting; and turns.

How code on the event loop gets into a lane is in `models.core.database`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from enum import Enum, auto
from typing import TypeVar

T = TypeVar("T")


class Lane(Enum):
    """What a thread is for; each kind has threads of its own."""

    PASSWORDS = auto()
    """Argon2: nobody waits for a sign-in behind anything else."""
    LISTS = auto()
    """Files and lists that users sent, which may be made to be slow."""
    ISSUERS = auto()
    """Asking other systems who somebody is who signs in there."""
    OTHER = auto()
    """PDFs, and long pieces of writing."""


_THREADS: dict[Lane, Executor] = {
    Lane.PASSWORDS: ThreadPoolExecutor(4, "passwords"),
    Lane.LISTS: ThreadPoolExecutor(2, "lists"),
    Lane.ISSUERS: ThreadPoolExecutor(8, "issuers"),
    Lane.OTHER: ThreadPoolExecutor(4, "other"),
}


async def in_lane(lane: Lane, work: Callable[..., T], *args: object) -> T:
    """Do slow work in a thread of a lane."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS[lane], copy_context().run, work, *args)


class Full(Exception):
    """All turns are taken: the asker's own, or everybody's."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("all turns are taken")
        self.own = own


class Turns:
    """How many may be at something at once, in all and of each; for code on one event loop."""

    def __init__(self, in_all: int, of_each: int) -> None:
        self._in_all, self._of_each = in_all, of_each
        self._taken: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, whose: Hashable) -> Iterator[None]:
        """Take a turn; raises Full."""
        if self._taken[whose] >= self._of_each:
            raise Full(own=True)
        if self._taken.total() >= self._in_all:
            raise Full(own=False)
        self._taken[whose] += 1
        try:
            yield
        finally:
            self._taken[whose] -= 1
            self._taken += Counter()  # forgets those who have none
