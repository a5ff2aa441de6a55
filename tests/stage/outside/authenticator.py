"""A passkey without a device: it answers what a browser is asked, and lies where it is told to.

It is made of keys and of the encoders of WebAuthn; what checks its answers is the portal's own.
"""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


class Authenticator:
    """One key, in the browser of somebody at `origin`."""

    def __init__(self, origin: str = "http://localhost:8000", *, counts: bool = True) -> None:
        self.origin, self.host = origin, origin.split("//")[1].split(":", maxsplit=1)[0]
        self.counter = 0
        self.flags = PRESENT | VERIFIED
        self.id = secrets.token_bytes(32)
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str, **lies: Any) -> str:
        """What a browser says that has made this passkey."""
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        if "algorithm" in lies:
            public = CoseKey({**public, 3: lies["algorithm"]})
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(self._host_hash(lies), self.flags | ATTESTED, 0, credential)
        attestation = AttestationObject.create("none", data, {})
        return self._told(
            clientDataJSON=self._client_data("webauthn.create", options, lies), attestationObject=attestation
        )

    def sign(self, options: str, **lies: Any) -> str:
        """What a browser says that has used this passkey."""
        self.counter += self._counts
        data = AuthenticatorData.create(self._host_hash(lies), self.flags, self.counter)
        client = self._client_data("webauthn.get", options, lies)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        if lies.get("signature"):
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return self._told(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _host_hash(self, lies: dict[str, Any]) -> bytes:
        return hashlib.sha256(str(lies.get("host", self.host)).encode()).digest()

    def _client_data(self, kind: str, options: str, lies: dict[str, Any]) -> bytes:
        challenge = lies.get("challenge", json.loads(options)["challenge"])
        said = {"type": lies.get("type", kind), "challenge": challenge, "origin": lies.get("origin", self.origin)}
        return json.dumps(said | {"crossOrigin": lies.get("cross_origin", False)}).encode()

    def _told(self, **response: bytes) -> str:
        id = websafe_encode(self.id)
        told = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": told, "clientExtensionResults": {}})
