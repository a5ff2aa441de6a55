"""The way to an issuer and back (authorization code with PKCE), and the way out again.

What is believed of what it says is in `id_tokens`; how what was asked is kept meanwhile, in `routes.session.work`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus, urlencode

import msgspec

from models.exchange.oidc import Distrusted, NoAnswer, WrongCode
from models.exchange.oidc.discovery import Issuers, Metadata
from models.exchange.oidc.id_tokens import Asked, Told, read

_LONGEST_CODE = 4096
_ERROR = re.compile("[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Client:
    """The portal as one issuer knows it."""

    issuer: str
    client_id: str
    secret: str
    back: str
    """Where the issuer sends the browser back to."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is made by chance for each way there and back: what only the asker knows."""

    nonce: str
    verifier: str
    again: bool = False
    """Whether the issuer has to ask for a password or the like, although it knows the browser."""


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class _Refusal(msgspec.Struct, frozen=True):
    error: str


def way_there(issuers: Issuers, client: Client, question: Question, state: str, now: datetime) -> str:
    """Where to send the browser; raises NoAnswer and Distrusted."""
    digest = hashlib.sha256(question.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.back,
        "scope": "openid email",
        "state": state,
        "nonce": question.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if question.again:
        asked |= {"prompt": "login", "max_age": "0"}
    return _with(issuers.metadata(client.issuer, now).authorization_endpoint, asked)


def redeem(issuers: Issuers, client: Client, question: Question, brought: Mapping[str, str], now: datetime) -> Told:
    """What the issuer says of whoever comes back with a code; raises NoAnswer, Distrusted and WrongCode."""
    metadata = issuers.metadata(client.issuer, now)
    named = brought.get("iss")
    if named != client.issuer and (named or metadata.authorization_response_iss_parameter_supported):
        raise Distrusted("another issuer has sent the browser back")
    code = brought.get("code", "")
    if not code or len(code) > _LONGEST_CODE:
        raise WrongCode("there is no code")
    token = _token(issuers, client, question, metadata, code)
    asked = Asked(client.issuer, client.client_id, question.nonce)
    return read(token, asked, lambda kid: issuers.key(client.issuer, kid, now), now)


def way_out(issuers: Issuers, client: Client, now: datetime) -> str | None:
    """Where to send a browser that is to be signed out at the issuer as well; None where it has no such place."""
    place = issuers.metadata(client.issuer, now).end_session_endpoint
    return _with(place, {"client_id": client.client_id, "post_logout_redirect_uri": client.back}) if place else None


def _token(issuers: Issuers, client: Client, question: Question, metadata: Metadata, code: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.back,
        "code_verifier": question.verifier,
    }
    headers: dict[str, str] = {}
    methods = metadata.token_endpoint_auth_methods_supported or ("client_secret_basic",)
    if "client_secret_basic" in methods:
        both = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
        headers["authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    else:
        form |= {"client_id": client.client_id, "client_secret": client.secret}
    status, content = issuers.asker.post(metadata.token_endpoint, form, headers)
    try:
        if status == 200:
            return msgspec.json.decode(content, type=_Tokens).id_token
        error = msgspec.json.decode(content, type=_Refusal).error if status < 500 else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Distrusted("its answer to a code cannot be read") from None
    if status >= 500:
        raise NoAnswer(f"http {status}")
    if error == "invalid_grant":
        raise WrongCode("the code is not good")
    raise Distrusted(f"it gives no token: {error if _ERROR.fullmatch(error) else 'without a reason'}")


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
