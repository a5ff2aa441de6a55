"""Letters to employees: what they say in both languages, what they do not, and what a calendar makes of them (T6)."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.invitations import invite
from models.bookings.sign_ups.offers import end_offers
from models.bookings.sign_ups.reminders import remind
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import COMING, SignUp
from models.bookings.sign_ups.waiting_list import join
from models.bookings.slots import Slot
from models.core.audit import THE_PORTAL
from models.core.clock import today_in_oslo
from models.core.database import Database
from models.core.scope import across_customers, bind
from models.core.settings import Settings
from models.core.signed import PERSONAL_LINK, Signer
from models.employees.employee import Employee
from models.exchange.deliver import Postman
from models.exchange.letters import Letters
from models.outbox.message import Channel, Message, Outgoing, post
from models.users.user import User
from tests.bookings.sign_ups.holder import (
    INGRID,
    MAREK,
    first_in_line,
    opens,
    somebody_free,
    the_round,
    whole,
)
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.outside.calendars import CalendarProgram
from tests.stage.outside.servers import MailServer
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.stores.empty import empty_sqlite
from tests.stage.times import TestClock

KINDS = ["created", "moved", "cancelled", "waiting", "offered", "expired", "reminder", "invitation"]
WITHOUT_TIME = {"waiting", "invitation"}
OVER = {"cancelled", "expired"}
TO = "ingrid.solbakken@fjordbygg.example"
NAME = "abcdefghijklmnop"
FORM = "https://bht.example/egenerklaering"
FACTS: dict[str, Any] = {
    "language": "nb",
    "employee_name": "Ingrid Solbakken",
    "title": "Helsekontroll Fjordbygg Bergen",
    "hidden": False,
    "starts_at": "2026-10-13T06:30:00+00:00",
    "ends_at": "2026-10-13T07:00:00+00:00",
    "previously_at": "2026-10-12T06:30:00+00:00",
    "was": None,
    "day": None,
    "place": "Bedriftshelsesenteret <Bergen>, 2. etasje",
    "preparation": "Ta med gyldig legitimasjon.\nOg briller, hvis du bruker det.",
    "self_declaration_url": FORM,
    "deadline": "2026-10-12T10:00:00+00:00",
    "offered_until": "2026-10-12T10:00:00+00:00",
    "changeable": True,
    "sign_up": 17,
    "revision": 1,
    "link": NAME,
    "customer": "Fjordbygg Entreprenør AS",
    "contact_name": "Hanne Moe",
    "contact_email": "hanne.moe@fjordbygg.example",
}
HEALTH = ["helse", "health", "lege", "egenerkl", "declaration"]


def link(route: str, **params: object) -> str:
    """The map's only line here."""
    assert route == "appointment"
    return f"https://portal.example/me/{params['token']}"


class Office:
    """A portal's outbox, its postman, and the mail server that he goes to."""

    def __init__(self, database: Database, server: MailServer, var: Path) -> None:
        self._database, self._server = database, server
        self.clock = TestClock()
        self.settings = Settings(
            secret_keys=("x" * 32,),
            field_keys=FIELD_KEYS,
            mail_from="Kundeportalen <portal@bht.example>",
            smtp_url=f"smtp://127.0.0.1:{server.port}",
            var=var,
        )

    def tell(self, kind: str, **facts: object) -> Message:
        """Write a letter, as a change does."""
        with self._database.session() as db, across_customers(db):
            message = post(
                db,
                Outgoing(
                    channel=Channel.MAIL,
                    kind=f"appointment_{kind}",
                    about="sign_up:17",
                    customer_id=None,
                    payload=FACTS | facts,
                    at=self.clock.now(),
                    to=TO,
                ),
            )
            db.commit()
        return message

    def letter(self, kind: str, **facts: object) -> EmailMessage:
        """Write a letter and bring it out; gives it as it arrived."""
        self.tell(kind, **facts)
        Postman(self._database, self.settings, self.clock, link).deliver_due()
        self.clock.advance(timedelta(minutes=1))
        return self._server.arrived[-1].letter


@pytest.fixture
def office(loop: Loop, tmp_path: Path) -> Iterator[Office]:
    """An empty outbox and a mail server that is there."""
    server = MailServer(loop)
    with empty_sqlite(tmp_path) as database:
        yield Office(database, server, tmp_path)
    server.close()


def said(letter: EmailMessage) -> tuple[str, BeautifulSoup]:
    """A letter's text and its page."""
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n"), BeautifulSoup(html.get_content(), "html.parser")


SUBJECTS = {
    "nb": [
        "Time 13. oktober kl. 08:30",
        "Ny tid: 13. oktober kl. 08:30",
        "Timen din 13. oktober kl. 08:30 er avlyst",
        "Du står på ventelisten",
        "Ledig time 13. oktober kl. 08:30: svar innen 12. oktober kl. 12:00",
        "Tilbudet om time 13. oktober kl. 08:30 er utløpt",
        "Påminnelse: time 13. oktober kl. 08:30",
        "Velg en tid som passer deg, innen 12. oktober",
    ],
    "en": [
        "Appointment 13 October at 08:30",
        "New time: 13 October at 08:30",
        "Your appointment 13 October at 08:30 is cancelled",
        "You are on the waiting list",
        "Appointment available 13 October at 08:30: answer by 12 October at 12:00",
        "The offer of 13 October at 08:30 has expired",
        "Reminder: appointment 13 October at 08:30",
        "Choose a time that suits you, by 12 October",
    ],
}
DAYS = {"nb": "tirsdag 13. oktober 2026", "en": "Tuesday 13 October 2026"}


@pytest.mark.parametrize("language", ["nb", "en"])
def test_t6_every_letter_says_what_is_needed_in_the_employees_language(office: Office, language: str) -> None:
    for kind, subject in zip(KINDS, SUBJECTS[language], strict=True):
        choosing = {"starts_at": None, "ends_at": None} if kind in WITHOUT_TIME else {}
        letter = office.letter(kind, language=language, **choosing)
        text, page = said(letter)
        assert (letter["subject"], letter["to"], letter["content-language"]) == (subject, TO, language)
        assert letter["reply-to"] == "Hanne Moe <hanne.moe@fjordbygg.example>"
        assert page.html
        assert page.html["lang"] == language
        assert page.title
        assert page.h1
        assert page.title.get_text() == page.h1.get_text() == subject
        for words in (text, page.get_text()):
            assert "Ingrid" in words
            assert "Hanne Moe" in words
            assert ("Vennlig hilsen" if language == "nb" else "Kind regards") in words
            if kind not in WITHOUT_TIME:
                assert DAYS[language] in words
            if kind not in OVER:
                assert "Bedriftshelsesenteret <Bergen>, 2. etasje" in words
                assert "Og briller" in words
        url = f"https://portal.example/me/{Signer(office.settings.secret_keys, purpose=PERSONAL_LINK).sign(NAME, TO)}"
        links = {str(a["href"]) for a in page.select("a")}
        assert links == (set() if kind in OVER else {url} if kind == "waiting" else {FORM, url})
        assert all(f"{link}\n" in text for link in links)
        assert not any(f"{word}:" in text for word in ("None", "nb", "False"))


def test_t6_neither_subject_nor_first_words_nor_calendar_title_speak_of_health(office: Office) -> None:
    for language in ("nb", "en"):
        for kind in KINDS:
            letter = office.letter(kind, language=language, title="Støttesamtale", hidden=True)
            first = said(letter)[0].partition("\n\n")[2].partition("\n\n")[0]
            seen = f"{letter['subject']} {first}".casefold().replace("bedriftshelsetjenesten", "")
            seen = seen.replace("occupational health service", "")
            assert not [word for word in [*HEALTH, "støtte"] if word in seen], seen
            for part in letter.walk():
                if part.get_content_type() == "text/calendar":
                    assert "støtte" not in part.get_content().casefold(), "the title of a private talk"


def test_the_personal_link_is_in_the_letter_and_nowhere_else(office: Office) -> None:
    message = office.tell("created")
    token = Signer(office.settings.secret_keys, purpose=PERSONAL_LINK).sign(NAME, TO)
    assert token not in json.dumps(message.payload)
    letter = office.letter("moved", revision=1)
    for part in letter.walk():
        if part.get_content_type() in {"text/calendar", "application/ics"}:
            content = part.get_content()
            assert token not in (content if isinstance(content, str) else content.decode())


def test_t6_the_calendar_file_comes_as_a_part_and_as_a_file(office: Office) -> None:
    for kind, method in {"created": "REQUEST", "moved": "REQUEST", "cancelled": "CANCEL"}.items():
        letter = office.letter(kind)
        assert letter.get_content_type() == "multipart/mixed"
        alternatives, file = letter.iter_parts()
        kinds = [part.get_content_type() for part in alternatives.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        assert (file.get_content_type(), file.get_filename()) == ("application/ics", "time.ics")
        calendar: Any = icalendar.Calendar.from_ical(file.get_content())
        [event] = calendar.events
        assert calendar["method"] == method
        assert event.start.astimezone(UTC) == datetime(2026, 10, 13, 6, 30, tzinfo=UTC)
        assert event["location"] == FACTS["place"]
        assert "Ta med gyldig legitimasjon." in event["description"]
        assert FORM in event["description"]
    for kind in ("waiting", "offered", "expired", "reminder", "invitation"):
        assert office.letter(kind).get_content_type() == "multipart/alternative"
    for was in ("waiting", "offered", "Venteliste", "Tilbudt"):  # the release before has posted words
        assert office.letter("cancelled", was=was).get_content_type() == "multipart/alternative"


def test_t6_a_calendar_follows_an_appointment_that_is_moved_and_cancelled(office: Office) -> None:
    later = {"starts_at": "2026-10-25T01:30:00+00:00", "ends_at": "2026-10-25T02:30:00+00:00"}
    story = [
        office.letter("created", revision=0),
        office.letter("moved", revision=1, starts_at="2026-10-14T06:30:00+00:00", ends_at="2026-10-14T07:00:00+00:00"),
        office.letter("moved", revision=2, **later),
        office.letter("reminder", revision=2, **later),
    ]
    cancelled = office.letter("cancelled", revision=3, **later)
    again = office.letter("created", sign_up=18, revision=0)
    program = CalendarProgram(TO)
    times = []
    for letter in story:
        program.receive(letter)
        times.append([f"{time:%d %H:%M}" for time in program.times])
    assert times == [["13 06:30"], ["14 06:30"], ["25 01:30"], ["25 01:30"]], "the second half past two of that night"
    for letter in (cancelled, again):
        program.receive(letter)
    assert program.times == [datetime(2026, 10, 13, 6, 30, tzinfo=UTC)]
    for seed in range(20):  # letters overtake each other, and come twice
        letters = [*story, cancelled, story[1]]
        random.Random(seed).shuffle(letters)  # noqa: S311
        late = CalendarProgram(TO)
        for letter in letters:
            late.receive(letter)
        assert late.times == []


def test_a_letter_is_the_same_at_every_attempt(office: Office) -> None:
    for kind in KINDS:
        message = office.tell(kind)
        first, second = (bytes(Letters(office.settings, link).write(message)) for _ in range(2))
        assert first == second


@pytest.mark.parametrize("contact", ["", "hanne@fjordbygg.example\r\nBcc: x@evil.example"])
def test_without_somebody_to_answer_to_nothing_is_promised(office: Office, contact: str) -> None:
    letter = office.letter("created", contact_email=contact, employee_name="Ingrid\r\nATTENDEE:mailto:x@evil.example")
    assert letter["reply-to"] is None
    assert letter["bcc"] is None
    [event] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    calendar: Any = icalendar.Calendar.from_ical(event.get_content())
    assert str(calendar.events[0]["attendee"]) == f"mailto:{TO}"
    assert contact or "svaret" not in said(letter)[0]


def test_too_late_to_change_is_not_offered(office: Office) -> None:
    text = said(office.letter("reminder", changeable=False))[0]
    assert "Passer det ikke?" not in text
    assert "Se timen: https://portal.example/me/" in text
    assert (
        "Passer det ikke? Du kan bytte tid eller melde deg av fram til mandag 12. oktober 2026 kl. 12:00."
        in (said(office.letter("reminder"))[0])
    )


# What happened, told


def test_t6_every_letter_can_be_written_and_a_calendar_follows_what_happened(quiet_house: House) -> None:
    now = quiet_house.clock.now()
    with quiet_house.behind() as db:
        booking, ours, waiting = the_round(db), somebody_free(db), first_in_line(db)
        slots = db.scalars(select(Slot).where(Slot.booking_id == booking.id, Slot.taken == 0)).all()
        whole(db, booking)
        invite(db, booking, [ours.id], by=THE_PORTAL, now=now)
        mine = sign_up(db, slots[0], ours, by=THE_PORTAL, now=now)
        seating.move(db, mine, slots[1], by=THE_PORTAL, now=now)
        seating.cancel(db, mine, by=THE_PORTAL, now=now)
        again = sign_up(db, slots[2], ours, by=THE_PORTAL, now=now)
        seating.cancel(db, waiting, by=THE_PORTAL, now=now)
        full = select(SignUp).join(Slot, Slot.id == SignUp.slot_id).where(SignUp.booking_id == booking.id)
        seated = next(row for row in db.scalars(full) if row.state in COMING and _day(db, row) == waiting.day)
        seating.cancel(db, seated, by=THE_PORTAL, now=now)
        end_offers(db, booking, now + timedelta(days=2))
        joined = join(db, booking, db.get_one(Employee, waiting.employee_id), waiting.day, by=THE_PORTAL, now=now)
        db.commit()
        bind(db, None)
    with quiet_house.behind() as db:
        remind(db, slots[2].starts_at - timedelta(hours=40))
        db.commit()
        posted = db.scalars(select(Message).where(Message.channel == "mail").order_by(Message.id)).all()
    writer = Letters(quiet_house.settings, quiet_house.portal.links.absolute)
    written = [(message, writer.write(message)) for message in posted]
    assert {message.kind.removeprefix("appointment_") for message in posted} == {
        *("created", "moved", "cancelled", "waiting", "offered", "expired", "reminder", "invitation")
    }
    program = CalendarProgram(ours.email or "")
    for message, letter in written:
        assert letter["subject"]
        if message.to == ours.email:
            program.receive(letter)
    assert program.times == [slots[2].starts_at]
    assert again.id != mine.id
    assert joined.state in {"waiting", "offered"}


def _day(db: Session, sign_up: SignUp) -> date:
    return today_in_oslo(db.get_one(Slot, sign_up.slot_id).starts_at)


def test_5_16_a_colleague_is_told_of_a_time_that_is_given_back_unless_names_are_hidden(quiet_house: House) -> None:
    page = opens(quiet_house, INGRID)
    for hidden in (True, False):
        with quiet_house.behind() as db:
            hms = db.scalars(select(User.id).where(User.username == "hms.fjord")).one()
            db.execute(update(SignUp).values(signed_up_by_id=hms))
            db.execute(update(Booking).values(names_hidden=hidden))
            db.commit()
        (opens(quiet_house, MAREK).press("Yes, cancel it") if hidden else page.press("Ja, meld meg av"))
    with quiet_house.behind() as db:
        [message] = db.scalars(select(Message).where(Message.kind == "time_given_back")).all()
    letter = Letters(quiet_house.settings, quiet_house.portal.links.absolute).write(message)
    assert (letter["to"], letter["subject"]) == (
        "hilde.moldskred@fjordbygg.example",
        "Ingrid Solbakken har meldt seg av 13. oktober kl. 13:30",
    )
    body = letter.get_body(("plain",))
    assert body
    assert "/bookings/" in body.get_content()
