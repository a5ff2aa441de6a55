"""Signed names: what stands in a personal link, and proves that the portal has given it out.

A link opens something for whoever holds it. So that neither the database nor the outbox holds links, they hold
names; the link is made of name and signature where a letter is written. When it ends is known by what it opens.
"""

import base64
import hashlib
import hmac
import secrets

_NAME_BYTES, _SIGNATURE_BYTES = 10, 15  # in base32 whole characters
NAME_LENGTH = 16
"""Of a name, in characters."""


class Signer:
    """Signs names for one purpose with the first of SECRET_KEYS, and accepts those signed with any of them."""

    def __init__(self, keys: tuple[str, ...], *, purpose: str) -> None:
        self._keys = [hashlib.sha256(f"{purpose}\0{key}".encode()).digest() for key in keys]

    def sign(self, name: str) -> str:
        """The token for a name: small letters and digits only, so that no mail program cuts a link short."""
        return name + _signature(self._keys[0], name)

    def name_in(self, token: str) -> str | None:
        """The name that was signed, or None where the token was not made here."""
        name, signature = token[:NAME_LENGTH], token[NAME_LENGTH:]
        if len(name) != NAME_LENGTH or not token.isascii():
            return None
        fits = [hmac.compare_digest(signature, _signature(key, name)) for key in self._keys]
        return name if any(fits) else None


def new_name() -> str:
    """A name that nothing has had before."""
    return _written(secrets.token_bytes(_NAME_BYTES))


def _signature(key: bytes, name: str) -> str:
    return _written(hmac.digest(key, name.encode(), hashlib.sha256)[:_SIGNATURE_BYTES])


def _written(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
