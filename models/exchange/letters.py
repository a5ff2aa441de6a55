"""Letters: what a mail says and to whom, from the templates in `partials/letters/` (NB10, NB11).

A letter is `<kind>.txt`, with the blocks subject and body, and `<kind>.html`. Nothing is sent here.
"""

from datetime import date
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.clock import OSLO
from models.exchange import Undeliverable
from models.outbox import Message
from models.settings import Settings, SettingsRefused

_PARTIALS = Path(__file__).parents[2] / "partials"

_ANSWERED_BY = {"order_placed": "sender", "order_confirmation": "account_manager"}
"""Who gets the answers to a letter: whose name and address stand under these words in the payload."""


class Link(Protocol):
    """Gives the whole URL of a route by its name: the map is a floor above."""

    def __call__(self, route: str, **params: object) -> str: ...


class _LetterPolicy(EmailPolicy):
    """Works round a fault of Python up to 3.12: a long subject lost spaces where it was folded."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header."""
        if name != "Subject":
            return super().fold_binary(name, value)
        subject = Header(str(value), header_name=name).encode(linesep=self.linesep)
        return f"{name}: {subject}{self.linesep}".encode("ascii")


_POLICY = _LetterPolicy(linesep="\r\n")


class Letters:
    """Writes letters."""

    def __init__(self, settings: Settings, link: Link) -> None:
        sender = _address(*reversed(parseaddr(settings.mail_from)))
        if sender is None:
            raise SettingsRefused("MAIL_FROM must look like Kundeportal <portal@example.no>.")
        self._sender = sender
        self._templates = Environment(
            loader=FileSystemLoader(_PARTIALS),
            autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["date"] = _date
        self._templates.globals.update(url=link, brand=settings.brand)

    def write(self, message: Message) -> EmailMessage:
        """Write a message's letter, the same at every attempt; raises Undeliverable without an address."""
        to = _address(message.to or "")
        if to is None:
            raise Undeliverable("no valid address")
        text = self._templates.get_template(f"letters/{message.kind}.txt")
        html = self._templates.get_template(f"letters/{message.kind}.html")
        payload = message.payload
        subject = _one_line("".join(text.blocks["subject"](text.new_context(payload))))

        letter = EmailMessage(policy=_POLICY)
        letter["From"] = self._sender
        letter["To"] = to
        if answered_by := _reply_to(message):
            letter["Reply-To"] = answered_by
        letter["Subject"] = subject
        letter["Date"] = message.created_at.astimezone(OSLO)
        letter["Message-ID"] = f"<{message.public_id}@{self._sender.domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text.render(payload), cte="quoted-printable")
        letter.add_alternative(html.render(payload, subject=subject), subtype="html", cte="quoted-printable")
        letter["Content-Language"] = "nb"
        letter.set_boundary(f"={message.public_id}=")
        return letter


def _reply_to(message: Message) -> Address | None:
    who = _ANSWERED_BY.get(message.kind)
    if who is None:
        return None
    return _address(message.payload[f"{who}_email"], message.payload[f"{who}_name"])


def _address(email: str, name: str = "") -> Address | None:
    """An address for a header, its domain in ASCII; None where it is not exactly one, for all servers."""
    local, _, domain = email.strip().rpartition("@")
    try:
        address = Address(_one_line(name), addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, MessageError, IndexError):
        return None
    return address if address.username and address.domain and address.addr_spec.isprintable() else None


def _one_line(text: str) -> str:
    """Text for a header: no line of its own, nothing that cannot be seen."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _date(iso: Any) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}"
