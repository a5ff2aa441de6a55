"""A passkey without a device, for whoever walks through a portal by program: it answers what a browser is asked.

It is made of keys and of the encoders of WebAuthn. What checks its answers is in `models.users.factors.passkeys`.
"""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


class Authenticator:
    """One key, in the browser of somebody at `origin`; some count how often they have signed."""

    def __init__(self, origin: str = "http://localhost:8000", *, counts: bool = True) -> None:
        self.origin, self.host = origin, origin.split("//")[1].split(":", maxsplit=1)[0]
        self.counter = 0
        self.flags = PRESENT | VERIFIED
        self.id = secrets.token_bytes(32)
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """What a browser says that has made this passkey."""
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, self._public())
        data = AuthenticatorData.create(self._host_digest(), self.flags | ATTESTED, 0, credential)
        client = json.dumps(self._client_data("webauthn.create", options)).encode()
        return self._told(clientDataJSON=client, attestationObject=AttestationObject.create("none", data, {}))

    def sign(self, options: str) -> str:
        """What a browser says that has used this passkey."""
        self.counter += self._counts
        data = AuthenticatorData.create(self._host_digest(), self.flags, self.counter)
        client = json.dumps(self._client_data("webauthn.get", options)).encode()
        signature = self._signed(data + hashlib.sha256(client).digest())
        return self._told(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _public(self) -> CoseKey:
        return ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call, no-any-return]

    def _signed(self, content: bytes) -> bytes:
        return self._key.sign(content, ec.ECDSA(hashes.SHA256()))

    def _host_digest(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def _client_data(self, kind: str, options: str) -> dict[str, object]:
        challenge = json.loads(options)["challenge"]
        return {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}

    def _told(self, **response: bytes) -> str:
        id = websafe_encode(self.id)
        told = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": told, "clientExtensionResults": {}})
