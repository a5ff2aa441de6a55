"""Sends every change to the CRM as a signed webhook (C1).

What an event looks like is in `envelopes`, how it is signed in `webhooks`. What the CRM tells the portal arrives in
`intake`; a CRM that cannot be called fetches its events from `feed`.
"""

import http.client
import json
import secrets
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from models.core.settings import Settings, SettingsRefused
from models.exchange import Deferred, Stumbled, Unreachable
from models.exchange.crm.envelopes import Envelopes
from models.exchange.crm.webhooks import keys_of, sign
from models.exchange.deadline import Wire, within
from models.outbox.message import Message

_TIMEOUT = 10
"""Seconds that the CRM may take for each step; all of them have one deadline (`models.exchange.deadline`)."""
_NOT_ABOUT_THIS_EVENT = {401, 429, 502, 503, 504}
"""Our signature is not known there, it is too much, or nobody is behind the address: so it is for every event."""


@dataclass(frozen=True, slots=True)
class _Address:
    """Where the CRM takes events."""

    secure: bool
    host: str
    port: int
    path: str
    tls: ssl.SSLContext

    @classmethod
    def of(cls, url: str) -> "_Address":
        """Read CRM_URL; raises SettingsRefused."""
        parts = urlsplit(url)
        try:
            port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        except (KeyError, ValueError):
            port = 0
        if not (port and parts.hostname):
            raise SettingsRefused("CRM_URL must start with http:// or https:// and name a host.")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme == "https", parts.hostname, port, path, ssl.create_default_context())

    def connection(self) -> http.client.HTTPConnection:
        """A connection that is opened with its first request; the CRM's certificate is checked."""
        if self.secure:
            return http.client.HTTPSConnection(self.host, self.port, timeout=_TIMEOUT, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT)


class Crm:
    """The way of events out of the portal."""

    def __init__(self, settings: Settings) -> None:
        self._address = _Address.of(settings.crm_url) if settings.crm_url else None
        if self._address and not settings.crm_secrets:
            raise SettingsRefused("CRM_SECRETS is not set; without it the CRM cannot know who calls.")
        self._keys = keys_of(settings.crm_secrets)
        self._envelopes = Envelopes(settings)
        self.folder = settings.var / "crm"

    def reach(self, now: datetime) -> bool:
        """Ask the CRM whether it takes events, with one that says nothing; False where it is not called.

        Any answer but 2xx raises Deferred, as it does for every event.
        """
        if self._address is None:
            return False
        self._tell(self._address, self._envelopes.question(f"question-{secrets.token_hex(8)}", now), now)
        return True

    def send(self, message: Message, now: datetime) -> None:
        """Tell the CRM; any answer but 2xx raises Deferred.

        None is final: the fault may be the CRM's own, and an event that is tried for days is not lost.
        """
        assert self._address is not None
        self._tell(self._address, self._envelopes.event(message), now)

    def _tell(self, address: _Address, event: dict[str, object], now: datetime) -> None:
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        signed = sign(self._keys, str(event["id"]), int(now.timestamp()), body)
        headers = {"content-type": "application/json"} | signed
        status, retry_after = within(lambda wire: _answer(address, body, headers, wire))
        if status in _NOT_ABOUT_THIS_EVENT:
            raise Unreachable(f"http {status}", _wait(retry_after, now))
        if status >= 500:
            raise Stumbled(f"http {status}")
        if not 200 <= status < 300:
            raise Deferred(f"http {status}")


def _answer(address: _Address, body: bytes, headers: dict[str, str], wire: Wire) -> tuple[int, str]:
    """Post it, following no redirect, and return the status of the answer and its Retry-After."""
    connection = address.connection()
    try:
        connection.connect()
        wire.hold(connection)
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Unreachable(type(error).__name__) from error
    try:
        connection.request("POST", address.path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("retry-after", "")
    except (OSError, http.client.HTTPException) as error:
        raise Stumbled(type(error).__name__) from error
    finally:
        connection.close()


def _wait(retry_after: str, now: datetime) -> timedelta | None:
    """How long a Retry-After, in seconds or a date (RFC 9110, 10.2.3), asks to wait; None where it is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=int(retry_after) if len(retry_after) < 7 else 10**6)
    try:
        return max(parsedate_to_datetime(retry_after) - now, timedelta())
    except (TypeError, ValueError):  # no date, or one without a zone
        return None
