"""A customer's own issuer: a real OpenID Connect server in a process of its own, with two tenants, that can lie.

    python -m tests.stage.outside.issuing NOW       serves, and prints its port; its clock stands at NOW, in seconds

It checks what an issuer must check: who asks, where the browser is sent back to, PKCE, and that a code is new and used
once. What it signs, it signs with `cryptography` alone, so that no library judges itself.

`POST /<tenant>/lies` with JSON says what goes on there: `person` (the claims of whoever is signed in there), `claims`
(said instead of the true ones; null leaves one out), `header` (of the token, in the same way), `signed` (`as it must
be`, `by another`, `not at all`, `with the secret`, `with ES256`, `changed afterwards`), `rotate` (another key from now
on), `now`, `slow` (seconds between two bytes), `huge` (bytes), `moved` (302), `error` (instead of a code), `broken`
(500), `says` (instead of parts of the description), `nothing` (an answer that is no JSON), `authentication` (how the
secret has to come). `GET /<tenant>/asked` counts what was asked.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

SECRET = "a secret & of the tests: æ"
CODE_LIVES = 60
WEAK = rsa.generate_private_key(65537, 1024).public_key().public_numbers()  # noqa: S505  # it has to be


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8))


class Key:
    """A key of its own kind, and what others are told of it."""

    def __init__(self, kind: str = "RSA") -> None:
        self.kid = token_urlsafe(6)
        self.rsa = rsa.generate_private_key(65537, 2048) if kind == "RSA" else None
        self.ec = ec.generate_private_key(ec.SECP256R1()) if kind == "EC" else None

    def told(self) -> dict[str, str]:
        if self.rsa:
            of = self.rsa.public_key().public_numbers()
            return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": number(of.n), "e": number(of.e)}
        assert self.ec
        point = self.ec.public_key().public_numbers()
        both = {"x": b64(point.x.to_bytes(32)), "y": b64(point.y.to_bytes(32))}
        return {"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid, **both}

    def sign(self, text: bytes) -> bytes:
        if self.rsa:
            return self.rsa.sign(text, padding.PKCS1v15(), SHA256())
        assert self.ec
        r, s = decode_dss_signature(self.ec.sign(text, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


class Tenant:
    """One customer's part of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key, self.ec_key = Key(), Key("EC")
        self.lies: dict[str, Any] = {}
        self.codes: dict[str, tuple[float, dict[str, str]]] = {}
        self.asked: Counter[str] = Counter()


class _Handler(BaseHTTPRequestHandler):
    tenants: dict[str, Tenant]
    wbufsize = 1 << 16  # headers and content leave together
    began: float
    """What its clock showed at first."""

    def _now(self, tenant: Tenant) -> float:
        return float(tenant.lies.get("now", self.began))

    def _route(self) -> tuple[Tenant, str, dict[str, str]]:
        parts = urlsplit(self.path)
        _, name, what = parts.path.split("/", 2)
        return self.tenants[name], what, dict(parse_qsl(parts.query))

    def do_GET(self) -> None:
        tenant, what, query = self._route()
        base = f"http://{self.headers['host']}/{tenant.name}"
        tenant.asked[what] += 1
        if what == "asked":
            self._say(200, dict(tenant.asked))
        elif what == ".well-known/openid-configuration":
            said = {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize?tenant=1",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys",
                "end_session_endpoint": f"{base}/logout",
                "token_endpoint_auth_methods_supported": [self._way(tenant)],
                "code_challenge_methods_supported": ["S256"],
            }
            self._say(200, said | tenant.lies.get("says", {}), of=tenant)
        elif what == "keys":
            others = [
                {"kty": "oct", "k": b64(SECRET.encode())},
                {"kty": "RSA", "kid": "weak", "n": number(WEAK.n), "e": "AQAB"},
            ]
            self._say(200, {"keys": [*others, tenant.key.told(), tenant.ec_key.told()]}, of=tenant)
        elif what == "authorize":
            self._authorize(tenant, query)
        else:
            self._say(200, query)

    def _authorize(self, tenant: Tenant, query: dict[str, str]) -> None:
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        assert query["client_id"] == f"portal-{tenant.name}"
        assert "openid" in query["scope"].split()
        if error := tenant.lies.get("error"):
            back = {"error": error, "error_description": "<b>Nei</b>", "state": query["state"]}
        else:
            code = token_urlsafe(20)
            tenant.codes[code] = (self._now(tenant), query)
            back = {"code": code, "state": query["state"]}
        self.send_response(302)
        self.send_header("location", f"{query['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def do_POST(self) -> None:
        tenant, what, _ = self._route()
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        tenant.asked[what] += 1
        if what == "lies":
            tenant.lies = json.loads(body)
            if tenant.lies.get("rotate"):
                tenant.key = Key()
            self._say(200, {})
        elif what == "token":
            self._token(tenant, dict(parse_qsl(body.decode())))

    def _token(self, tenant: Tenant, form: dict[str, str]) -> None:
        if not self._knows(tenant, form):
            return self._say(401, {"error": "invalid_client"})
        at, asked = tenant.codes.pop(form["code"], (0.0, {}))
        is_fresh = asked and self._now(tenant) - at <= CODE_LIVES
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        fits = asked.get("redirect_uri") == form["redirect_uri"] and asked.get("code_challenge") == challenge
        if not (is_fresh and fits and form["grant_type"] == "authorization_code"):
            return self._say(400, {"error": "invalid_grant"})
        return self._say(200, {"token_type": "Bearer", "id_token": self._id_token(tenant, asked)}, of=tenant)

    @staticmethod
    def _way(tenant: Tenant) -> str:
        return str(tenant.lies.get("authentication", "client_secret_basic"))

    def _knows(self, tenant: Tenant, form: dict[str, str]) -> bool:
        right = (f"portal-{tenant.name}", SECRET)
        if self._way(tenant) == "client_secret_post":
            return (form.get("client_id"), form.get("client_secret")) == right
        both = base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()
        name, _, secret = both.partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == right

    def _id_token(self, tenant: Tenant, asked: dict[str, str]) -> str:
        now = int(self._now(tenant))
        claims = {
            "iss": f"http://{self.headers['host']}/{tenant.name}",
            "aud": f"portal-{tenant.name}",
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **({"auth_time": now} if "max_age" in asked else {}),
            **tenant.lies.get("person", {}),
            **tenant.lies.get("claims", {}),
        }
        way = tenant.lies.get("signed", "as it must be")
        key = {"by another": Key(), "with ES256": tenant.ec_key}.get(way, tenant.key)
        alg = {"not at all": "none", "with the secret": "HS256", "with ES256": "ES256"}.get(way, "RS256")
        kid = tenant.key.kid if way == "by another" else key.kid
        header = {"alg": alg, "kid": kid, "typ": "JWT", **tenant.lies.get("header", {})}
        parts = [{name: said for name, said in part.items() if said is not None} for part in (header, claims)]
        text = ".".join(b64(json.dumps(part).encode()) for part in parts)
        if way == "not at all":
            return f"{text}."
        if way == "with the secret":
            return f"{text}.{b64(hmac.digest(SECRET.encode(), text.encode(), 'sha256'))}"
        signature = b64(key.sign(text.encode()))
        if way == "changed afterwards":
            text = f"{text.partition('.')[0]}.{b64(json.dumps(claims | {'email': 'else@where.example'}).encode())}"
        return f"{text}.{signature}"

    def _say(self, status: int, said: dict[str, Any], *, of: Tenant | None = None) -> None:
        lies = of.lies if of else {}
        content = b"<p>Nothing</p>" if lies.get("nothing") else json.dumps(said).encode()
        content += b" " * lies.get("huge", 0)
        self.send_response(500 if lies.get("broken") else 302 if lies.get("moved") else status)
        self.send_header("content-type", "application/json")
        if lies.get("moved"):
            self.send_header("location", f"http://{self.headers['host']}/elsewhere/keys")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if not lies.get("slow"):
            self.wfile.write(content)
            return
        with suppress(OSError):  # whoever asked has gone
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(lies["slow"])

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # named there
        """Say nothing."""


def main() -> None:
    tenants = {name: Tenant(name) for name in ("solvik", "fjord")}
    handler = type("Handler", (_Handler,), {"tenants": tenants, "began": float(sys.argv[1])})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
