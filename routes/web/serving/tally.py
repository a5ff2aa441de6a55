"""What the processes count, in memory that all of them share: made before they are begun, and gone with the last.

Each writes into a part of its own, so none waits for another and nothing is lost; who takes the place of one that died
counts on where that one was. How it is told is in `routes.metrics`.
"""

import mmap
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

STATUSES = (200, 204, 303, 304, 400, 401, 403, 404, 405, 409, 410, 413, 414, 429, 431, 500, 503)
OTHER = "other"
"""What any other status, and any other method, is called."""
LIMITS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds; each line counts how many requests were answered within how many of them."""
UNKNOWN = (OTHER, "(unknown)")
"""What no route answers."""

_ALIVE = 5.0
"""Seconds: a process that has not said anything for so long does not answer either."""
_WIDTH = len(STATUSES) + 1 + len(LIMITS) + 1 + 1
"""Of a route: how often each status was answered, how often within each limit, and seconds in all."""
_DOUBLE = 8

Route = tuple[str, str]
"""A method and a pattern, never an address."""


class Gauge(IntEnum):
    """What each process says of itself every second."""

    BEAT = 0
    """When it did so, by the clock of the machine."""
    UNDER_WAY = 1
    CONNECTIONS = 2
    DATABASE_OPEN = 3
    DATABASE_IN_USE = 4


@dataclass(frozen=True, slots=True)
class Answers:
    """How the requests of one route were answered, by all processes."""

    route: Route
    by_status: dict[str, int]
    within: tuple[int, ...]
    """How many within each of LIMITS and no shorter one, and how many later."""
    seconds: float


class Tally:
    """The counts of so many places, each of which one process has at a time."""

    def __init__(self, routes: Sequence[Route], places: int) -> None:
        self._rows = {route: row for row, route in enumerate(dict.fromkeys((*routes, UNKNOWN)))}
        self._size = len(Gauge) + len(self._rows) * _WIDTH
        self._places = [index * self._size for index in range(places)]
        self._memory = memoryview(mmap.mmap(-1, places * self._size * _DOUBLE)).cast("d")
        self._mine = 0

    def take(self, place: int) -> None:
        """Be the process at this place: its counts go on, what it says of itself begins anew."""
        self._mine = self._places[place]
        for gauge in Gauge:
            self._memory[self._mine + gauge] = 0.0

    def answered(self, route: Route, status: int, seconds: float) -> None:
        """Count a request."""
        row = self._mine + len(Gauge) + self._rows.get(route, self._rows[UNKNOWN]) * _WIDTH
        kind = STATUSES.index(status) if status in STATUSES else len(STATUSES)
        self._memory[row + kind] += 1
        self._memory[row + len(STATUSES) + 1 + bisect_left(LIMITS, seconds)] += 1
        self._memory[row + _WIDTH - 1] += seconds

    def add(self, gauge: Gauge, change: int) -> None:
        """One more, or one fewer."""
        self._memory[self._mine + gauge] += change

    def say(self, **now: int) -> None:
        """How this process is, by the names of gauges."""
        for name, value in now.items():
            self._memory[self._mine + Gauge[name.upper()]] = value
        self._memory[self._mine + Gauge.BEAT] = time.monotonic()

    def alive(self) -> list[int]:
        """Where the processes stand that answer."""
        since = time.monotonic() - _ALIVE
        return [place for place in self._places if self._memory[place + Gauge.BEAT] > since]

    def now(self, gauge: Gauge) -> int:
        """What those that answer say together."""
        return round(sum(self._memory[place + gauge] for place in self.alive()))

    def answers(self) -> Iterator[Answers]:
        """Each route that was ever asked for."""
        names = [*map(str, STATUSES), OTHER]
        for route, row in self._rows.items():
            starts = [place + len(Gauge) + row * _WIDTH for place in self._places]
            summed = [sum(self._memory[start + index] for start in starts) for index in range(_WIDTH)]
            by_status = {name: round(count) for name, count in zip(names, summed, strict=False) if count}
            if by_status:
                within = tuple(round(count) for count in summed[len(names) : -1])
                yield Answers(route, by_status, within, summed[-1])
