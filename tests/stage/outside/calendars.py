"""Somebody's calendar program: takes invitations from letters by the rules of iTIP, with a parser that is not ours."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import icalendar


@dataclass
class CalendarProgram:
    """What stands in the calendar, by UID; whatever comes late or twice changes nothing."""

    owner: str
    entries: dict[str, Any] = field(default_factory=dict)
    _seen: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def receive(self, letter: EmailMessage) -> None:
        """Act on the invitation in a letter, if there is one."""
        for part in letter.walk():
            if part.get_content_type() == "text/calendar":
                calendar: Any = icalendar.Calendar.from_ical(part.get_content())
                assert part.get_param("method") == calendar["method"]
                assert part.get_content_charset() == "utf-8"
                for event in calendar.events:
                    self._take(str(calendar["method"]), event, str(letter["from"].addresses[0].addr_spec))

    def _take(self, method: str, event: Any, sender: str) -> None:
        assert not event.errors
        assert str(event["organizer"]) == f"mailto:{sender}", "only the organizer may change a meeting"
        assert str(event["attendee"]) == f"mailto:{self.owner}", "it is for somebody else"
        uid, version = str(event["uid"]), (int(event["sequence"]), event["dtstamp"].dt)
        if uid in self._seen and version <= self._seen[uid]:
            return
        self._seen[uid] = version
        if method == "REQUEST":
            self.entries[uid] = event
        else:
            assert (method, event["status"]) == ("CANCEL", "CANCELLED")
            self.entries.pop(uid, None)

    @property
    def times(self) -> list[datetime]:
        """When the owner has something, in UTC."""
        return sorted(event.start.astimezone(UTC) for event in self.entries.values())
