"""The signed cookies and the token of forms: one that is in doubt counts as none.

A cookie only names a session; what belongs to it is in the database.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from models.core.settings import Settings

_DEVICE_AGE = timedelta(days=180)
_FLASH_AGE = timedelta(minutes=1)
_BEGUN_AGE = timedelta(minutes=10)
_WROTE_AGE = timedelta(minutes=10)
_VISITOR_AGE = timedelta(hours=12)
_USERS_PER_DEVICE = 5
_SIGNED = {"digest_method": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """What the session cookie says: which session, and which of the user's customers."""

    secret: str
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in whose password was right, and that waits for a second factor."""

    user_id: int
    password: str
    """A digest of the stored hash that the password was right for."""


@dataclass(frozen=True, slots=True)
class Flash:
    """What just happened, said once on the next page; `tone` is good, wait or bad."""

    text: str
    tone: str = "good"


class Cookies:
    """Writes and reads the portal's cookies, signed with the first of SECRET_KEYS, accepted with any."""

    def __init__(self, settings: Settings) -> None:
        keys = list(reversed(settings.secret_keys))  # itsdangerous signs with the last
        self._secure = settings.secure
        self._prefix = "__Host-" if settings.secure else ""
        self._session = URLSafeSerializer(keys, salt="session", signer_kwargs=_SIGNED)
        self._device = URLSafeSerializer(keys, salt="device", signer_kwargs=_SIGNED)
        self._begun = URLSafeSerializer(keys, salt="begun", signer_kwargs=_SIGNED)
        self._visitor = URLSafeSerializer(keys, salt="visitor", signer_kwargs=_SIGNED)
        self._flash = URLSafeTimedSerializer(keys, salt="flash", signer_kwargs=_SIGNED)
        self._choice = URLSafeSerializer(keys, salt="choice", signer_kwargs=_SIGNED)
        self._wrote = URLSafeTimedSerializer(keys, salt="wrote", signer_kwargs=_SIGNED)
        self._form = URLSafeSerializer(keys, salt="form", signer_kwargs=_SIGNED)

    def read_session(self, request: Request) -> SessionCookie | None:
        """The session that the browser asks for, if the signature holds."""
        value = self._read(request, "session", self._session)
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
            return SessionCookie(value[0], value[1] if isinstance(value[1], int) else None)
        return None

    def write_session(self, response: Response, cookie: SessionCookie) -> None:
        """Written at sign-in and at the switch of customer only."""
        self._write(response, "session", self._session.dumps([cookie.secret, cookie.customer_id]))

    def remove_session(self, response: Response) -> None:
        """Written at sign-out."""
        self._write(response, "session", "", max_age=0)

    def read_flash(self, request: Request) -> Flash | None:
        """The flash of the request before, if any."""
        value = self._read(request, "flash", self._flash, max_age=int(_FLASH_AGE.total_seconds()))
        return Flash(*value) if isinstance(value, list) and len(value) == 2 else None

    def write_flash(self, response: Response, flash: Flash) -> None:
        """Carry a flash over a redirect."""
        value = str(self._flash.dumps([flash.text, flash.tone]))
        self._write(response, "flash", value, max_age=int(_FLASH_AGE.total_seconds()))

    def remove_flash(self, response: Response) -> None:
        """The flash was shown."""
        self._write(response, "flash", "", max_age=0)

    def devices(self, request: Request) -> dict[str, str]:
        """The users who have signed in with this browser before, with what names it for each of them."""
        value = self._read(request, "device", self._device)
        return value if isinstance(value, dict) else {}

    def write_device(self, response: Response, known: dict[str, str], user_id: int) -> str:
        """Remember that a user has signed in here, so that guessing elsewhere cannot lock the user out.

        Returns what names the browser for this user.
        """
        kept = {user: name for user, name in known.items() if user != str(user_id)}
        names = dict(list(kept.items())[-(_USERS_PER_DEVICE - 1) :])
        names[str(user_id)] = known.get(str(user_id)) or secrets.token_urlsafe(16)
        self._write(response, "device", self._device.dumps(names), max_age=int(_DEVICE_AGE.total_seconds()))
        return names[str(user_id)]

    def read_begun(self, request: Request, now: datetime) -> Begun | None:
        """The sign-in that waits for a second factor at this browser, for as long as one may take."""
        value = self._read(request, "begun", self._begun)
        if not (isinstance(value, list) and len(value) == 3) or now.timestamp() - value[2] > _BEGUN_AGE.total_seconds():
            return None
        return Begun(value[0], value[1])

    def write_begun(self, response: Response, begun: Begun, now: datetime) -> None:
        """Written when a password was right and a second factor is asked for."""
        value = self._begun.dumps([begun.user_id, begun.password, int(now.timestamp())])
        self._write(response, "begun", value, max_age=int(_BEGUN_AGE.total_seconds()))

    def remove_begun(self, response: Response) -> None:
        """The user is in."""
        self._write(response, "begun", "", max_age=0)

    def read_visitor(self, request: Request) -> str | None:
        """What ties the sign-in form to this browser before there is a session."""
        value = self._read(request, "visitor", self._visitor)
        return value if isinstance(value, str) else None

    def write_visitor(self, response: Response, visitor: str) -> None:
        """Name a browser that is about to sign in."""
        age = int(_VISITOR_AGE.total_seconds())
        self._write(response, "visitor", self._visitor.dumps(visitor), max_age=age)

    def read_wrote(self, request: Request) -> int:
        """Up to where the database must have come that this browser reads from; 0 where it wrote nothing lately."""
        value = self._read(request, "wrote", self._wrote, max_age=int(_WROTE_AGE.total_seconds()))
        return value if isinstance(value, int) else 0

    def write_wrote(self, response: Response, position: int) -> None:
        """Written with each change, where pages may be read from a server that follows the one that was written to."""
        value = str(self._wrote.dumps(position))
        self._write(response, "wrote", value, max_age=int(_WROTE_AGE.total_seconds()))

    def remember(self, response: Response, name: str, choice: str) -> None:
        """Remember how somebody wants to see something, on this browser; nothing that is anybody's secret."""
        self._write(response, name, self._choice.dumps(choice), max_age=int(_DEVICE_AGE.total_seconds()))

    def remembered(self, request: Request, name: str) -> str | None:
        """What was chosen there before."""
        value = self._read(request, name, self._choice)
        return value if isinstance(value, str) else None

    def form_token(self, subject: str) -> str:
        """A fresh token for a form, good for `subject` only; another each time, because pages are compressed."""
        return str(self._form.dumps([subject, secrets.token_urlsafe(12)]))

    def subject_of(self, token: str) -> str | None:
        """Whom a form's token was made for, or None where it was not made here."""
        try:
            value: Any = self._form.loads(token)
        except BadData:
            return None
        return value[0] if isinstance(value, list) and value and isinstance(value[0], str) else None

    def _read(
        self, request: Request, name: str, serializer: URLSafeSerializer | URLSafeTimedSerializer, **limits: Any
    ) -> Any | None:
        value = _sent(request, self._prefix + name)
        if not value or len(value) > 4096:
            return None
        try:
            return serializer.loads(value, **limits)
        except BadData:
            return None

    def _write(self, response: Response, name: str, value: str | bytes, max_age: int | None = None) -> None:
        response.set_cookie(
            self._prefix + name,
            value if isinstance(value, str) else value.decode(),
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


def _sent(request: Request, name: str) -> str:
    """The value of a cookie. Ours are never quoted, and a parser that takes quoted ones apart can be kept busy."""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                return value
    return ""
