"""Those who work behind the ones who serve, each in a thread: they are woken, and stopped, together.

What they do is theirs: `clerk`, and the postman in `models.exchange`.
"""

import threading
from collections.abc import Sequence
from typing import Protocol


class Hand(Protocol):
    """Who works in a thread of its own."""

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Work until `stop`; `wake` saves waiting for the next look."""


class Backstage:
    """All of them, and how to reach them."""

    def __init__(self, hands: Sequence[Hand]) -> None:
        self._hands = [(hand, threading.Event()) for hand in hands]
        self._stop = threading.Event()

    def run(self) -> None:
        """Let them work until `stop`."""
        threads = [threading.Thread(target=hand.run, args=(self._stop, wake)) for hand, wake in self._hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def wake(self) -> None:
        """There is something to do."""
        for _, wake in self._hands:
            wake.set()

    def stop(self) -> None:
        """Let each finish what is in hand, and then end."""
        self._stop.set()
        self.wake()
