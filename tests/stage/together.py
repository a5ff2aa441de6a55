"""Several who do something at the same moment, each in a thread, however long the machine takes for it.

Processes of their own that want the same are in `portals.racer`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")
Meet = Callable[[], object]
"""Called by each when all is prepared; comes back when all have called it."""


def together(works: Sequence[Callable[[Meet], T]]) -> list[T]:
    """What each has done; who fails before they meet lets nobody wait, and fails the story."""
    gate = Barrier(len(works))

    def done(work: Callable[[Meet], T]) -> T:
        try:
            return work(gate.wait)
        except BaseException:
            gate.abort()
            raise

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result() for each in [threads.submit(done, work) for work in works]]
