"""Signed names: what stands in a personal link, and proves that the portal made it.

A link opens something for whoever holds it. So that neither the database nor the outbox holds links, they hold names;
the link is made of name and signature where a letter is written. Until when a link is good is decided by what it opens.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

_NAME_BYTES, _SIGNATURE_BYTES = 10, 15  # in base32 whole characters
NAME_LENGTH = 16
PERSONAL_LINK = "personal link"
"""What the links in letters to employees are signed for."""
PASSWORD_LINK = "password link"  # noqa: S105  # a purpose, no password
"""What the links with which users choose a password are signed for."""
_TOKEN = re.compile("[a-z2-7]{40}")


class NoSuchLink(Exception):
    """Nobody was given this link."""


class LinkIsOver(Exception):
    """The link was good once: used up, expired, or its holder has left. Which of these is not told."""


class Signer:
    """Signs names for one purpose with the first of SECRET_KEYS, and accepts those signed with any of them."""

    def __init__(self, keys: tuple[str, ...], *, purpose: str) -> None:
        self._keys = [hashlib.sha256(f"{purpose}\0{key}".encode()).digest() for key in keys]

    def sign(self, name: str, holder: str) -> str:
        """The token for a name and whom it is given to, such as an e-mail address.

        It is of small letters and digits only, so that no mail program cuts a link short.
        """
        return name + _signature(self._keys[0], name, holder)

    def fits(self, token: str, holder: str) -> bool:
        """Whether the token was made here, and for this holder."""
        name, signature = token[:NAME_LENGTH], token[NAME_LENGTH:].encode()
        fits = [hmac.compare_digest(signature, _signature(key, name, holder).encode()) for key in self._keys]
        return any(fits)


def name_in(token: str) -> str | None:
    """The name that a token begins with, whoever signed it, or None where it has not the form of a token."""
    return token[:NAME_LENGTH] if _TOKEN.fullmatch(token) else None


def new_name(chance: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A name that nothing has had before; `chance` gives so many bytes by chance."""
    return _written(chance(_NAME_BYTES))


def _signature(key: bytes, name: str, holder: str) -> str:
    told = f"{name}\0{holder.casefold()}".encode()
    return _written(hmac.digest(key, told, hashlib.sha256)[:_SIGNATURE_BYTES])


def _written(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
