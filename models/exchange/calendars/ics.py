"""Calendar files (iCalendar, RFC 5545) and the invitations in letters (iTIP, RFC 5546), written by hand.

A calendar knows an entry by its `uid`, and takes the one with the highest `sequence`. What is in an entry is decided
by those who make it: nothing here knows a booking.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from enum import StrEnum

from models.core.clock import OSLO

CONTENT_TYPE = "text/calendar"
_ZONE = "Europe/Oslo"
_LINE = 75
"""Octets in a line; longer ones go on in the next."""
_CALENDAR_ADDRESS_NAMES = str.maketrans({'"': "'", "\n": " ", "\r": " "})

# Summer time as it has been since 1996: the last Sunday of March and of October, at one o'clock UTC.
_TIMEZONE = f"""\
BEGIN:VTIMEZONE
TZID:{_ZONE}
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE""".splitlines()


class Method(StrEnum):
    """What the receiver shall do with the entries."""

    PUBLISH = "PUBLISH"
    """Show them."""
    REQUEST = "REQUEST"
    """Enter them, or change those that are there."""
    CANCEL = "CANCEL"
    """Take them out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment in a calendar."""

    uid: str
    """Stays the same for as long as it is the same appointment."""
    sequence: int
    """Grows with each change that the receiver is told of."""
    changed_at: datetime
    """When the entry came to be as it is."""
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str = ""
    description: str = ""
    organizer: Address | None = None
    attendee: Address | None = None


def write_calendar(entries: Iterable[Entry], method: Method = Method.PUBLISH, *, name: str = "") -> bytes:
    """The calendar file; the same entries give the same bytes. `name` is what a feed is called."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kundeportal//NO", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    if name:
        lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
        lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    lines += _TIMEZONE
    for entry in entries:
        lines += _event(entry, method)
    lines.append("END:VCALENDAR")
    return "".join(part for line in lines for part in _folded(line)).encode()


def _event(entry: Entry, method: Method) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTAMP:{_utc(entry.changed_at)}"
    yield _moment("DTSTART", entry.starts_at)
    yield _moment("DTEND", entry.ends_at)
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    if entry.organizer:
        yield f"ORGANIZER{_common_name(entry.organizer)}:mailto:{entry.organizer.addr_spec}"
    if entry.attendee:
        yield f"ATTENDEE{_common_name(entry.attendee)};PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{entry.attendee.addr_spec}"
    yield f"STATUS:{'CANCELLED' if method is Method.CANCEL else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"  # who may look into somebody's calendar sees that the time is taken, and no more
    yield f"TRANSP:{'TRANSPARENT' if method is Method.CANCEL else 'OPAQUE'}"
    yield "END:VEVENT"


def _moment(name: str, at: datetime) -> str:
    """A time as clocks in Norway show it; in the hour that comes twice, the second has to be said in UTC."""
    local = at.astimezone(OSLO)
    if local.fold:
        return f"{name}:{_utc(at)}"
    return f"{name};TZID={_ZONE}:{local:%Y%m%dT%H%M%S}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text as a property takes it: nothing in it can begin another property."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(_printable(line) for line in escaped.splitlines())


def _printable(line: str) -> str:
    return "".join(sign for sign in line if sign >= " " and sign != "\x7f")


def _common_name(address: Address) -> str:
    name = _printable(address.display_name.translate(_CALENDAR_ADDRESS_NAMES))
    return f';CN="{name}"' if name else ""


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, never within a character."""
    piece, room = "", _LINE
    for sign in line:
        width = len(sign.encode())
        if width > room:
            yield piece + "\r\n"
            piece, room = " ", _LINE - 1
        piece += sign
        room -= width
    yield piece + "\r\n"
