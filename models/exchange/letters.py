"""Letters: what a mail says and to whom, from the templates in `partials/letters/` (NB10, NB11, T6).

A letter is `<kind>.txt`, with the blocks subject and body, and `<kind>.html`; all letters to an employee about an
appointment are `appointment`, with the calendar entry beside them. Nothing is sent here.
"""

from datetime import date, datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from typing import Any, Protocol

from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape

from models.bookings.sign_ups.sign_up import State
from models.core.clock import OSLO
from models.core.partials import as_started
from models.core.settings import Settings, SettingsRefused
from models.core.signed import PASSWORD_LINK, PERSONAL_LINK, Signer
from models.exchange import Undeliverable
from models.exchange.calendars.ics import Entry, Method, write_calendar
from models.outbox.message import Message
from models.values.email_address import domain_in_ascii
from models.values.language import BOKMAL, clock_time, day_month, long_date

_APPOINTMENT, _PASSWORD = "appointment", "password_link"
"""The routes that personal links lead to."""
_ANSWERED_BY = {
    "order_placed": "sender",
    "order_cancelled": "sender",
    "order_confirmation": "account_manager",
    "order_message": "author",
    "invoice_message": "author",
    "order_progress": "staff",
    "report_published": "sender",
    _APPOINTMENT: "contact",
}
"""Who gets the answers to a letter: whose name and address stand under these words in the payload."""
_IN_THE_CALENDAR = {
    "appointment_created": Method.REQUEST,
    "appointment_moved": Method.REQUEST,
    "appointment_cancelled": Method.CANCEL,
}
"""The letters that change the employee's calendar."""
_NEVER_WAS_THERE = {State.WAITING, State.OFFERED}
"""States before a cancellation in which no calendar had been told of a time."""


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
            loader=DictLoader(as_started()),
            autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(date=_date, long_date=_long_date, day_month=_day_month, time=_time)
        self._templates.globals.update(url=link, brand=settings.brand)
        self._link = link
        self._signers = {
            _APPOINTMENT: Signer(settings.secret_keys, purpose=PERSONAL_LINK),
            _PASSWORD: Signer(settings.secret_keys, purpose=PASSWORD_LINK),
        }

    def write(self, message: Message) -> EmailMessage:
        """Write a message's letter, the same at every attempt; raises Undeliverable without an address."""
        to = _address(message.to or "")
        if to is None:
            raise Undeliverable("no valid address")
        template = _family(message.kind)
        text = self._templates.get_template(f"letters/{template}.txt")
        html = self._templates.get_template(f"letters/{template}.html")
        payload = self._completed(message) if "link" in message.payload else message.payload
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
        method = _IN_THE_CALENDAR.get(message.kind)
        if method and not (payload["was"] and State(payload["was"]) in _NEVER_WAS_THERE):
            self._enclose(letter, write_calendar([self._entry(message, payload, to)], method), method)
        letter["Content-Language"] = payload.get("language", BOKMAL)
        for number, part in enumerate(part for part in letter.walk() if part.is_multipart()):
            part.set_boundary(f"={message.public_id}{number or ''}=")
        return letter

    def _completed(self, message: Message) -> dict[str, Any]:
        """What a letter with a personal link is written from; the link is made here, and kept nowhere."""
        route = _APPOINTMENT if _family(message.kind) == _APPOINTMENT else _PASSWORD
        token = self._signers[route].sign(message.payload["link"], message.to or "")
        return message.payload | {"kind": message.kind, "personal_url": self._link(route, token=token)}

    def _entry(self, message: Message, payload: dict[str, Any], to: Address) -> Entry:
        """The appointment for the employee's calendar, without the personal link: others may read calendars."""
        template = self._templates.get_template("letters/appointment_calendar.txt")
        summary, description = (
            "".join(template.blocks[name](template.new_context(payload))) for name in ("summary", "description")
        )
        return Entry(
            uid=f"sign-up-{payload['sign_up']}@{self._sender.domain}",
            sequence=payload["revision"],
            changed_at=message.created_at,
            starts_at=datetime.fromisoformat(payload["starts_at"]),
            ends_at=datetime.fromisoformat(payload["ends_at"]),
            summary=summary,
            place=payload["place"],
            description=description.strip(),
            organizer=self._sender,
            attendee=_address(to.addr_spec, payload["employee_name"]),
        )

    def _enclose(self, letter: EmailMessage, calendar: bytes, method: Method) -> None:
        """Add a calendar file: for programs that act on it as a third form of the letter, for others as a file."""
        letter.add_alternative(calendar.decode(), subtype="calendar", params={"method": method.value}, cte="base64")
        letter.add_attachment(calendar, maintype="application", subtype="ics", filename="time.ics")


def _family(kind: str) -> str:
    """What a kind's templates are called: all letters of appointments are the same but for their words."""
    return _APPOINTMENT if kind.startswith(f"{_APPOINTMENT}_") else kind


def _reply_to(message: Message) -> Address | None:
    who = _ANSWERED_BY.get(_family(message.kind))
    if who is None:
        return None
    return _address(message.payload[f"{who}_email"], message.payload[f"{who}_name"])


def _address(email: str, name: str = "") -> Address | None:
    """An address for a header, its domain in ASCII; None where it is not exactly one, for all servers."""
    local, _, domain = email.strip().rpartition("@")
    try:
        address = Address(_one_line(name), addr_spec=f"{local}@{domain_in_ascii(domain)}")
    except (ValueError, MessageError, IndexError):
        return None
    return address if address.username and address.domain and address.addr_spec.isprintable() else None


def _one_line(text: str) -> str:
    """Text for a header: no line of its own, nothing that cannot be seen."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _date(iso: Any) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}"


def _long_date(iso: str, language: str) -> str:
    return long_date(datetime.fromisoformat(iso), language)


def _day_month(iso: str, language: str) -> str:
    return day_month(datetime.fromisoformat(iso), language)


def _time(iso: str) -> str:
    return clock_time(datetime.fromisoformat(iso))
