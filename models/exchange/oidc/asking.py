"""One question to an issuer, and its answer: a small text, in time, over TLS, and from nowhere but where it was asked.

What is asked, and what is believed of the answer, is in `discovery` and `sign_on`.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlencode, urlsplit

from models.core.settings.unsafe import is_loopback
from models.exchange import Unreachable
from models.exchange.deadline import Wire, within
from models.exchange.oidc import Distrusted, NoAnswer

DEADLINE = 10.0
"""Seconds for the whole of a question, while somebody waits for the page."""
LARGEST = 256 * 1024
"""Bytes of an answer; the keys of the largest issuers are a tenth of that."""
_STEP = 5.0
"""Seconds for each step of it."""
_LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class _Line:
    """What is cut off when the time is up: `http.client` lets go of its own where the server says that it closes."""

    sock: socket.socket


@dataclass(frozen=True, slots=True)
class Asker:
    """What asks; `nearby` says whether it may ask this computer, and its networks.

    An issuer names the addresses at which it is asked, and is another's: on a portal for others it must not lead the
    portal to what only the portal can reach.
    """

    nearby: bool = False

    def check(self, address: str) -> SplitResult:
        """An address that may be asked, or that a browser may be sent to; raises Distrusted."""
        try:
            parts = urlsplit(address)
            parts.port  # noqa: B018  # raises where it is none
        except ValueError:
            raise Distrusted("an address is none") from None
        is_clean = address.isascii() and address.isprintable() and not {*address} & {*" \\#"}
        if not (is_clean and len(address) <= _LONGEST_ADDRESS and parts.hostname):
            raise Distrusted("an address is none")
        if parts.username is not None or parts.password is not None:
            raise Distrusted("an address has a user in it")
        if parts.scheme != "https" and not (self.nearby and parts.scheme == "http" and is_loopback(parts.hostname)):
            raise Distrusted("an address is not https")
        return parts

    def get(self, address: str) -> bytes:
        """What is there; raises NoAnswer and Distrusted."""
        status, body = self._ask("GET", address, None, {})
        if status != http.HTTPStatus.OK:
            raise NoAnswer(f"http {status}") if status >= 500 else Distrusted(f"http {status}")
        return body

    def post(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, bytes]:
        """What is answered to a form, with its status; raises NoAnswer and Distrusted."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, urlencode(form).encode(), {**kind, **headers})

    def _ask(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        parts = self.check(address)
        try:
            return within(lambda wire: self._talk(parts, method, body, headers, wire), DEADLINE)
        except Unreachable:
            raise NoAnswer("no answer in time") from None
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error

    def _talk(
        self, parts: SplitResult, method: str, body: bytes | None, headers: Mapping[str, str], wire: Wire
    ) -> tuple[int, bytes]:
        """Follow no redirect, and read no more than an answer may have."""
        connection = self._connection(parts)
        try:
            wire.hold(_Line(connection.sock))
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body, {"accept": "application/json", **headers})
            with connection.getresponse() as answer:
                content = answer.read(LARGEST + 1)
                left = answer.length
        finally:
            connection.close()
        if len(content) > LARGEST:
            raise Distrusted("the answer is too large")
        if left:
            raise http.client.IncompleteRead(content, left)
        return answer.status, content

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        """A connection to the very address that was looked at: no name server is asked twice."""
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        sock = socket.create_connection(self._address(host, port), timeout=_STEP)
        if not secure:
            connection = http.client.HTTPConnection(host, port, timeout=_STEP)
            connection.sock = sock
            return connection
        try:
            over_tls = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except (OSError, ValueError):
            sock.close()
            raise
        connection = http.client.HTTPSConnection(host, port, timeout=_STEP)
        connection.sock = over_tls
        return connection

    def _address(self, host: str, port: int) -> tuple[str, int]:
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except UnicodeError:  # a label that is too long
            raise Distrusted("an address is none") from None
        if not self.nearby and not all(ip_address(address).is_global for address in found):
            raise Distrusted("an address leads to a private network")
        return found[0], port
