"""The sockets that the portal listens at, opened once for all of its processes.

Who serves on them is in `routes.web.serving.server`.
"""

import ctypes
import socket
import struct
import sys
from collections.abc import Iterable
from contextlib import ExitStack

BACKLOG = 2048
"""Connections that may wait to be accepted; the kernel may allow fewer."""


class CannotListen(Exception):
    """Nobody can listen there; the text is one sentence."""


def listen(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host; raises CannotListen."""
    opened: list[socket.socket] = []
    with ExitStack() as afterwards:
        try:
            for family, kind, protocol, _, address in socket.getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                opened.append(afterwards.enter_context(socket.socket(family, kind, protocol)))
                _bind(opened[-1], address)
        except OSError as error:
            raise CannotListen(f"Nobody can listen at {host}, port {port}: {error.strerror}.") from error
        afterwards.pop_all()
    return opened


def close(sockets: Iterable[socket.socket]) -> None:
    """Close them in this process."""
    for each in sockets:
        each.close()


def _bind(made: socket.socket, address: tuple[object, ...]) -> None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else small answers wait for 40 ms
    made.bind(address)
    made.listen(BACKLOG)


_SO_ATTACH_FILTER = 26
_NO_SYN = b"".join(
    struct.pack("HBBI", *step)
    for step in (
        (0x30, 0, 0, 13),  # load the byte of TCP's flags
        (0x54, 0, 0, 0x02),  # of it, SYN
        (0x15, 0, 1, 0),  # where it is not set, go on, else leave out one step
        (0x06, 0, 0, 0xFFFFFFFF),  # let the packet in
        (0x06, 0, 0, 0),  # drop it
    )
)
"""A program for Linux's packet filter."""


def take_no_more(listening: socket.socket) -> None:
    """Let no new connection begin at a socket, while those that have begun can still be accepted; on Linux.

    Whoever closes a listening socket resets those who wait in it. With this, nobody does: who knocks now is not heard,
    knocks again a second later, and then finds it closed. Raises OSError where the system does not know how.
    """
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(_NO_SYN, len(_NO_SYN))
    described = struct.pack("HP", len(_NO_SYN) // 8, ctypes.addressof(program))
    listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
