"""One deadline for a whole delivery, by the clock on the wall: looking up a name, connecting, and each byte of talk.

What is delivered and how it fails is said by those who send, `mail` and `crm.sender`.
"""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from models.exchange import Unreachable

DEADLINE = 30.0
"""Seconds; well below the lease of a message."""
_LAST_WORD = 1.0
"""Seconds for what was cut off to say how far it came."""

T = TypeVar("T")


class TooLate(OSError):
    """The time was up before anything was handed over."""


class Wire:
    """What a delivery talks over, so that it can be cut off from outside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: list[Any] = []
        self._is_cut = False

    def hold(self, connection: Any) -> None:
        """Remember a connection, whose socket is its `sock`; raises TooLate where the time is up already."""
        with self._lock:
            self._connections.append(connection)
            if self._is_cut:
                raise TooLate

    def cut(self) -> None:
        """End all talk: whoever waits for an answer gets none."""
        with self._lock:
            self._is_cut = True
            for connection in self._connections:
                sock = getattr(connection, "sock", None)
                if sock is not None:
                    with suppress(OSError):
                        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, which another thread may be in


def within(work: Callable[[Wire], T], seconds: float | None = None) -> T:
    """Do it in time, in a thread of its own; raises what it raises.

    Where the time is up its talk is cut off, and it says how that ended. Where it cannot even say that, as while a name
    is being looked up, it is left alone and can hand nothing over any more: Unreachable.
    """
    wire, result = Wire(), Future[T]()

    def go() -> None:
        try:
            result.set_result(work(wire))
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised where it is waited for
            result.set_exception(error)

    threading.Thread(target=go, daemon=True, name="delivery").start()
    for wait in (DEADLINE if seconds is None else seconds, _LAST_WORD):
        try:
            return result.result(wait)
        except TimeoutError:
            if result.done():
                raise
            wire.cut()
    raise Unreachable("no answer in time")
