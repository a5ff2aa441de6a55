"""What an issuer says of itself (OpenID Connect Discovery): where it is asked, and the keys that it signs with.

It is kept for a while in each process. What an ID token must say is in `id_tokens`.
"""

import base64
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from models.core.settings.unsafe import is_loopback
from models.exchange.oidc import Distrusted, IssuerFailed, NoAnswer
from models.exchange.oidc.asking import Asker

_FRESH = timedelta(hours=1)
"""How long it is not asked again,"""
_GOOD = timedelta(days=1)
"""and how long what it has said is good where it does not answer."""
_PATIENCE = timedelta(seconds=10)
"""How long it is left alone after it has not answered, so that whoever waits does not wait for each."""
_KEYS_AGAIN = timedelta(minutes=1)
"""How often keys are asked for again because a token names one that is not known."""
_MOST_KEYS = 50
_PARTS = ("kty", "n", "e", "crv", "x", "y")
"""What a public key is made of; whatever else an issuer gives is not read."""
_RSA_BITS = range(2048, 8193)
"""Below, a key can be broken; above, it costs more than a signature may."""
_LONGEST_EXPONENT = 8
"""Signs; nearly everybody has `AQAB`."""

Key = RSAKey | ECKey


@cache
def known_here(portal_url: str) -> "Issuers":
    """What this process knows of issuers; a portal for others asks nobody in its own networks."""
    return Issuers(Asker(nearby=is_loopback(urlsplit(portal_url).hostname)))


class Metadata(msgspec.Struct, frozen=True):
    """The document at `/.well-known/openid-configuration`, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    code_challenge_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False


class _KeySet(msgspec.Struct, frozen=True):
    keys: tuple[dict[str, Any], ...]


@dataclass
class _Known:
    """What is known of one issuer; one asks at a time, and whoever comes meanwhile takes what was heard."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    metadata: Metadata | None = None
    heard_at: datetime | None = None
    keys: dict[str | None, Key] = field(default_factory=dict)
    again_at: datetime | None = None
    """When its keys were asked for once more."""
    failed_at: datetime | None = None


class Issuers:
    """What this process knows of issuers, each by its address."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def metadata(self, issuer: str, now: datetime) -> Metadata:
        """What an issuer says of itself; raises NoAnswer and Distrusted."""
        known = self._of(issuer)
        with known.lock:
            return self._metadata(known, issuer, now)

    def key(self, issuer: str, kid: str | None, now: datetime) -> Key:
        """The key with which an issuer has signed; raises NoAnswer and Distrusted."""
        known = self._of(issuer)
        with known.lock:
            metadata = self._metadata(known, issuer, now)
            if not known.keys:
                known.keys = read_keys(self.asker.get(metadata.jwks_uri))
            elif kid not in known.keys and not _is_within(known.again_at, now, _KEYS_AGAIN):
                known.again_at = now
                known.keys = read_keys(self.asker.get(metadata.jwks_uri))
            if kid is None and len(known.keys) > 1:
                raise Distrusted("a token does not say which key it was signed with")
            try:
                return known.keys[kid] if kid is not None else next(iter(known.keys.values()))
            except (KeyError, StopIteration):
                raise Distrusted("a token was signed with an unknown key") from None

    def look(self, issuer: str) -> tuple[Metadata, int]:
        """Ask anew and keep nothing: what it says of itself, and how many keys it has. Raises NoAnswer, Distrusted."""
        found = self._asked(issuer)
        return found, len(read_keys(self.asker.get(found.jwks_uri)))

    def _of(self, issuer: str) -> _Known:
        with self._lock:
            return self._known.setdefault(issuer, _Known())

    def _metadata(self, known: _Known, issuer: str, now: datetime) -> Metadata:
        if known.metadata and _is_within(known.heard_at, now, _FRESH):
            return known.metadata
        old = known.metadata if _is_within(known.heard_at, now, _GOOD) else None
        if _is_within(known.failed_at, now, _PATIENCE):
            if old is None:
                raise NoAnswer("it did not answer a moment ago")
            return old
        try:
            known.metadata, known.heard_at, known.keys = self._asked(issuer), now, {}
            return known.metadata
        except IssuerFailed:
            known.failed_at = now
            if old is None:
                raise
            return old

    def _asked(self, issuer: str) -> Metadata:
        content = self.asker.get(f"{issuer.removesuffix('/')}/.well-known/openid-configuration")
        try:
            found = msgspec.json.decode(content, type=Metadata)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Distrusted("its description cannot be read") from None
        if found.issuer != issuer:
            raise Distrusted("it calls itself by another name")
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            self.asker.check(address)
        if found.end_session_endpoint:
            self.asker.check(found.end_session_endpoint)
        return found


def read_keys(content: bytes) -> dict[str | None, Key]:
    """The keys of a set that signatures can be checked with, by their names; others are passed over. Distrusted."""
    try:
        listed = msgspec.json.decode(content, type=_KeySet).keys
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Distrusted("its keys cannot be read") from None
    found: dict[str | None, Key] = {}
    for one in listed[:_MOST_KEYS]:
        kid = one.get("kid")
        if one.get("use", "sig") == "sig" and (kid is None or isinstance(kid, str)) and (key := _read(one)):
            found[kid] = key
    if not found:
        raise Distrusted("it has no key to check signatures with")
    return found


def _read(one: dict[str, Any]) -> Key | None:
    """A public key that is strong enough."""
    named: dict[str, str | list[str]] = {name: str(one[name]) for name in _PARTS if name in one}
    try:
        if named.get("kty") == "RSA" and not _is_fit(str(one["n"]), str(one["e"])):
            return None
        key = JWKRegistry.import_key(named)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey) else None


def _is_fit(modulus: str, exponent: str) -> bool:
    raw = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    return int.from_bytes(raw).bit_length() in _RSA_BITS and len(exponent) <= _LONGEST_EXPONENT


def _is_within(then: datetime | None, now: datetime, time: timedelta) -> bool:
    return then is not None and now - then < time
