"""Several processes that serve at the same sockets: one that ends is replaced, and all of them stop together.

They are forks of this one, which has loaded the whole portal before: however long that takes, nobody is killed for it,
and none of them has to do it again.
"""

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

log = logging.getLogger("portal.processes")

FAILURES = 5
"""So many in a row that end before they serve, while nobody else does, are enough."""
_LOOK = 0.1
"""Seconds between two looks at the processes."""
_SHORT = 10.0
"""Seconds: one that ends sooner is replaced after a pause,"""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""which doubles each time."""

Serve = Callable[[Callable[[], None], int, int], bool]
"""What each process does: it gets what it calls once it serves, a descriptor that ends when this process does, and its
place, from 0, which no other has while it lives."""


class ProcessesDie(Exception):
    """The processes end again and again before they serve."""


@dataclass
class _Process:
    """One that was begun."""

    pid: int
    began: float
    said: int
    """A descriptor at which it says that it serves."""
    place: int
    serves: bool = False

    def look(self) -> None:
        """Hear whether it serves by now."""
        if not self.serves:
            with suppress(BlockingIOError):
                self.serves = os.read(self.said, 1) != b""

    def has_ended(self, *, waiting: bool = False) -> bool:
        """Whether it is there no more; its last word is logged."""
        pid, status = os.waitpid(self.pid, 0 if waiting else os.WNOHANG)
        if pid == 0:
            return False
        self.look()
        os.close(self.said)
        log.info("process ended", extra={"pid": self.pid, "status": os.waitstatus_to_exitcode(status)})
        return True


class Processes:
    """As many as there should be."""

    def __init__(self, count: int, serve: Serve, *, on_stop: Callable[[], None], patience: float) -> None:
        self._count, self._serve, self._on_stop, self._patience = count, serve, on_stop, patience
        self._running: list[_Process] = []
        self._failed = 0
        self._short = 0
        self._begin_at = 0.0
        self._signals: list[int] = []
        self._told = threading.Event()

    def run(self) -> None:
        """Look after them until SIGTERM or SIGINT; raises ProcessesDie, and KeyboardInterrupt after SIGINT."""
        gc.collect()
        gc.freeze()  # what is there by now stays in pages that all of them share
        parent, ours = os.pipe()
        with self._signals_kept():
            try:
                while not self._told.wait(_LOOK):
                    self._look_after(parent, ours)
            finally:
                self._stop_all()
                os.close(parent)
                os.close(ours)
        if signal.SIGINT in self._signals:
            raise KeyboardInterrupt

    @contextmanager
    def _signals_kept(self) -> Iterator[None]:
        def keep(number: int, _frame: object) -> None:
            self._signals.append(number)
            self._told.set()

        before = {number: signal.signal(number, keep) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _look_after(self, parent: int, ours: int) -> None:
        for process in self._running:
            process.look()
        if any(process.serves for process in self._running):
            self._failed = 0
        ended = [process for process in self._running if process.has_ended()]
        self._running = [process for process in self._running if process not in ended]
        for process in ended:
            self._note_end(process)
        if self._failed >= FAILURES and not any(process.serves for process in self._running):
            raise ProcessesDie
        while len(self._running) < self._count and time.monotonic() >= self._begin_at:
            self._running.append(self._begin(parent, ours))

    def _note_end(self, process: _Process) -> None:
        """Decide when the next one may begin: soon after one that served long, and ever later where they do not."""
        self._failed = 0 if process.serves else self._failed + 1
        if process.serves and time.monotonic() - process.began >= _SHORT:
            self._short = 0
            return
        self._begin_at = time.monotonic() + min(_FIRST_PAUSE * 2**self._short, _LONGEST_PAUSE)
        self._short += 1

    def _begin(self, parent: int, ours: int) -> _Process:
        hears, says = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        place = min(set(range(self._count)) - {process.place for process in self._running})
        pid = os.fork()
        if pid == 0:
            os.close(hears)
            os.close(ours)  # so that the end of the first process is the end of the pipe
            self._be_one(says, parent, place)
        os.close(says)
        os.set_blocking(hears, False)
        log.info("process begun", extra={"pid": pid})
        return _Process(pid, time.monotonic(), hears, place)

    def _be_one(self, says: int, parent: int, place: int) -> None:
        """What a new process does; it never comes back from here."""
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)

            def say_so() -> None:
                os.write(says, b"1")

            status = 0 if self._serve(say_so, parent, place) else 1
        except KeyboardInterrupt:
            status = 130
        except BaseException:  # whatever it is, it ends this process, and the first one counts it
            log.exception("process failed")
        finally:
            os._exit(status)

    def _stop_all(self) -> None:
        """Tell all to stop; whoever takes longer than the patience, or when told again, is killed."""
        self._on_stop()
        for process in self._running:
            os.kill(process.pid, signal.SIGTERM)
        until, told = time.monotonic() + self._patience, len(self._signals)
        while self._running and time.monotonic() < until and len(self._signals) == told:
            self._running = [process for process in self._running if not process.has_ended()]
            time.sleep(_LOOK)
        for process in self._running:
            os.kill(process.pid, signal.SIGKILL)
            process.has_ended(waiting=True)
