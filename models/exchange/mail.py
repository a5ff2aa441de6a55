"""Mail: hands letters to an SMTP server, or writes them as files where there is none.

What is in a letter is written in `models.exchange.letters`.
"""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from models.core.settings import Settings, SettingsRefused
from models.exchange import Deferred, Stumbled, Undeliverable, Unreachable, keep
from models.outbox.message import Message

_TIMEOUT = 10
"""Seconds that the server may take for each of its answers."""
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
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
        self._folder = settings.var / "mail"

    def reach(self) -> bool:
        """Go as far as the server is ready for a letter, and leave; False where there is none. Raises Unreachable."""
        if self._server is not None:
            _leave(_connect(self._server))
        return self._server is not None

    def send(self, message: Message, letter: EmailMessage) -> None:
        """Hand a letter over; raises Undeliverable or Deferred."""
        if self._server is None:
            keep(message, self._folder, ".eml", bytes(letter))
            return
        smtp = _connect(self._server)
        try:
            _hand_over(smtp, letter)
        finally:
            _leave(smtp)


def _connect(server: SmtpServer) -> smtplib.SMTP:
    """Go as far as the server is ready for a letter: whatever is wrong here is wrong for every letter."""
    smtp: smtplib.SMTP | None = None
    try:
        tls = ssl.create_default_context()
        if server.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=tls)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
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
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        raise _refusal(_code(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Stumbled(_named(error)) from error


def _refusal(code: int) -> Exception:
    said = f"smtp {code}"
    if code in _NOT_ABOUT_THIS_LETTER:
        return Unreachable(said)
    return Undeliverable(said) if 500 <= code < 600 else Deferred(said)


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
