"""JWE in its compact form (RFC 7516), `dir` with A256GCM: how a secret leaves for the one who has the key.

The sender decides what is secret, and for whom. Why these lines are our own: decision 0014.
"""

import base64
import json
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES, _TAG_BYTES = 12, 16


def encrypt(text: str, key_id: str, key: bytes) -> str:
    """Encrypt `text` under a shared key of 32 bytes, which the receiver knows by its id (`kid`)."""
    header = _encoded(json.dumps({"alg": "dir", "enc": "A256GCM", "kid": key_id}, separators=(",", ":")).encode())
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), header.encode())
    no_key = ""  # it is shared, so none travels along
    return ".".join([header, no_key, _encoded(nonce), _encoded(sealed[:-_TAG_BYTES]), _encoded(sealed[-_TAG_BYTES:])])


def _encoded(raw: bytes) -> str:
    """Base64url without padding, as RFC 7515 has it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
