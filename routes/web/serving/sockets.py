"""The sockets that the portal listens at, opened once for all of its processes.

Who serves on them is in `routes.web.serving.server`.
"""

import socket
from contextlib import ExitStack

_BACKLOG = 2048
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


def _bind(made: socket.socket, address: tuple[object, ...]) -> None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else small answers wait for 40 ms
    made.bind(address)
    made.listen(_BACKLOG)
