"""Mail: hands letters to an SMTP server, or writes them as files where there is none.

What is in a letter is written in `models.exchange.letters`.
"""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from models.core.settings import Settings, SettingsRefused
from models.exchange import Deferred, Stumbled, Undeliverable, Unreachable, keep
from models.exchange.deadline import TooLate, Wire, within
from models.outbox.message import Message

_TIMEOUT = 10
"""Seconds that the server may take for each step; all of them have one deadline (`deadline`)."""
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_TOO_LONG = 552
_NOT_ABOUT_THIS_LETTER = {421, 530, 534, 535, 538}
"""The server goes away, or wants another authentication: letters wait until that is put right."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where letters are handed over; `scheme` says how the connection is secured."""

    scheme: str
    host: str
    port: int
    username: str | None = None
    password: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> "SmtpServer":
        """Read SMTP_URL, with user and password percent-encoded; raises SettingsRefused."""
        parts = urlsplit(url)
        try:
            port = parts.port or _PORTS[parts.scheme]
        except (KeyError, ValueError):
            port = 0
        if not (port and parts.hostname):
            raise SettingsRefused(
                "SMTP_URL must look like smtp+starttls://user:password@host:587, or smtp://, smtps://."
            )
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password or ""),
        )


class Mail:
    """The way of letters out of the portal."""

    def __init__(self, settings: Settings) -> None:
        self._server = SmtpServer.at(settings.smtp_url) if settings.smtp_url else None
        self.folder = settings.var / "mail"

    def reach(self) -> bool:
        """Go as far as the server is ready for a letter, and leave; False where there is none. Raises Unreachable."""
        server = self._server
        if server is None:
            return False
        within(lambda wire: _leave(_connect(server, wire)))
        return True

    def send(self, message: Message, letter: EmailMessage) -> None:
        """Hand a letter over; raises Undeliverable or Deferred."""
        server = self._server
        if server is None:
            keep(message, self.folder, ".eml", bytes(letter))
        else:
            within(lambda wire: _send(server, letter, wire))


def _send(server: SmtpServer, letter: EmailMessage, wire: Wire) -> None:
    smtp = _connect(server, wire)
    try:
        _hand_over(smtp, letter)
    finally:
        _leave(smtp)


class _Held(smtplib.SMTP):
    """A connection that can be cut off as soon as it is there."""

    def __init__(self, server: SmtpServer, wire: Wire, **more: Any) -> None:
        self._wire = wire
        super().__init__(server.host, server.port, timeout=_TIMEOUT, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # smtplib's own hook
        try:
            self._wire.hold(self)
        except TooLate:
            made.close()
            raise
        return made


class _HeldTls(_Held, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


def _connect(server: SmtpServer, wire: Wire) -> smtplib.SMTP:
    """Go as far as the server is ready for a letter: whatever is wrong here is wrong for every letter."""
    smtp: smtplib.SMTP | None = None
    try:
        tls = ssl.create_default_context()
        smtp = _HeldTls(server, wire, context=tls) if server.scheme == "smtps" else _Held(server, wire)
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=tls)
        if server.username is not None:
            smtp.login(server.username, server.password)
        smtp.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        if smtp is not None:
            smtp.close()
        raise Unreachable(_named(error)) from error
    return smtp


def _hand_over(smtp: smtplib.SMTP, letter: EmailMessage) -> None:
    try:
        smtp.send_message(letter)
    except smtplib.SMTPSenderRefused as error:
        raise _refusal_of_us(error.smtp_code) from error
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        raise _refusal(_code(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Stumbled(_named(error)) from error


def _refusal(code: int) -> Exception:
    said = f"smtp {code}"
    if code in _NOT_ABOUT_THIS_LETTER:
        return Unreachable(said)
    return Undeliverable(said) if 500 <= code < 600 else Deferred(said)


def _refusal_of_us(code: int) -> Exception:
    """At MAIL FROM nothing is known of a letter but its length: whatever else is refused there, is for every letter."""
    if code == _TOO_LONG:
        return Undeliverable(f"smtp {code}")
    return Unreachable(f"smtp {code}") if 500 <= code < 600 else _refusal(code)


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye. The letter is accepted or not by now: how the server answers changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _code(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    return next(iter(error.recipients.values()))[0]


def _named(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp {error.smtp_code}"
    return type(error).__name__
