"""A cable between the portal and PostgreSQL, which a story cuts, or on which nothing comes through any more."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, make_url

_LOOPBACK = "127.0.0.1"


class Cable:
    """A port of the loopback that leads to the server of a database."""

    def __init__(self, url: str) -> None:
        self._behind = make_url(url)
        self._open: list[socket.socket] = []
        self._flows = threading.Event()
        self._flows.set()
        self._is_cut = False
        self._listener = socket.create_server((_LOOPBACK, 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """The database through the cable."""
        port = self._listener.getsockname()[1]
        through = URL.create(
            "postgresql+psycopg", self._behind.username, self._behind.password, _LOOPBACK, port, self._behind.database
        )
        return through.render_as_string(hide_password=False)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Meanwhile every connection is ended, and each new one at once."""
        self._is_cut = True
        self._end()
        yield
        self._is_cut = False

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile connections are taken, and nothing comes through."""
        self._flows.clear()
        yield
        self._flows.set()
        self._end()

    def close(self) -> None:
        """Take it away."""
        self._listener.close()
        self._flows.set()
        self._end()

    def _end(self) -> None:
        while self._open:
            with contextlib.suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:  # taken away
                return
            if self._is_cut:
                here.close()
            else:
                threading.Thread(target=self._carry, args=(here,), daemon=True).start()
            del here

    def _server(self) -> socket.socket:
        folder = self._behind.query.get("host")
        if isinstance(folder, str) and folder.startswith("/"):
            there = socket.socket(socket.AF_UNIX)
            there.connect(f"{folder}/.s.PGSQL.{self._behind.port or self._behind.query.get('port', 5432)}")
            return there
        return socket.create_connection((self._behind.host, self._behind.port or 5432))

    def _carry(self, here: socket.socket) -> None:
        """Carry what comes to the other end, until either has enough."""
        with here, self._server() as there, contextlib.suppress(OSError):
            self._open += [here, there]
            while True:
                ready, _, _ = select.select([here, there], [], [])
                for one in ready:
                    piece = one.recv(65536)
                    self._flows.wait()
                    if not piece:
                        return
                    (there if one is here else here).sendall(piece)
