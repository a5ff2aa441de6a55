"""The CRM: tells it of every change as a signed webhook, or writes files where there is none (C1).

The signature is that of Standard Webhooks, the envelope that of CloudEvents 1.0; an identity number leaves as a JWE
under a key that the CRM shares. What the CRM tells the portal does not arrive here.
"""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from models.exchange import Deferred, Unreachable, keep
from models.exchange.jwe import encrypt
from models.outbox import Message
from models.sealed import Keyring, read_key
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
        self._keys = [_key(secret) for secret in settings.crm_secrets]
        self._keyring = Keyring(settings.field_keys)
        self._field_key = read_key(settings.crm_field_key, "CRM_FIELD_KEY") if settings.crm_field_key else None
        self._source = settings.public_url
        self._folder = settings.var / "crm"

    def send(self, message: Message, now: datetime) -> None:
        """Tell the CRM; any answer but 2xx raises Deferred or Unreachable.

        None is final: the fault may be the CRM's own, and an event that is tried for days is not lost.
        """
        event = _event(message, self._source, self._secret(message))
        if self._address is None:
            keep(message, self._folder, ".json", json.dumps(event, ensure_ascii=False, indent=2).encode())
            return
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        headers = _signed(self._keys, message.public_id, int(now.timestamp()), body)
        status = _answer(self._address, body, headers)
        if status >= 500 or status == 429:
            raise Unreachable(f"http {status}")
        if not 200 <= status < 300:
            raise Deferred(f"http {status}")

    def _secret(self, message: Message) -> dict[str, str]:
        """The identity number that a message carries, encrypted for the CRM; without its key it gets none."""
        if message.sealed is None or self._field_key is None:
            return {}
        number = self._keyring.open(message.sealed, place=message.place)
        return {"national_id": encrypt(number, *self._field_key)}


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


def _event(message: Message, source: str, secret: dict[str, str]) -> dict[str, object]:
    """What happened, to what and when; the same at every attempt, but that encryption is never twice the same."""
    return {
        "specversion": "1.0",
        "id": message.public_id,
        "source": source,
        "type": message.kind,
        "subject": message.about,
        "time": message.created_at.isoformat(),
        "datacontenttype": "application/json",
        "data": message.payload | secret,
    }


def _signed(keys: list[bytes], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, with one signature per key, so that keys can be exchanged."""
    content = f"{id}.{timestamp}.".encode() + body
    digests = (hmac.digest(key, content, hashlib.sha256) for key in keys)
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if len(key) < 24:
        raise SettingsRefused("Each secret in CRM_SECRETS must be whsec_ and at least 24 bytes in base64.")
    return key
