"""A passkey that lies where it is told to; what it says truly, it says as the demo's own does."""

import hashlib
from typing import Any

from fido2.cose import CoseKey

from models.demo import authenticator


class Authenticator(authenticator.Authenticator):
    """The same key, and what it says instead of the truth, each time that it is asked."""

    def __init__(self, origin: str = "http://localhost:8000", *, counts: bool = True) -> None:
        super().__init__(origin, counts=counts)
        self.lies: dict[str, Any] = {}

    def make(self, options: str, **lies: Any) -> str:
        """What a browser says that has made this passkey."""
        self.lies = lies
        return super().make(options)

    def sign(self, options: str, **lies: Any) -> str:
        """What a browser says that has used this passkey."""
        self.lies = lies
        return super().sign(options)

    def _public(self) -> CoseKey:
        public = super()._public()
        return CoseKey({**public, 3: self.lies["algorithm"]}) if "algorithm" in self.lies else public

    def _signed(self, content: bytes) -> bytes:
        right = super()._signed(content)
        return right[:-1] + bytes([right[-1] ^ 1]) if self.lies.get("signature") else right

    def _host_digest(self) -> bytes:
        return hashlib.sha256(self.lies["host"].encode()).digest() if "host" in self.lies else super()._host_digest()

    def _client_data(self, kind: str, options: str) -> dict[str, object]:
        names = {"type": "type", "challenge": "challenge", "origin": "origin", "cross_origin": "crossOrigin"}
        said = {name: self.lies[lie] for lie, name in names.items() if lie in self.lies}
        return super()._client_data(kind, options) | said
