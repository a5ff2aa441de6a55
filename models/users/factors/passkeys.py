"""Passkeys (WebAuthn): what a browser is asked for, and whether what it answers is good.

Which changes of them are told and on record is in `models.users.factors.changes`; what is asked in between is kept by
`routes.session`.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.users.user import FactorKind, SecondFactor

LONGEST_ANSWER = 8000
"""Signs of what a browser answers; one without an attestation has 1500 at most."""
_ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA and RS256 (RFC 9053): every browser makes one of them."""
_MILLISECONDS = 300_000
"""For how long a browser asks."""
_VERIFIED = UserVerificationRequirement.REQUIRED


class Refused(Exception):
    """What a browser answered is no passkey, not the one that was asked for, or was used before; says why, for logs."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser is asked to sign: by chance, and good for an answer to this one question."""

    value: bytes
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that was just made: what is kept of it, and how often it has signed."""

    credential: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Party:
    """The portal as passkeys know it: they are good at this address alone, so nobody can ask for them elsewhere."""

    origin: str
    host: str
    name: str

    @classmethod
    def of(cls, public_url: str, brand: str) -> "Party | None":
        """None where people reach the portal by a number: passkeys belong to names."""
        parts = urlsplit(public_url)
        try:
            ip_address(parts.hostname or "0.0.0.0")  # noqa: S104  # no address to listen at
        except ValueError:
            default = {"https": 443, "http": 80}.get(parts.scheme)
            port = f":{parts.port}" if parts.port not in {None, default} else ""
            return cls(f"{parts.scheme}://{parts.hostname}{port}", str(parts.hostname), brand)
        return None

    def ask_to_make(self, challenge: Challenge, user_id: int, names: tuple[str, str], known: Iterable[bytes]) -> str:
        """What a browser is told that shall make a passkey (PublicKeyCredentialCreationOptions, as JSON).

        `names` are the user's name and full name, `known` the passkeys that there are.
        """
        return _json(
            rp={"id": self.host, "name": self.name},
            user={"id": websafe_encode(str(user_id).encode()), "name": names[0], "displayName": names[1]},
            challenge=websafe_encode(challenge.value),
            pubKeyCredParams=[{"type": "public-key", "alg": algorithm} for algorithm in _ALGORITHMS],
            timeout=_MILLISECONDS,
            excludeCredentials=_named(known),
            authenticatorSelection={"residentKey": "preferred", "userVerification": "required"},
            attestation="none",
        )

    def ask_to_sign(self, challenge: Challenge, known: Iterable[bytes]) -> str:
        """What a browser is told that shall use one of these passkeys (PublicKeyCredentialRequestOptions, as JSON)."""
        return _json(
            rpId=self.host,
            challenge=websafe_encode(challenge.value),
            timeout=_MILLISECONDS,
            allowCredentials=_named(known),
            userVerification="required",
        )

    def made(self, challenge: Challenge, answer: str) -> Made:
        """The passkey that a browser has made; raises Refused."""
        try:
            response = RegistrationResponse.from_dict(_read(answer))
            _check_frame(response.response.client_data)
            data = self._server.register_complete(_state(challenge), response)
        except Exception as wrong:  # what a stranger sent, read by a parser that raises what it will
            raise Refused(type(wrong).__name__) from wrong
        credential = data.credential_data
        if credential is None or credential.public_key.get(3) not in _ALGORITHMS:
            raise Refused("algorithm")
        return Made(bytes(credential), data.counter)

    def signed(self, challenge: Challenge, answer: str, known: Iterable[bytes]) -> Made:
        """Which of the known passkeys has signed, with its count; raises Refused."""
        credentials = [AttestedCredentialData(each) for each in known]
        try:
            response = AuthenticationResponse.from_dict(_read(answer))
            _check_frame(response.response.client_data)
            credential = self._server.authenticate_complete(_state(challenge), credentials, response)
            return Made(bytes(credential), response.response.authenticator_data.counter)
        except Exception as wrong:  # as above
            raise Refused(type(wrong).__name__) from wrong

    @property
    def _server(self) -> Fido2Server:
        party = PublicKeyCredentialRpEntity(name=self.name, id=self.host)
        return Fido2Server(party, verify_origin=lambda origin: origin == self.origin)


def known_to(db: Session, keyring: Keyring, user_id: int) -> dict[int, bytes]:
    """A user's passkeys by their ids, the oldest first."""
    own = select(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.kind == FactorKind.PASSKEY)
    with across_customers(db):
        factors = db.scalars(own.order_by(SecondFactor.id)).all()
    return {factor.id: websafe_decode(factor.secret(keyring)) for factor in factors}


def spend_signature(
    db: Session, keyring: Keyring, party: Party, user_id: int, *, challenge: Challenge, answer: str, now: datetime
) -> bool:
    """Whether one of the user's passkeys has signed the challenge. The challenge, and those before it, are used up.

    A passkey that counts has signed more often than the last time that we know of: else there are two of it.
    """
    known = known_to(db, keyring, user_id)
    try:
        made = party.signed(challenge, answer, known.values())
    except Refused:
        return False
    id = next(id for id, credential in known.items() if credential == made.credential)
    newer = SecondFactor.counter < made.counter if made.counter else SecondFactor.counter == 0
    fresh = SecondFactor.used_at.is_(None) | (SecondFactor.used_at < challenge.asked_at)
    spent = update(SecondFactor).where(SecondFactor.id == id, newer, fresh).values(counter=made.counter, used_at=now)
    with across_customers(db):
        return db.scalar(spent.returning(SecondFactor.id)) is not None


def digest_of(credential: bytes) -> str:
    """What a passkey is found by: no two users have the same."""
    return hashlib.sha256(AttestedCredentialData(credential).credential_id).hexdigest()


def _named(known: Iterable[bytes]) -> list[dict[str, str]]:
    ids = (AttestedCredentialData(each).credential_id for each in known)
    return [{"type": "public-key", "id": websafe_encode(id)} for id in ids]


def _state(challenge: Challenge) -> dict[str, Any]:
    """What the library remembers of a question."""
    return {"challenge": websafe_encode(challenge.value), "user_verification": _VERIFIED}


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("no object")
    return read


def _check_frame(client_data: Any) -> None:
    """No page of others may ask from within a frame."""
    if client_data.cross_origin:
        raise ValueError("in a frame of others")


def _json(**options: object) -> str:
    return json.dumps(options, ensure_ascii=False, separators=(",", ":"))


def told(credential: bytes) -> str:
    """A passkey as text, to be sealed."""
    return websafe_encode(credential)
