"""What an ID token must say to be believed (OpenID Connect Core 3.1.3.7), and what is taken from it.

Who is meant by it is decided in `models.users.sign_on`.
"""

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from models.exchange.oidc import Distrusted
from models.exchange.oidc.discovery import Key

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a public key, and nothing else: neither `none` nor one that the secret could make."""
_SKEW = timedelta(minutes=1)
"""How wrong the clocks may be;"""
_OLDEST = timedelta(minutes=10)
"""and how long ago a token may have been made that was fetched just now."""
_LONGEST = 32 * 1024
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, and so what a token must answer."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an issuer says of whoever has signed in there."""

    subject: str
    email: str | None
    email_verified: bool | None
    """None where it does not say."""
    proven_at: datetime | None
    """When it has asked for a password or the like; None where it does not say."""


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str | None = None
    crit: Any = None


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: float
    iat: float
    nonce: str
    nbf: float | None = None
    azp: str | None = None
    auth_time: float | None = None
    email: Any = None
    email_verified: Any = None


def read(token: str, asked: Asked, key_of: Callable[[str | None], Key], now: datetime) -> Told:
    """Believe an ID token; `key_of` gives the issuer's key of a name. Raises Distrusted, and what `key_of` raises."""
    if len(token) > _LONGEST or not _COMPACT.fullmatch(token):
        raise Distrusted("a token is none")
    header = _decoded(token.partition(".")[0])
    if header.alg not in ALGORITHMS:
        raise Distrusted("a token is signed in a way that is not accepted")
    if header.crit is not None:
        raise Distrusted("a token asks for what is not known here")
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        payload = jws.deserialize_compact(token, key_of(header.kid), [header.alg], registry).payload
    except (JoseError, ValueError, TypeError):  # as where the algorithm is not one of the key's kind
        raise Distrusted("the signature of a token is wrong") from None
    claims = _parsed(payload, _Claims)
    _check(claims, asked, now)
    return Told(
        claims.sub,
        claims.email if isinstance(claims.email, str) else None,
        _yes_or_no(claims.email_verified),
        _moment(claims.auth_time) if claims.auth_time is not None else None,
    )


def _check(claims: _Claims, asked: Asked, now: datetime) -> None:
    audience = (claims.aud,) if isinstance(claims.aud, str) else claims.aud
    is_ours = asked.client_id in audience and (len(audience) == 1 or claims.azp is not None)
    wrong = {
        "issuer": claims.iss != asked.issuer,
        "audience": not is_ours,
        "authorized party": claims.azp is not None and claims.azp != asked.client_id,
        "nonce": not hmac.compare_digest(claims.nonce.encode(), asked.nonce.encode()),
        "subject": not (claims.sub.strip() and len(claims.sub) <= 255 and claims.sub.isprintable()),
        "end": _moment(claims.exp) <= now - _SKEW,
        "beginning": not now - _OLDEST <= _moment(claims.iat) <= now + _SKEW,
        "first moment": claims.nbf is not None and _moment(claims.nbf) > now + _SKEW,
        "time of sign-in": claims.auth_time is not None and _moment(claims.auth_time) > now + _SKEW,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise Distrusted(f"the {name} of a token is wrong")


def _yes_or_no(value: Any) -> bool | None:
    """Some issuers write it as a text; anything else counts as no."""
    return None if value is None else value is True or value == "true"


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Distrusted("a time in a token is none") from None


def _decoded(part: str) -> _Header:
    try:
        return _parsed(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), _Header)
    except ValueError:
        raise Distrusted("a token is none") from None


def _parsed(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Distrusted("a token cannot be read") from None
