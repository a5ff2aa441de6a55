"""Standard Webhooks: how events between the portal and the CRM are signed, in both directions.

Source: standardwebhooks.com, "Specification", symmetric signatures (v1). What an event says is not known here.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from secrets import token_bytes

from models.core.settings import SettingsRefused

TOLERANCE = timedelta(minutes=5)
"""How far a sender's clock may be off; what is older may be a copy that somebody sends again."""
_LONGEST_ID = 200


class Unsigned(Exception):
    """The message is not shown to come from whom it should; the text says why, for its sender."""


def new_secret() -> str:
    """A fresh secret for CRM_SECRETS."""
    return "whsec_" + base64.b64encode(token_bytes(32)).decode()


def keys_of(secrets: Iterable[str]) -> list[bytes]:
    """The keys in CRM_SECRETS, newest first; raises SettingsRefused."""
    return [_key(secret) for secret in secrets]


def sign(keys: Iterable[bytes], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message, with one signature per key, so that keys can be exchanged."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(key, id, str(timestamp), body)}" for key in keys),
    }


def check_fresh(headers: Mapping[str, str], now: datetime) -> None:
    """Raise Unsigned where the headers alone show that the message will not do, so that its body need not be read."""
    _signed(headers, now)


def verify(keys: Iterable[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a message whose signature is good under one of the keys; raises Unsigned.

    Whether the id was seen before is for the caller to remember.
    """
    id, timestamp, given = _signed(headers, now)
    expected = [_signature(key, id, timestamp, body) for key in keys]
    good = [hmac.compare_digest(one.encode(), other.encode()) for one in given for other in expected]
    if not any(good):
        raise Unsigned("webhook-signature does not fit")
    return id


def _signed(headers: Mapping[str, str], now: datetime) -> tuple[str, str, list[str]]:
    """The id, the time and the signatures that a message comes with."""
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (0 < len(id) <= _LONGEST_ID and id.isprintable()):
        raise Unsigned("webhook-id is missing or too long")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        raise Unsigned("webhook-timestamp is not a number of seconds")
    given = [part.removeprefix("v1,") for part in headers.get("webhook-signature", "").split() if part[:3] == "v1,"]
    if not given:
        raise Unsigned("webhook-signature is missing")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise Unsigned("webhook-timestamp is more than five minutes off")
    return id, timestamp, given[:10]


def _signature(key: bytes, id: str, timestamp: str, body: bytes) -> str:
    content = f"{id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if len(key) < 24:
        raise SettingsRefused("Each secret in CRM_SECRETS must be whsec_ and at least 24 bytes in base64.")
    return key
