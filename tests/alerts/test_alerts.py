"""Alerts to users of a customer: each kind as each wishes, and only of what one may see when it is written (H5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.alerts.kinds import ABOUT, Kind
from models.alerts.letters import post_alerts
from models.alerts.waiting import WaitingAlert
from models.alerts.wishes import wish_for, wishes_of
from models.bookings.alerts import SOON, alert_deadlines, tell_of_new_times
from models.bookings.booking import Booking
from models.bookings.changes import Time, call_off, revise, set_time
from models.bookings.slots import Slot
from models.core.scope import Right
from models.customers.account_managers import MailWish
from models.exchange.letters import Letters
from models.outbox.message import Message
from models.users.user import Grant, User
from tests.stage.house import House
from tests.stage.material.rounds import HMS, a_round
from tests.stage.page import Page
from tests.stage.times import NOW

FRIDAY_SEVEN = datetime(2026, 10, 2, 5, 0, tzinfo=UTC)
"""The morning after NOW, a Thursday; seven o'clock in Oslo."""
HMS_FJORD = "hms.fjord"


@pytest.fixture
def db(quiet_house: House) -> Iterator[Session]:
    """A database in which nothing waits yet, and Bergen's bookings are all known."""
    with quiet_house.behind() as db:
        yield db


def user(db: Session, name: str) -> User:
    return db.scalars(select(User).where(User.username == name)).one()


def letters(db: Session, now: datetime) -> dict[str, list[tuple[str, list[str]]]]:
    """By user name, what the letters of a round say: of each kind, what is told of the booking."""
    known = set(db.scalars(select(Message.id).where(Message.kind == "alerts")))
    post_alerts(db, now)
    db.flush()
    names = {each.email: each.username for each in db.scalars(select(User))}
    posted = db.scalars(select(Message).where(Message.kind == "alerts", Message.id.not_in(known)).order_by(Message.id))
    return {
        names[message.to or ""]: [
            (kind["label"], [f"{line['title']}: {', '.join(line['told'])}" for line in kind["lines"]])
            for kind in message.payload["kinds"]
        ]
        for message in posted
    }


def waiting(db: Session) -> int:
    return len(db.scalars(select(WaitingAlert)).all())


def test_h5_a_user_chooses_kind_by_kind_what_may_be_seen(house: House, hms: Page) -> None:
    page = hms.open("/info").follow("Varsler på e-post")
    labels = [label.get_text(strip=True) for label in page.soup.select("#wishes label")]
    seen = [about for about in ABOUT.values() if about.rights != (Right.INVOICES,)]
    assert labels == [about.label for about in seen]
    assert (page.value("new_times"), page.value("changed_times")) == ("morning", "each")
    page = page.fill(new_times="none", answer="morning").press("Lagre")
    assert page.flash == "Valgene er lagret."
    page = hms.open("/alerts")
    assert (page.value("new_times"), page.value("answer"), page.value("report")) == ("none", "morning", "each")
    refused = hms.send("POST", "/alerts", [("new_times", "hourly"), ("csrf_token", str(page.value("csrf_token")))])
    assert refused.status_code == 422
    finance = house.sign_in("okonomi.fjord").open("/alerts")
    shown = [label.get_text(strip=True) for label in finance.soup.select("#wishes label")]
    assert shown == [ABOUT[kind].label for kind in (Kind.NEW_INVOICE, Kind.OVERDUE_INVOICE, Kind.INVOICE_ANSWER)], "FI2"


def test_h5_what_changes_is_told_at_once_what_is_new_in_the_morning_and_to_whom_it_concerns(db: Session) -> None:
    new = ("Nye timer", ["Synskontroll, Bergen: Påmelding til 19.10.2026 kl. 08:00"])
    booking = a_round(db)
    tell_of_new_times(db, booking, NOW)
    slot = db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.id)).first()
    assert slot
    start = slot.starts_at + timedelta(hours=4)
    set_time(db, booking, slot, Time(start, start + timedelta(minutes=30), 1), by=HMS, now=NOW)
    revise(db, booking, {"place": "Kontoret"}, by=HMS, now=NOW)
    call_off(db, booking, by=HMS, now=NOW)
    changed = "Synskontroll, Bergen: Tider er flyttet, Nytt sted: Kontoret, Avlyst"
    assert letters(db, NOW) == {HMS_FJORD: [("Flyttet eller avlyst", [changed])]}, "in one letter, of one booking"
    assert letters(db, NOW) == {}, "once"
    assert letters(db, FRIDAY_SEVEN + timedelta(minutes=1)) == {HMS_FJORD: [new]}
    assert waiting(db) == 0
    past = a_round(db, unit="Stavanger")
    call_off(db, past, by=HMS, now=NOW + timedelta(days=60))
    tell_of_new_times(db, past, NOW + timedelta(days=60))
    assert waiting(db) == 0, "what is over is told to nobody"


def test_h5_only_who_sees_the_unit_is_told_and_what_is_taken_away_meanwhile_is_not_told(db: Session) -> None:
    for unit in ("Skole", "Brann og redning"):
        call_off(db, a_round(db, unit=unit), by=HMS, now=NOW)
    own = [("Flyttet eller avlyst", ["Synskontroll, Brann og redning: Avlyst"])]
    both = [(label, ["Synskontroll, Skole: Avlyst", *lines]) for label, lines in own]
    assert letters(db, NOW) == {"leder.brann": own, "hr.solvik": both}
    call_off(db, a_round(db, unit="Brann og redning"), by=HMS, now=NOW)
    db.execute(delete(Grant).where(Grant.user_id == user(db, "leder.brann").id))
    user(db, "hr.solvik").active = False
    db.flush()
    assert (letters(db, NOW), waiting(db)) == ({}, 0), "the rights are asked for when the letter is written"


def test_h5_whoever_wishes_none_or_the_morning_gets_that_and_what_waits_follows_the_wish(db: Session) -> None:
    hilde = user(db, HMS_FJORD)
    assert wishes_of(db, hilde.id) == {kind: about.default for kind, about in ABOUT.items()}
    wish_for(db, hilde.id, {Kind.CHANGED_TIMES: MailWish.NONE, Kind.NEW_TIMES: MailWish.EACH})
    booking = a_round(db)
    tell_of_new_times(db, booking, NOW)
    call_off(db, booking, by=HMS, now=NOW)
    assert waiting(db) == 1
    wish_for(db, hilde.id, {Kind.NEW_TIMES: MailWish.NONE})
    db.flush()
    assert (letters(db, NOW), waiting(db)) == ({}, 0), "not wished any more"
    wish_for(db, hilde.id, {Kind.CHANGED_TIMES: MailWish.MORNING})
    call_off(db, a_round(db), by=HMS, now=NOW)
    assert letters(db, NOW) == {}
    wish_for(db, hilde.id, {Kind.CHANGED_TIMES: MailWish.EACH})
    db.flush()
    assert list(letters(db, NOW)) == [HMS_FJORD], "at once, as is wished by now"


def test_h5_a_deadline_is_told_of_once_while_places_are_free_and_anew_when_it_moves(db: Session) -> None:
    open_one, full = a_round(db), a_round(db, unit="Stavanger")
    for slot in db.scalars(select(Slot).where(Slot.booking_id == full.id)):
        slot.taken = slot.capacity
    near = open_one.deadline - SOON
    db.flush()
    alert_deadlines(db, near - timedelta(days=30))

    def told(now: datetime) -> list[str]:
        before = set(db.scalars(select(WaitingAlert.id)))
        alert_deadlines(db, now)
        db.flush()
        new = select(WaitingAlert.about).where(WaitingAlert.id.not_in(before), WaitingAlert.kind == Kind.DEADLINE)
        return [about for about in db.scalars(new) if about in {open_one.about, full.about}]

    assert told(near - timedelta(minutes=1)) == []
    assert told(near) == [open_one.about], "to the one user who sees it, and nothing of the one that is full"
    assert told(near + timedelta(hours=1)) == []
    db.refresh(open_one)
    revise(db, open_one, {"deadline": open_one.deadline + timedelta(hours=5)}, by=HMS, now=near)
    assert told(near + timedelta(hours=6)) == [open_one.about]


def test_every_letter_leads_to_what_it_tells_of_and_to_where_the_wish_is_changed(
    quiet_house: House, db: Session
) -> None:
    call_off(db, a_round(db), by=HMS, now=NOW)
    post_alerts(db, NOW)
    db.flush()
    message = db.scalars(select(Message).where(Message.kind == "alerts").order_by(Message.id.desc())).first()
    booking = db.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert message
    assert booking
    link = quiet_house.portal.links.absolute
    letter = Letters(quiet_house.settings, link).write(message)
    assert letter["Subject"] == "Flyttet eller avlyst: Synskontroll, Bergen"
    for part in ("plain", "html"):
        body = letter.get_body((part,))
        assert body
        text = body.get_content()
        assert link("booking", id=booking.id) in text
        assert link("alerts") in text
