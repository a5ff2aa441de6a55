"""Sealed text: AES-GCM with key ids, and blind indexes to find equals without opening them.

The tables that use it decide what is sealed, and who may open it; `models.operations.key_rotation` exchanges the key.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Mapped

from models.core.settings import SettingsRefused

_NONCE_BYTES = 12


class SealBroken(Exception):
    """The sealed text was changed, stands in another place than where it was sealed, or its key is gone."""


class Keyring:
    """The keys of FIELD_KEYS: the newest seals, every one of them opens."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """Take keys written `id:base64` (32 bytes each), newest first; raises SettingsRefused."""
        self._keys: dict[str, bytes] = {}
        for key in keys:
            key_id, material = read_key(key, "Each key in FIELD_KEYS")
            if key_id in self._keys:
                raise SettingsRefused(f"Two keys in FIELD_KEYS are called {key_id}.")
            self._keys[key_id] = material
        self.newest = next(iter(self._keys))
        self.ids = frozenset(self._keys)

    def seal(self, text: str, *, place: str) -> str:
        """Encrypt `text` for one `place` (such as `employees.national_id:17`); the result names its key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self._keys[self.newest])
        sealed = cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{self.newest}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """Decrypt what was sealed for this `place`; raises SealBroken."""
        key_id, _, encoded = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(encoded)
            cipher = AESGCM(self._keys[key_id])
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except (KeyError, binascii.Error, ValueError, InvalidTag) as broken:
            raise SealBroken(f"cannot open what stands at {place.partition(':')[0]}") from broken

    def blind_indexes(self, text: str, *, purpose: str) -> tuple[str, ...]:
        """Keyed digests of `text`, newest key first: equal texts are found by them, the text is not.

        `purpose` (such as the customer and the column) keeps digests of two places incomparable.
        """
        message = f"{purpose}\0{text}".encode()
        return tuple(
            hmac.new(hashlib.sha256(b"blind index" + key).digest(), message, hashlib.sha256).hexdigest()
            for key in self._keys.values()
        )


class Sealed:
    """A row with something sealed in its column `sealed`, bound to its `place`; `rotate-keys` finds it by this."""

    if TYPE_CHECKING:  # each table has the column as it needs it; here it would be a column of all of them
        sealed: Mapped[Any]

    @property
    def place(self) -> str:
        """Where the seal was made, and the only place where it opens: nothing that ever changes."""
        raise NotImplementedError

    def reseal(self, keyring: Keyring) -> None:
        """Seal it with the newest key; raises SealBroken."""
        self.sealed = keyring.seal(keyring.open(self.sealed, place=self.place), place=self.place)


def read_key(key: str, named: str) -> tuple[str, bytes]:
    """A key's id and its 32 bytes, from `id:base64`; raises SettingsRefused with what it is `named`."""
    key_id, colon, encoded = key.partition(":")
    try:
        material = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if not (colon and key_id.isascii() and key_id.isalnum() and len(key_id) <= 16 and len(material) == 32):
        raise SettingsRefused(f"{named} must be written id:base64 with 32 bytes.")
    return key_id, material


def new_field_key() -> str:
    """A fresh key for FIELD_KEYS, or for CRM_FIELD_KEY."""
    return f"k{secrets.token_hex(3)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"
