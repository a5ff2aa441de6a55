"""Calendar files, read by a library that did not write them, as calendars read them (T6)."""

from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.clock import OSLO
from models.exchange.calendars.ics import Entry, Method, write_calendar
from tests.stage.times import NOW

AT = datetime(2026, 10, 13, 6, 30, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "uid": "17@bht.example",
    "sequence": 0,
    "changed_at": NOW,
    "starts_at": AT,
    "ends_at": AT + timedelta(minutes=30),
    "summary": "Time",
}


def read(*entries: Entry, method: Method = Method.PUBLISH, name: str = "") -> Any:
    """A calendar as a program reads it."""
    written = write_calendar(entries, method, name=name)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    return icalendar.Calendar.from_ical(written)


def event(**facts: Any) -> Any:
    """One entry, as a program reads it."""
    found = read(Entry(**(FACTS | facts))).events
    assert len(found) == 1
    assert not found[0].errors
    return found[0]


def test_an_entry_says_when_and_where() -> None:
    calendar = read(Entry(**FACTS, place="Bryggen 1; 2. etasje, Bergen", description="Ta med:\n\\ legitimasjon"))
    [entry] = calendar.events
    assert (calendar["version"], calendar["method"], calendar["calscale"]) == ("2.0", "PUBLISH", "GREGORIAN")
    assert (entry["uid"], entry["sequence"], entry["summary"]) == ("17@bht.example", 0, "Time")
    assert (entry["location"], entry["description"]) == ("Bryggen 1; 2. etasje, Bergen", "Ta med:\n\\ legitimasjon")
    assert entry["dtstamp"].dt == NOW
    assert entry.start.astimezone(UTC) == AT
    assert entry.end - entry.start == timedelta(minutes=30)
    assert (entry["status"], entry["class"]) == ("CONFIRMED", "PRIVATE")


def test_an_invitation_names_who_asks_and_who_comes_and_wants_no_answer() -> None:
    entry = Entry(
        **FACTS,
        organizer=Address('Portalen "på nett"', addr_spec="portal@bht.example"),
        attendee=Address("Kari; Nygård: Ås", addr_spec="kari@fjordbygg.example"),
    )
    calendar = read(entry, method=Method.REQUEST)
    [found] = calendar.events
    assert calendar["method"] == "REQUEST"
    assert (found["organizer"], found["organizer"].params["CN"]) == ("mailto:portal@bht.example", "Portalen 'på nett'")
    assert (found["attendee"], found["attendee"].params["CN"]) == ("mailto:kari@fjordbygg.example", "Kari; Nygård: Ås")
    assert (found["attendee"].params["PARTSTAT"], found["attendee"].params["RSVP"]) == ("ACCEPTED", "FALSE")
    assert read(entry, method=Method.CANCEL).events[0]["status"] == "CANCELLED"


CLOCKS = {
    "summer": (datetime(2026, 7, 1, 6, 0, tzinfo=UTC), "08:00"),
    "winter": (datetime(2026, 12, 1, 7, 0, tzinfo=UTC), "08:00"),
    "the day before the clocks go back": (datetime(2026, 10, 24, 6, 0, tzinfo=UTC), "08:00"),
    "the day on which they did": (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), "08:00"),
    "the first half past two": (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02:30"),
    "the second half past two": (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "02:30"),
    "the hour that does not come": (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "03:00"),
    "years ahead": (datetime(2040, 3, 25, 1, 0, tzinfo=UTC), "03:00"),
}


@pytest.mark.parametrize("when", CLOCKS)
def test_t6_times_are_right_across_the_change_of_clocks(when: str) -> None:
    at, shown = CLOCKS[when]
    entry = event(starts_at=at, ends_at=at + timedelta(hours=3))
    assert entry.start.astimezone(UTC) == at
    assert f"{entry.start.astimezone(OSLO):%H:%M}" == shown
    assert entry.end.astimezone(UTC) - at == timedelta(hours=3)


def test_t6_the_zone_in_the_file_is_norways_own() -> None:
    """Calendars that do not know the name go by what the file says of the zone."""
    [zone] = read(Entry(**FACTS)).timezones
    told = zone.to_tz(lookup_tzid=False)
    at = datetime(2020, 1, 1, 12)  # noqa: DTZ001  # as on the wall, asked for in two zones
    while at.year < 2032:
        assert at.replace(tzinfo=told).utcoffset() == at.replace(tzinfo=OSLO).utcoffset(), at
        at += timedelta(days=7)


def test_the_same_entries_give_the_same_bytes() -> None:
    entries = [Entry(**FACTS), Entry(**(FACTS | {"uid": "18"}))]
    assert write_calendar(entries, name="Timer") == write_calendar(list(entries), name="Timer")
    assert [found["uid"] for found in read(*entries).events] == ["17@bht.example", "18"]
    feed = read(*entries, name="Timer")
    assert (feed["name"], feed["x-wr-calname"]) == ("Timer", "Timer")


TEXTS = st.text(st.characters(codec="utf-8"), max_size=120) | st.sampled_from(
    ["æøå" * 40, "🩺" * 30, "a\r\nATTENDEE:x", "END:VEVENT\nBEGIN:VALARM", "\u2028x", "a" * 74 + "é", "\\n", ";,:\\"]
)


@given(TEXTS, TEXTS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_no_text_becomes_a_property_of_its_own(summary: str, place: str) -> None:
    entry = event(summary=summary, place=place, organizer=Address(" ".join(place.split()), addr_spec="a@b.example"))
    assert set(entry) <= {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "ORGANIZER", "STATUS", "CLASS"),
        "TRANSP",
    }
    assert not entry.subcomponents
    assert str(entry["summary"]) == "\n".join(
        "".join(sign for sign in line if sign >= " " and sign != "\x7f") for line in summary.splitlines()
    )
