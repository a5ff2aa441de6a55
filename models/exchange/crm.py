"""The CRM: tells it of every change as a signed webhook, or writes files where there is none (C1).

What an event looks like is in `envelopes`, how it is signed in `webhooks`. What the CRM tells the portal arrives in
`intake`; a CRM that cannot be called fetches its events from `feed`.
"""

import http.client
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from models.exchange import Deferred, Unreachable, keep
from models.exchange.envelopes import Envelopes
from models.exchange.webhooks import keys_of, sign
from models.outbox import Message
from models.settings import Settings, SettingsRefused

_TIMEOUT = 10
"""Seconds that the CRM may take for each step of its answer."""


@dataclass(frozen=True, slots=True)
class _Address:
    """Where the CRM takes events."""

    secure: bool
    host: str
    port: int
    path: str

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
        return cls(parts.scheme == "https", parts.hostname, port, path)

    def connection(self) -> http.client.HTTPConnection:
        """A connection that is opened with its first request; the CRM's certificate is checked."""
        if self.secure:
            tls = ssl.create_default_context()
            return http.client.HTTPSConnection(self.host, self.port, timeout=_TIMEOUT, context=tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT)


class Crm:
    """The way of events out of the portal."""

    def __init__(self, settings: Settings) -> None:
        self._address = _Address.of(settings.crm_url) if settings.crm_url else None
        if self._address and not settings.crm_secrets:
            raise SettingsRefused("CRM_SECRETS is not set; without it the CRM cannot know who calls.")
        self._keys = keys_of(settings.crm_secrets)
        self._envelopes = Envelopes(settings)
        self._folder = settings.var / "crm"

    def send(self, message: Message, now: datetime) -> None:
        """Tell the CRM; any answer but 2xx raises Deferred or Unreachable.

        None is final: the fault may be the CRM's own, and an event that is tried for days is not lost.
        """
        event = self._envelopes.event(message)
        if self._address is None:
            keep(message, self._folder, ".json", json.dumps(event, ensure_ascii=False, indent=2).encode())
            return
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"content-type": "application/json"} | sign(self._keys, message.public_id, int(now.timestamp()), body)
        status = _answer(self._address, body, headers)
        if status >= 500 or status == 429:
            raise Unreachable(f"http {status}")
        if not 200 <= status < 300:
            raise Deferred(f"http {status}")


def _answer(address: _Address, body: bytes, headers: dict[str, str]) -> int:
    """Post it, following no redirect, and return the status of the answer."""
    connection = address.connection()
    try:
        connection.request("POST", address.path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        connection.close()
