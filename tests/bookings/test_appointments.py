"""The employee's own side: the personal link, what it opens and for how long, in two languages (T6; section 5, 16)."""

import json
import logging
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.appointment import open_link
from models.bookings.sign_ups.invitations import invite
from models.bookings.sign_ups.reminders import remind
from models.bookings.sign_ups.sign_up import COMING, SignUp, end_offers, sign_up
from models.bookings.sign_ups.waiting_list import join
from models.bookings.slots import Slot
from models.core.audit import THE_PORTAL, AuditEntry
from models.core.clock import today_in_oslo
from models.core.logs import _Structured
from models.core.scope import Scope, bind
from models.employees.employee import Employee
from models.exchange.letters import Letters
from models.orders.order import Order
from models.outbox.message import Message
from models.users.user import User
from tests.stage.calendars import CalendarProgram
from tests.stage.house import House
from tests.stage.page import BASE, Page
from tests.stage.sweeps import digest, token_of
from tests.stage.times import NOW

INGRID, MOHAMED, MAREK = ("Ingrid", "Solbakken"), ("Mohamed", "Aden"), ("Marek", "Nowak")
ROUND = "Helsekontroll Fjordbygg Bergen"


def opens(house: House, name: tuple[str, str]) -> Page:
    """An employee with the letter's link before them."""
    return house.visitor().open(f"/me/{token_of(house, *name)}")


def letters(db: Session, name: tuple[str, str]) -> list[tuple[str, dict[str, object]]]:
    """The letters to an employee that were written since the story began."""
    rows = db.execute(
        select(Message.kind, Message.payload)
        .join(Employee, Employee.email == Message.to)
        .where(Employee.given_name == name[0], Employee.family_name == name[1], Message.channel == "mail")
        .order_by(Message.id)
    )
    return [(kind.removeprefix("appointment_"), payload) for kind, payload in rows]


def now_on(db: Session, name: tuple[str, str]) -> tuple[str, datetime | None]:
    """The state of an employee's last sign-up for a time ahead, and its time."""
    row = db.execute(
        select(SignUp.state, Slot.starts_at)
        .join(Employee, Employee.id == SignUp.employee_id)
        .outerjoin(Slot, Slot.id == SignUp.slot_id)
        .where(Employee.given_name == name[0], Employee.family_name == name[1])
        .where(Slot.starts_at.is_(None) | (Slot.starts_at > NOW))
        .order_by(SignUp.id.desc())
        .limit(1)
    ).one()
    return row[0], row[1]


def employee(db: Session, name: tuple[str, str]) -> Employee:
    """Somebody by name."""
    return db.scalars(select(Employee).where(Employee.given_name == name[0], Employee.family_name == name[1])).one()


def the_round(db: Session) -> Booking:
    """The booking of the health checks."""
    return db.scalars(select(Booking).where(Booking.title == ROUND)).one()


def whole(db: Session, booking: Booking) -> Session:
    """The session, held to the booking's customer as a colleague's would be."""
    bind(db, Scope.whole(booking.customer_id))
    return db


# What one sees


def test_t6_the_link_shows_the_own_appointment_and_nothing_of_anybody_else(quiet_house: House) -> None:
    before = digest(quiet_house)
    page = opens(quiet_house, INGRID)
    assert (page.status_code, page.h1) == (200, "Timen din")
    for text in ("tirsdag 13. oktober 2026", "kl. 13:30–14:00", "Bedriftshelsesenteret Bergen", "gyldig legitimasjon"):
        assert page.has(text), text
    assert page.soup.select_one("a[href^='https://']"), "the self-declaration"
    with quiet_house.behind() as db:
        names = db.execute(select(Employee.given_name, Employee.family_name)).all()
        emails = db.scalars(select(Employee.email).where(Employee.email.is_not(None))).all()
    shown = page.response.text
    assert not [name for name in names if f"{name[0]} {name[1]}" in shown or f"{name[1]}, {name[0]}" in shown]
    assert not [email for email in emails if email and email in shown]
    assert digest(quiet_house) == before, "looking changes nothing"


def test_the_page_is_kept_nowhere_and_told_to_nobody(quiet_house: House) -> None:
    page = opens(quiet_house, INGRID)
    for answer in (page.response, opens(quiet_house, INGRID).press("Jeg kommer").response):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "etag" not in answer.headers
    assert not page.cookies, "an employee who looks gets no cookie"


def test_t6_the_page_is_in_the_employees_language_or_the_other_one(quiet_house: House) -> None:
    page = opens(quiet_house, MAREK)
    assert (page.h1, page.soup.html and page.soup.html["lang"]) == ("Your appointment", "en")
    assert page.has("Tuesday 13 October 2026")
    page.follow("Norsk")
    assert (page.h1, page.soup.html and page.soup.html["lang"]) == ("Timen din", "nb")
    page.press("Jeg kommer")
    assert (page.h1, page.flash) == ("Timen din", "Takk! Det er notert at du kommer."), "the choice is kept"
    page.follow("English")
    assert page.has("You have said that you will come")


def test_somebody_who_is_signed_in_sees_the_holders_page_not_the_portals(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open(f"/me/{token_of(quiet_house, *INGRID)}")
    assert tester.h1 == "Timen din"
    assert not tester.tabs
    assert not tester.has("Test Bruker")
    tester.press("Jeg kommer")
    assert tester.flash == "Takk! Det er notert at du kommer."


def test_the_session_behind_a_link_sees_one_customer_and_the_units_in_question(quiet_house: House) -> None:
    token = token_of(quiet_house, *INGRID)
    with quiet_house.behind() as db:
        bergen = the_round(db).unit_id
        bind(db, None)
        mine = open_link(db, quiet_house.portal.signer, token, quiet_house.clock.now())
        assert set(db.scalars(select(Employee.unit_id))) == {bergen}
        assert set(db.scalars(select(Slot.unit_id))) == {bergen}
        assert not db.scalars(select(Order.number)).all()
        assert mine.employee.given_name == "Ingrid"


# What one does


def test_5_16_another_time_is_chosen(house: House) -> None:
    page = opens(house, INGRID).press("09:00")
    assert (page.status_code, page.flash, page.h1) == (200, "Timen er din.", "Timen din")
    assert page.has("kl. 09:00–09:30")
    with house.behind() as db:
        assert now_on(db, INGRID) == ("Påmeldt", datetime.fromisoformat("2026-10-13T07:00:00+00:00"))
        [(kind, payload)] = letters(db, INGRID)
        assert (kind, payload["previously_at"]) == ("moved", "2026-10-13T11:30:00+00:00")
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry
        assert (entry.action, entry.actor) == ("moved", "Ingrid Solbakken (personlig lenke)")
    assert token_of(house, *INGRID) not in json.dumps(payload), "the outbox holds no link"
    assert "09:00" not in {button.get_text() for button in page.soup.select("button[name=slot]")}
    assert "13:30" in {button.get_text() for button in page.soup.select("button[name=slot]")}


def test_5_16_the_appointment_is_given_back_and_the_link_is_used_up(house: House) -> None:
    name, word, said = {
        "plain": (MOHAMED, "Yes, cancel it", "You are no longer signed up."),
        "htmx": (INGRID, "Ja, meld meg av", "Du er meldt av."),
    }[house.mode]
    page, form_again = opens(house, name), opens(house, name)
    assert page.press(word).flash == said
    with house.behind() as db:
        assert now_on(db, name)[0] == "Avmeldt"
        assert [kind for kind, _ in letters(db, name)] == ["cancelled"]
    before = digest(house)
    form_again.press(word)
    assert (form_again.status_code, form_again.h1) == (410, "Lenken virker ikke lenger"), "pressing twice"
    assert opens(house, name).status_code == 410
    assert digest(house) == before


def test_a_time_that_was_just_taken_is_409_with_those_that_are_left(house: House) -> None:
    page = opens(house, INGRID)
    with house.behind() as db:
        slot = db.get_one(Slot, int(str(page.soup.select("button[name=slot]")[0]["value"])))
        somebody = _somebody(db)
        sign_up(whole(db, the_round(db)), slot, somebody, by=THE_PORTAL, now=house.clock.now())
        db.commit()
    page.press("09:00")
    assert (page.status_code, page.problems) == (409, ["Den tiden ble nettopp tatt av noen andre. Velg en annen."])
    assert "09:00" not in {button.get_text() for button in page.soup.select("button[name=slot]")}
    page.press("12:30")
    assert page.status_code == 200


def _somebody(db: Session) -> Employee:
    """An employee of Bergen who is nowhere signed up."""
    return db.scalars(
        select(Employee)
        .where(
            Employee.unit_id == the_round(db).unit_id,
            Employee.email.is_not(None),
            Employee.deactivated_at.is_(None),
            Employee.id.not_in(select(SignUp.employee_id)),
        )
        .order_by(Employee.id)
        .limit(1)
    ).one()


def test_t5_after_the_deadline_the_page_says_whom_to_call(quiet_house: House) -> None:
    early = opens(quiet_house, INGRID)
    quiet_house.clock.set(datetime.fromisoformat("2026-10-12T09:00:00+00:00"))
    late = opens(quiet_house, INGRID)
    assert late.has("Det er for sent å endre timen her. Må du likevel endre noe, tar du kontakt med Per-Arne Lie")
    assert not late.soup.select("button")
    early.press("09:00")
    assert (early.status_code, early.problems) == (409, ["Fristen er ute, så ingenting er endret."])
    quiet_house.clock.set(datetime.fromisoformat("2026-10-13T13:00:00+00:00"))
    assert opens(quiet_house, INGRID).status_code == 410, "it is over"


def _first_in_line(db: Session) -> SignUp:
    return db.scalars(
        select(SignUp).where(SignUp.booking_id == the_round(db).id, SignUp.state == "Venteliste").order_by(SignUp.id)
    ).first()  # type: ignore[return-value]


def test_5_11_an_offer_is_accepted_refused_or_runs_out(house: House) -> None:
    with house.behind() as db:
        waiting = _first_in_line(db)
        person = db.get_one(Employee, waiting.employee_id)
        name = (person.given_name, person.family_name)
        day = waiting.day
    page = opens(house, name)
    assert page.h1 == "Du står på venteliste"
    assert page.has("Du er nummer 1 i køen.")
    with house.behind() as db:
        seated = db.scalars(
            select(SignUp)
            .join(Slot, Slot.id == SignUp.slot_id)
            .where(SignUp.booking_id == the_round(db).id, SignUp.state.in_(("Påmeldt", "Bekreftet")))
            .order_by(Slot.starts_at)
        ).all()
        full = next(s for s in seated if s.slot_id and db.get_one(Slot, s.slot_id).starts_at.date() == day)
        full.cancel(whole(db, the_round(db)), by=THE_PORTAL, now=house.clock.now())
        db.commit()
        assert [kind for kind, _ in letters(db, name)] == ["offered"]
    page = opens(house, name)
    assert page.h1 == "En time er ledig for deg"
    assert page.has("Svar innen")
    again = opens(house, name)
    page.press("Ja takk, jeg tar timen")
    assert (page.status_code, page.flash, page.h1) == (200, "Timen er din.", "Timen din")
    assert again.press("Ja takk, jeg tar timen").status_code == 200, "pressing twice is once"
    with house.behind() as db:
        assert now_on(db, name)[0] == "Påmeldt"
        assert [kind for kind, _ in letters(db, name)] == ["offered", "created"]


def test_5_11_an_offer_that_has_run_out_is_over_also_before_it_is_taken_back(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        waiting = _first_in_line(db)
        person = db.get_one(Employee, waiting.employee_id)
        slot = db.scalars(select(Slot).where(Slot.booking_id == waiting.booking_id, Slot.taken == 0)).first()
        assert slot
        slot.take(db)
        waiting.slot_id, waiting.state = slot.id, "Tilbudt"
        waiting.offered_until = quiet_house.clock.now() + timedelta(hours=2)
        db.commit()
    name = (person.given_name, person.family_name)
    page = opens(quiet_house, name)
    assert page.status_code == 200
    quiet_house.clock.advance(timedelta(hours=2))
    assert opens(quiet_house, name).status_code == 410
    assert page.press("Ja takk, jeg tar timen").status_code == 410
    with quiet_house.behind() as db:
        assert now_on(db, name)[0] == "Tilbudt"


def test_5_16_who_is_invited_chooses_and_the_same_link_leads_to_the_appointment(house: House) -> None:
    with house.behind() as db:
        somebody = _somebody(db)
        name, booking = (somebody.given_name, somebody.family_name), the_round(db)
        ingrid = employee(db, INGRID)
        whole(db, booking)
        asked = invite(db, booking, [somebody.id, ingrid.id], by=THE_PORTAL, now=house.clock.now())
        db.commit()
        assert [person.id for person in asked] == [somebody.id], "who has a time is not asked"
        [(kind, payload)] = letters(db, name)
        assert kind == "invitation"
        url = f"/me/{house.portal.signer.sign(str(payload['link']), somebody.email or '')}"
    page = house.visitor().open(url)
    assert (page.status_code, page.h1) == (200, "Velg en tid som passer deg")
    page.press("08:30")
    assert (page.flash, page.h1) == ("Timen er din.", "Timen din")
    assert house.visitor().open(url).h1 == "Timen din"
    with house.behind() as db:
        assert now_on(db, name)[0] == "Påmeldt"
        assert [kind for kind, _ in letters(db, name)] == ["invitation", "created"]
    house.visitor().open(url).press("Ja, meld meg av")
    assert house.visitor().open(url).status_code == 410, "given back is given back"
    with house.behind() as db:
        booking = the_round(db)
        invite(whole(db, booking), booking, [somebody.id], by=THE_PORTAL, now=house.clock.now())
        db.commit()
        link = letters(db, name)[-1][1]["link"]
    assert house.visitor().open(url).status_code == 410, "asked anew is another link"
    anew = house.visitor().open(f"/me/{house.portal.signer.sign(str(link), somebody.email or '')}")
    assert anew.h1 == "Velg en tid som passer deg"
    assert anew.press("08:30").h1 == "Timen din"
    assert house.visitor().open(url).status_code == 410


def test_5_16_an_invitation_is_refused_or_leads_to_the_waiting_list(house: House) -> None:
    with house.behind() as db:
        somebody, booking = _somebody(db), the_round(db)
        whole(db, booking)
        for _ in range(2):
            invite(db, booking, [somebody.id], by=THE_PORTAL, now=house.clock.now())
        db.commit()
        first, second = (payload for _, payload in letters(db, (somebody.given_name, somebody.family_name)))
        assert first["link"] == second["link"], "asked again is the same invitation"
        url = f"/me/{house.portal.signer.sign(str(first['link']), somebody.email or '')}"
        if house.mode == "plain":
            db.execute(update(Slot).where(Slot.booking_id == booking.id).values(taken=Slot.capacity))
            db.commit()
    page = house.visitor().open(url)
    if house.mode == "plain":
        assert page.has("Akkurat nå er alle tidene opptatt.")
        assert page.press("Sett meg på ventelisten").flash == "Du står på ventelisten."
        assert page.h1 == "Du står på venteliste"
        page.press("Ja, ta meg av ventelisten")
    else:
        page.press("Ja, jeg lar det være")
    assert page.flash == "Du er meldt av."
    assert house.visitor().open(url).status_code == 410


# What one does not see


def test_links_that_are_not_good_get_the_same_kind_page(quiet_house: House) -> None:
    good, other = token_of(quiet_house, *INGRID), token_of(quiet_house, *MAREK)
    mixed = good[:16] + other[16:]
    signer = quiet_house.portal.signer
    with quiet_house.behind() as db:
        others_address = signer.sign(good[:16], employee(db, MAREK).email or "")
    never = {
        "tampered": good[:-1] + ("a" if good[-1] != "a" else "b"),
        "tampered in the name": ("a" if good[0] != "a" else "b") + good[1:],
        "cut off": good[:-1],
        "longer": good + "a",
        "of another person": mixed,
        "signed for another address": others_address,
        "in capitals": good.upper(),
        "nothing": "x",
        "a name that nobody has": signer.sign("a" * 16, "ingrid@fjordbygg.example"),
        "nasty": "%00%C3%A9%27",
    }
    shown = set()
    for how, token in never.items():
        page = quiet_house.visitor().open(f"/me/{token}")
        assert page.status_code == 404, how
        shown.add(page.response.text)
    changes = {
        "the employee has left": update(Employee).values(deactivated_at=quiet_house.clock.now()),
        "the booking is called off": update(Booking).values(cancelled_at=quiet_house.clock.now()),
        "the sign-up is over": update(SignUp).values(state="Avmeldt", offered_until=None),
    }
    for how, change in changes.items():
        with quiet_house.behind() as db:
            db.execute(change)
            db.commit()
        page = quiet_house.visitor().open(f"/me/{good}")
        assert page.status_code == 410, how
        shown.add(page.response.text)
        quiet_house.refill()
        good = token_of(quiet_house, *INGRID)
    with quiet_house.behind() as db:
        db.execute(update(Employee).where(Employee.family_name == "Solbakken").values(email="right@fjordbygg.example"))
        db.commit()
    page = quiet_house.visitor().open(f"/me/{good}")
    assert page.status_code == 404, "the letter went to a wrong address, and that was put right"
    shown.add(page.response.text)
    assert len(shown) == 1, "all of them say the same"
    [text] = shown
    assert "This link no longer works" in text
    assert not [word for word in ("Ingrid", "Solbakken", "Bergen", "oktober", good) if word in text]


def test_a_change_needs_a_token_of_this_very_page(quiet_house: House) -> None:
    mine, other = opens(quiet_house, INGRID), opens(quiet_house, MAREK)
    tester = quiet_house.sign_in("hms.fjord").open("/info")
    url, slot = mine.url, str(mine.soup.select("button[name=slot]")[0]["value"])
    before = digest(quiet_house)
    for token in (None, "", "x", other.token(), tester.token(), mine.token()[:-1] + "é"):
        fields = [("slot", slot)] + ([("csrf_token", token)] if token is not None else [])
        for person in (mine, tester):
            assert person.send("POST", url, fields).status_code == 403, token
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"origin": "https://evil.example"},
    ):
        assert mine.send("POST", url, [("slot", slot), ("csrf_token", mine.token())], headers).status_code == 403
    assert digest(quiet_house) == before
    for origin in (BASE, "null"):  # browsers say null, because the page tells nobody its address
        answer = mine.send("POST", url, [("slot", slot), ("csrf_token", mine.token())], {"origin": origin})
        assert answer.status_code == 303


def test_a_slot_of_another_booking_or_customer_cannot_be_chosen(quiet_house: House) -> None:
    page = opens(quiet_house, INGRID)
    with quiet_house.behind() as db:
        foreign = db.scalars(
            select(Slot.id).where(Slot.booking_id != the_round(db).id, Slot.taken < Slot.capacity)
        ).all()
    before = digest(quiet_house)
    for slot in [*foreign, 999_999_999, "x", "-1", "9" * 30]:
        fields = [("csrf_token", page.token()), ("slot", str(slot))]
        assert page.send("POST", page.url, fields).status_code in {400, 409}, slot
    assert digest(quiet_house) == before


def test_changes_without_end_are_slowed_down(quiet_house: House) -> None:
    page = opens(quiet_house, INGRID)
    for _ in range(10):
        page.press("09:00")
        page.press("12:30")
    page.press("09:00")
    assert (page.status_code, page.h1) == (429, "Vent litt")
    assert int(page.headers["retry-after"]) > 0
    quiet_house.clock.advance(timedelta(minutes=16))
    assert opens(quiet_house, INGRID).press("09:00").status_code == 200


def test_links_stay_out_of_the_log(quiet_house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(quiet_house, *INGRID)
    opens(quiet_house, INGRID).press("Jeg kommer")
    quiet_house.visitor().send("GET", f"/me/{token[:-1]}?lang={token}")
    told = [_Structured(as_json=False).format(record) for record in caplog.records if record.name.startswith("portal")]
    assert any("path=/me/{token} status=200" in line for line in told)
    assert not [line for line in told if token[:16] in line or "Ingrid" in line]


def test_5_16_the_ticked_employees_are_invited_from_the_bookings_page(house: House) -> None:
    with house.behind() as db:
        booking, somebody, ingrid = the_round(db).id, _somebody(db), employee(db, INGRID)
    hms = house.sign_in("hms.fjord").open(f"/bookings/{booking}")
    button = "Inviter valgte til å velge tid selv"
    assert hms.press(button).flash == "Velg hvem som skal inviteres: kryss av minst én ansatt."
    hms.fill(employee=[str(somebody.id), str(ingrid.id)]).press(button)
    assert hms.flash == (
        "1 ansatt er invitert til å velge tid selv. "
        "1 ble ikke invitert, fordi de har en time fra før, mangler e-post eller er deaktivert."
    )
    fields = [("csrf_token", hms.token()), ("employee", str(ingrid.id)), ("invite", "1")]
    assert hms.send("POST", f"/bookings/{booking}/signups", fields).headers["location"] == f"/bookings/{booking}"
    person = (
        hms.open(f"/bookings/{booking}")
        .open(f"/bookings/{booking}?q={somebody.full_name}")
        .soup.select_one(f"#person-{somebody.id}")
    )
    assert person
    assert "Invitert til å velge tid." in person.get_text()
    with house.behind() as db:
        [(kind, payload)] = letters(db, (somebody.given_name, somebody.family_name))
        assert (kind, payload["contact_name"]) == ("invitation", "Hilde Moldskred")
        foreign = db.scalars(select(Employee.id).where(Employee.customer_id != somebody.customer_id)).first()
    before = digest(house)
    fields = [("csrf_token", hms.token()), ("employee", str(foreign))]
    assert hms.send("POST", f"/bookings/{booking}/invitations", fields).status_code == 404
    house.clock.set(datetime.fromisoformat("2026-10-12T09:00:00+00:00"))
    late = house.sign_in("hms.fjord").open(f"/bookings/{booking}")
    fields = [("csrf_token", late.token()), ("employee", str(somebody.id))]
    late.send("POST", f"/bookings/{booking}/invitations", fields)
    assert late.open(f"/bookings/{booking}").flash == "Fristen er ute. Ingen er invitert."
    assert digest(house)["invitations"] == before["invitations"]


def test_t6_every_letter_can_be_written_and_a_calendar_follows_what_happened(quiet_house: House) -> None:
    now = quiet_house.clock.now()
    with quiet_house.behind() as db:
        booking, ours, waiting = the_round(db), _somebody(db), _first_in_line(db)
        slots = db.scalars(select(Slot).where(Slot.booking_id == booking.id, Slot.taken == 0)).all()
        whole(db, booking)
        invite(db, booking, [ours.id], by=THE_PORTAL, now=now)
        mine = sign_up(db, slots[0], ours, by=THE_PORTAL, now=now)
        mine.move(db, slots[1], by=THE_PORTAL, now=now)
        mine.cancel(db, by=THE_PORTAL, now=now)
        again = sign_up(db, slots[2], ours, by=THE_PORTAL, now=now)
        waiting.cancel(db, by=THE_PORTAL, now=now)
        full = select(SignUp).join(Slot, Slot.id == SignUp.slot_id).where(SignUp.booking_id == booking.id)
        seated = next(row for row in db.scalars(full) if row.state in COMING and _day(db, row) == waiting.day)
        seated.cancel(db, by=THE_PORTAL, now=now)
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
    assert joined.state in {"Venteliste", "Tilbudt"}


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
