"""An employer's issuer for a rehearsal: it says who signs in at work, on this computer, for as long as one looks.

It says what an issuer must. The one that lies, and shares no library with what judges it, is in the tests.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Event, Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from models.core.clock import Clock

CLIENT, SECRET = "kundeportal", "a-secret-of-the-rehearsal"
"""What the portal is called there, and what it says to be known."""
_LIVES = 300
"""Seconds that a token is good for."""
_PATIENCE = 4.0
"""Seconds after which it answers, although nobody has let it go on."""


class Issuer:
    """What it knows, and what it says to whoever asks."""

    def __init__(self, address: str, clock: Clock) -> None:
        self.address = address
        self._clock = clock
        self._key = RSAKey.generate_key(2048, {"use": "sig", "kid": token_urlsafe(6)})
        self._codes: dict[str, Mapping[str, object]] = {}
        self._answers, self._goes_on = True, Event()
        self._goes_on.set()

    def sends_back(self, there: str, **person: str) -> str:
        """Where somebody is sent back to who has come here; `person` are the claims, without any one has given up."""
        asked = dict(parse_qsl(urlsplit(there).query))
        brought = {"error": "access_denied"}
        if person:
            brought = {"code": token_urlsafe(20)}
            self._codes[brought["code"]] = {"nonce": asked["nonce"], **person}
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({**brought, 'state': asked['state']})}"

    @contextmanager
    def is_away(self) -> Iterator[None]:
        """It fails at whatever it is asked."""
        self._answers = False
        yield
        self._answers = True

    @contextmanager
    def is_slow(self) -> Iterator[None]:
        """It lets everybody wait."""
        self._goes_on.clear()
        try:
            yield
        finally:
            self._goes_on.set()

    def answer(self, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """What it says of itself, its keys, or who has brought a code."""
        self._goes_on.wait(_PATIENCE)
        if not self._answers:
            return 500, {}
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            told = {name: f"{self.address}/{place}" for name, place in places.items()}
            return 200, {"issuer": self.address, "end_session_endpoint": f"{self.address}/logout", **told}
        if path == "/keys":
            return 200, {"keys": [self._key.as_dict(private=False)]}
        claims = self._codes.pop(form.get("code", ""), None)
        return (200, {"id_token": self._token(claims)}) if claims else (400, {"error": "invalid_grant"})

    def _token(self, claims: Mapping[str, object]) -> str:
        now = int(self._clock.now().timestamp())
        own = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + _LIVES, "auth_time": now}
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, {**own, **claims}, self._key)


class _Server(ThreadingHTTPServer):
    issuer: Issuer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer(dict(parse_qsl(body.decode())))

    def _answer(self, form: Mapping[str, str]) -> None:
        status, said = self.server.issuer.answer(self.path, form)
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named there
        """Say nothing."""


@contextmanager
def issuing(clock: Clock) -> Iterator[Issuer]:
    """An issuer that answers at an address of its own, until nobody needs it any more."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.issuer = Issuer(f"http://127.0.0.1:{server.server_port}", clock)
        Thread(target=server.serve_forever, args=(0.05,), name="issuer", daemon=True).start()
        try:
            yield server.issuer
        finally:
            server.shutdown()
