"""The employee's own side: what the personal link shows and does, in two languages (T6; section 5, 16)."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select

from models.bookings.sign_ups import seating
from models.bookings.sign_ups.appointment import open_link
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import OFFERED, SignUp
from models.bookings.slots import Slot
from models.core.audit import THE_PORTAL, AuditEntry
from models.core.scope import bind
from models.employees.employee import Employee
from models.orders.order import Order
from tests.bookings.sign_ups.holder import (
    INGRID,
    MAREK,
    MOHAMED,
    first_in_line,
    letters,
    now_on,
    opens,
    somebody_free,
    the_round,
    whole,
)
from tests.stage.house import House
from tests.stage.sweeps import digest, token_of

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
        assert now_on(db, INGRID) == ("signed_up", datetime.fromisoformat("2026-10-13T07:00:00+00:00"))
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
        assert now_on(db, name)[0] == "cancelled"
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
        somebody = somebody_free(db)
        sign_up(whole(db, the_round(db)), slot, somebody, by=THE_PORTAL, now=house.clock.now())
        db.commit()
    page.press("09:00")
    assert (page.status_code, page.problems) == (409, ["Den tiden ble nettopp tatt av noen andre. Velg en annen."])
    assert "09:00" not in {button.get_text() for button in page.soup.select("button[name=slot]")}
    page.press("12:30")
    assert page.status_code == 200


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


def test_5_11_an_offer_is_accepted_refused_or_runs_out(house: House) -> None:
    with house.behind() as db:
        waiting = first_in_line(db)
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
            .where(SignUp.booking_id == the_round(db).id, SignUp.state.in_(("signed_up", "confirmed")))
            .order_by(Slot.starts_at)
        ).all()
        full = next(s for s in seated if s.slot_id and db.get_one(Slot, s.slot_id).starts_at.date() == day)
        seating.cancel(whole(db, the_round(db)), full, by=THE_PORTAL, now=house.clock.now())
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
        assert now_on(db, name)[0] == "signed_up"
        assert [kind for kind, _ in letters(db, name)] == ["offered", "created"]


def test_5_11_an_offer_that_has_run_out_is_over_also_before_it_is_taken_back(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        waiting = first_in_line(db)
        person = db.get_one(Employee, waiting.employee_id)
        free = select(Slot).where(Slot.booking_id == waiting.booking_id, Slot.taken == 0)
        slot = db.scalars(free.order_by(Slot.id)).first()
        assert slot
        slot.take(db)
        waiting.slot_id, waiting.state = slot.id, OFFERED
        waiting.offered_until = quiet_house.clock.now() + timedelta(hours=2)
        db.commit()
    name = (person.given_name, person.family_name)
    page = opens(quiet_house, name)
    assert page.status_code == 200
    quiet_house.clock.advance(timedelta(hours=2))
    assert opens(quiet_house, name).status_code == 410
    assert page.press("Ja takk, jeg tar timen").status_code == 410
    with quiet_house.behind() as db:
        assert now_on(db, name)[0] == "offered"
