"""Bookinger: the list, a booking's page, and putting employees on slots there (T1-T7)."""

import re
from datetime import timedelta

import pytest
from bs4 import Tag
from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.employees.employee import Employee
from models.outbox.message import Message
from models.users.sessions import UserSession
from models.users.user import User
from tests.stage.house import House
from tests.stage.material.rounds import a_round, all_is_well, people, slots_of
from tests.stage.page import Page
from tests.stage.sweeps import counted
from tests.stage.times import NOW


class Stage:
    """A booking of the tests' own at Bergen, and people to put on it."""

    def __init__(self, house: House, count: int = 4, **facts: object) -> None:
        with house.behind() as db:
            booking = a_round(db, **facts)  # type: ignore[arg-type]
            self.id, self.slots = booking.id, [slot.id for slot in slots_of(db, booking)]
            found = people(db, count)
            self.ids = [employee.id for employee in found]
            self.names = [employee.full_name for employee in found]
            self.emails = [str(employee.email) for employee in found]
            db.commit()
        self.url = f"/bookings/{self.id}"
        self.house = house

    def sits(self, place: int, who: int, by: str = "hms.fjord") -> int:
        """Somebody sits on a slot already; returns the sign-up."""
        with self.house.behind() as db:
            user = db.scalars(select(User).where(User.username == by)).one()
            actor = type("Actor", (), {"label": user.full_name, "user_id": user.id})()
            made = sign_up(
                db, db.get_one(Slot, self.slots[place]), db.get_one(Employee, self.ids[who]), by=actor, now=NOW
            )
            db.commit()
            return made.id

    def changes(self, **values: object) -> None:
        """The provider changes the booking."""
        with self.house.behind() as db:
            booking = db.get_one(Booking, self.id)
            for name, value in values.items():
                setattr(booking, name, value)
            db.commit()


def slot(page: Page, id: int) -> str:
    """What a slot says."""
    found = page.soup.select_one(f"#slot-{id}")
    assert isinstance(found, Tag)
    return " ".join(found.get_text(" ", strip=True).split())


def press(page: Page, on: str, text: str) -> Page:
    """Press a button inside an element."""
    place = page.soup.select_one(on)
    assert isinstance(place, Tag), f"no {on}"
    [button, *_] = [b for b in place.select("button") if b.get_text(strip=True) == text]
    form = button.find_parent("form")
    assert isinstance(form, Tag)
    return page.submit(form, button)


def tick(page: Page, *ids: int) -> Page:
    """Tick employees."""
    return page.fill(employee=[str(id) for id in ids])


def places(page: Page) -> str:
    """How many places are taken."""
    found = page.soup.select_one("#places dd")
    assert found is not None
    return " ".join(found.get_text(" ", strip=True).split())


def test_t1_bookings_are_listed_and_lead_to_their_slots(hms: Page) -> None:
    page = hms.open("/info").follow("Alle bookinger")
    assert page.h1 == "Bookinger"
    assert page.has("Helsekontroll Fjordbygg Bergen")
    assert page.has("Uke 42 · 12.–18. oktober 2026")
    assert [tab.get_text() for tab in page.soup.select("#tabs [aria-current]")] == ["Bestilling"]
    narrowed = page.fill(from_="13.10.2026", to="13.10.2026").press("Søk")
    assert [a.get_text() for a in narrowed.soup.select(".agenda p a")] == ["Helsekontroll Fjordbygg Bergen"]
    assert "from=13.10.2026" in narrowed.url
    booking = narrowed.follow("Helsekontroll Fjordbygg Bergen")
    assert booking.h1 == "Helsekontroll Fjordbygg Bergen"
    assert len(booking.soup.select("[id^=slot-]")) == 39
    assert booking.has("3 på venteliste")
    wrong = hms.open("/bookings").fill(from_="20.10.2026", to="13.10.2026").press("Søk")
    assert (wrong.status_code, wrong.error("to")) == (422, "Til dato er før fra dato. Bytt om eller rett en av dem.")


def test_b14_the_order_leads_to_the_booking(hms: Page) -> None:
    page = hms.open("/orders/307513").follow("Helsekontroll Fjordbygg Bergen")
    assert page.follow("307513").number == "307513"


def test_t1_t5_put_on_moved_and_taken_off(house: House, hms: Page) -> None:
    stage = Stage(house)
    early, late = stage.slots
    page = press(tick(hms.open(stage.url), stage.ids[0]), f"#slot-{early}", "Meld på")
    assert page.flash == f"{stage.names[0]} er påmeldt tir. 20.10 kl. 08:00."
    assert stage.names[0] in slot(page, early)
    assert places(page) == "1 av 2 tatt"
    assert "1 ledig" in page.soup.select(".day")[0].get_text()
    if house.mode == "htmx":
        assert page.headers.get("hx-retarget") is None, "just the times and the counters are swapped"
        assert "<main" not in page.response.text
    page = page.open(stage.url).follow("Flytt")
    assert page.has(f"Flytt {stage.names[0]}")
    page = press(page, f"#slot-{late}", "Flytt hit")
    assert page.flash == f"{stage.names[0]} er flyttet til tir. 20.10 kl. 08:30."
    assert (stage.names[0] in slot(page, late), "Ledig" in slot(page, early)) == (True, True)
    page = press(page, f"#slot-{late}", "Meld av")
    assert page.flash == f"{stage.names[0]} er meldt av."
    assert places(page) == "0 av 2 tatt"
    with house.behind() as db:
        kinds = db.scalars(select(Message.kind).where(Message.to == stage.emails[0]).order_by(Message.id)).all()
    assert kinds == ["appointment_created", "appointment_moved", "appointment_cancelled"]
    all_is_well(house)


def test_several_go_at_once_and_two_swap(house: House, hms: Page) -> None:
    stage = Stage(house, capacity=2)
    early, late = stage.slots
    page = press(tick(hms.open(stage.url), *stage.ids[:2]), f"#slot-{early}", "Meld på")
    assert page.flash.startswith(f"{stage.names[0]} og {stage.names[1]} er påmeldt")
    page = press(tick(hms.open(stage.url), stage.ids[2]), f"#slot-{late}", "Meld på")
    page = hms.open(stage.url).follow("Flytt")
    page = press(page, f"#slot-{late}", "Bytt")
    assert "De to har byttet." in page.flash
    assert stage.names[2] in slot(page, early)
    assert stage.names[0] in slot(page, late)
    assert places(page) == "3 av 4 tatt"


def test_h4_it_is_seen_whom_one_presses_for_and_afterwards_where_one_looks_that_it_worked(
    house: House, hms: Page
) -> None:
    stage = Stage(house)
    early, late = stage.slots
    page = hms.open(stage.url)
    assert "Kryss av hvem som skal ha time" in chosen(page)
    both = f"{stage.url}?employee={stage.ids[0]}&employee={stage.ids[1]}"
    page = hms.open(both)
    assert chosen(page).startswith("2 valgte: ")
    page = press(page, f"#slot-{early}", "Meld på 2 valgte")
    said = "Det er ikke plass til alle 2 på den tiden. Velg en annen, eller fordel dem på ledige tider."
    assert page.problems == [said], "one is told what to do, and not that somebody else was faster"
    page = hms.open(both)
    drop = page.soup.select_one(f'#chosen a[aria-label="Fjern {stage.names[1]} fra de valgte"]')
    assert drop is not None
    page = page.click(drop)
    assert chosen(page) == f"1 valgt: {stage.names[0]} · Fjern"
    page = press(tick(page, stage.ids[0]), f"#slot-{early}", f"Meld på {stage.names[0]}")
    assert "Kryss av hvem" in chosen(page), "whoever has a time is not chosen any more"
    assert slot(page, late).endswith("Meld på"), "nor named at the other times"
    new = page.soup.select_one(f"#slot-{early} .new")
    assert new is not None
    assert new.has_attr("autofocus"), "one is taken to it, with script and without"
    assert " ".join(new.get_text(" ").split()) == f"{stage.names[0]} Påmeldt nå · Angre Flytt"
    assert "#" not in page.url, "what is said stands above; the way leads to no place below it"
    page = press(page, f"#slot-{early}", "Angre")
    assert page.flash == f"{stage.names[0]} er meldt av."
    assert "Ledig" in slot(page, early)
    assert "Påmeldt nå" not in slot(page.open(stage.url), early)
    all_is_well(house)


def chosen(page: Page) -> str:
    bar = page.soup.select_one("#chosen")
    return " ".join(bar.get_text(" ").split()) if bar else ""


def test_t3_the_loser_of_a_race_sees_what_is_left_and_keeps_the_chosen(house: House, hms: Page) -> None:
    stage = Stage(house)
    early, late = stage.slots
    page = tick(hms.open(stage.url), stage.ids[1])
    stage.sits(0, 0)
    with counted(house) as said:
        page = press(page, f"#slot-{early}", "Meld på")
    assert page.status_code == 409
    assert page.problems == ["Timen ble nettopp full. Velg en av dem som er ledige."]
    assert not [one for one in said if "SAVEPOINT" in one or "FOR UPDATE" in one], "who comes too late holds nobody up"
    assert len(said) <= 14
    assert stage.names[0] in slot(page, early)
    assert not page.soup.select(f"#slot-{early} button"), "the answer is about another time"
    assert ("Full" in slot(page, early), "Ledig" in slot(page, late)) == (True, True)
    if house.mode == "htmx":
        assert "<main" not in page.response.text, "the people's side stays as it was"
    else:
        ticked, shown = page.soup.select("#people input[checked]"), page.soup.select("#people [name=employee]")
        assert [box["value"] for box in ticked] == [box["value"] for box in shown] == [str(stage.ids[1])]
        everybody = page.follow("vis alle").soup.select("#people [name=employee]")
        assert len(everybody) > 1, "nobody was looked for, but all can be"
        assert [box["value"] for box in everybody if box.has_attr("checked")] == [str(stage.ids[1])]
    again = page if house.mode == "plain" else tick(page, stage.ids[1])
    page = press(again, f"#slot-{late}", f"Meld på {stage.names[1]}")
    assert stage.names[1] in slot(page, late)
    assert "Meld av" in slot(page, early)
    all_is_well(house)


def test_pressing_twice_puts_on_once_and_takes_off_once(quiet_house: House) -> None:
    stage, hms = Stage(quiet_house), quiet_house.sign_in("hms.fjord")
    page = hms.open(stage.url)
    fields = [("csrf_token", page.token()), ("slot", str(stage.slots[0])), ("employee", str(stage.ids[0]))]
    for _ in range(2):
        assert page.send("POST", f"{stage.url}/signups", fields).status_code == 303
    with quiet_house.behind() as db:
        [made] = db.scalars(select(SignUp.id).where(SignUp.booking_id == stage.id)).all()
    for _ in range(2):
        assert page.send("POST", f"/signups/{made}/cancellation", fields[:1]).status_code == 303
    all_is_well(quiet_house)


def test_without_anybody_ticked_the_page_says_so(house: House, hms: Page) -> None:
    stage = Stage(house)
    page = press(hms.open(stage.url), f"#slot-{stage.slots[0]}", "Meld på")
    assert page.status_code == 422
    assert page.problems == ["Velg hvem som skal få timen: kryss av minst én ansatt."]


def test_t2_people_are_found_and_who_lacks_an_address_has_a_way_to_get_one(house: House, hms: Page) -> None:
    stage = Stage(house)
    with house.behind() as db:
        silent = db.get_one(Employee, stage.ids[3])
        silent.email = None
        db.commit()
    page = tick(hms.open(stage.url), stage.ids[0]).fill(q=stage.names[3])
    page = press(page, ".seek", "Søk")
    person = page.soup.select_one(f"#person-{stage.ids[3]}")
    assert isinstance(person, Tag)
    assert "Mangler e-post" in person.get_text()
    assert person.select_one("input[disabled]")
    kept = page.soup.select("#people input[checked]")
    assert [box["value"] for box in kept] == [str(stage.ids[0])], "who was ticked stays, whatever is searched for"
    for typed, status in (("ikke en adresse", 422), ("ny@fjordbygg.example", 200)):
        page.fill(**{f"email-{stage.ids[3]}": typed})
        page = press(page, f"#person-{stage.ids[3]}", "Lagre")
        assert page.status_code == status, typed
        assert status == 200 or page.has("Skriv bare én e-postadresse, uten mellomrom.")
    assert page.flash == f"E-postadressen til {stage.names[3]} er lagret."
    assert "2 valgte: " in chosen(page), "who was ticked, and who can be now"
    with house.behind() as db:
        db.get_one(Employee, stage.ids[3]).email = None
        db.commit()
    assert hms.open(f"{stage.url}?q={stage.names[3]}").follow("legg inn e-post").h1 == "Rediger ansatt"
    assert hms.open(f"{stage.url}?q=finnesikke").has("Ingen ansatte funnet")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"deadline": NOW}, "Fristen for påmelding og bytte er ute"),
        ({"cancelled_at": NOW}, "Bookingen er avlyst av bedriftshelsetjenesten"),
    ],
    ids=["too late", "cancelled"],
)
def test_t5_when_it_is_too_late_the_page_says_whom_to_call(
    quiet_house: House, change: dict[str, object], sentence: str
) -> None:
    stage, hms = Stage(quiet_house), quiet_house.sign_in("hms.fjord")
    sits = stage.sits(0, 0)
    before = tick(hms.open(stage.url), stage.ids[1])
    stage.changes(**change)
    late = press(before, f"#slot-{stage.slots[1]}", "Meld på")
    assert late.status_code == 409
    token = [("csrf_token", quiet_house.sign_in("hms.fjord").open("/info").token())]
    assert hms.send("POST", f"/signups/{sits}/cancellation", token).status_code in {403, 409}
    page = hms.open(stage.url)
    assert page.has(sentence)
    assert page.has("Ring Per-Arne Lie")
    assert page.soup.select_one("main a[href^='tel:']")
    assert page.soup.select("main button") == []
    assert stage.names[0] in slot(page, stage.slots[0])


def test_t7_hidden_names_are_counted_and_only_who_signed_them_up_can_take_them_off(quiet_house: House) -> None:
    stage = Stage(quiet_house, names_hidden=True)
    mine, theirs = stage.sits(0, 0), stage.sits(1, 1, by="Tester")
    hms = quiet_house.sign_in("hms.fjord").open(stage.url)
    assert stage.names[0] in slot(hms, stage.slots[0])
    assert stage.names[1] not in hms.response.text
    assert "1 påmeldt" in slot(hms, stage.slots[1])
    fields = [("csrf_token", hms.token())]
    assert hms.send("POST", f"/signups/{theirs}/cancellation", fields).status_code == 404
    assert stage.names[1] not in hms.send("GET", f"{stage.url}/day-list").text
    again = press(tick(hms.open(stage.url), stage.ids[1]), "#sign-up", "Sett valgte på venteliste")
    assert again.problems == [f"{stage.names[1]} kan ikke meldes på her nå."], "it says nothing of what others did"
    assert hms.send("POST", f"/signups/{mine}/cancellation", fields).status_code == 303


def test_full_days_have_a_waiting_list_and_what_gets_free_is_offered(house: House, hms: Page) -> None:
    stage = Stage(house, times=1)
    stage.sits(0, 0)
    page = press(tick(hms.open(stage.url), stage.ids[1]), "#sign-up", "Sett valgte på venteliste")
    assert page.flash == f"{stage.names[1]} står på venteliste."
    assert page.has(f"1. {stage.names[1]} Venteliste")
    page = press(page, f"#slot-{stage.slots[0]}", "Meld av")
    assert f"{stage.names[1]} Tilbudt" in slot(page, stage.slots[0])
    page = press(page, f"#slot-{stage.slots[0]}", "Bekreft")
    assert page.flash == f"{stage.names[1]} er påmeldt."
    page = press(tick(hms.open(stage.url), stage.ids[2]), "#sign-up", "Sett valgte på venteliste")
    page = press(page, "#slots .line", "Ta av")
    assert page.flash == f"{stage.names[2]} står ikke lenger på venteliste."
    all_is_well(house)


def test_an_open_page_asks_for_news_at_little_cost(quiet_house: House) -> None:
    stage, hms = Stage(quiet_house), quiet_house.sign_in("hms.fjord")
    slots = hms.open(stage.url).soup.select_one("#slots")
    assert slots is not None
    asked = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#slots"}
    same = hms.send("GET", str(slots["hx-get"]), headers=asked)
    assert (same.status_code, same.content) == (204, b"")
    quiet_house.clock.advance(timedelta(minutes=59))
    assert hms.send("GET", str(slots["hx-get"]), headers=asked).status_code == 204
    with quiet_house.behind() as db:
        used = db.scalars(select(UserSession.last_used_at).order_by(UserSession.id.desc())).first()
    assert used == NOW, "asking by itself does not keep a session alive"
    stage.sits(0, 0)
    news = hms.send("GET", str(slots["hx-get"]), headers=asked)
    assert news.status_code == 200
    assert stage.names[0] in news.text
    assert "<main" not in news.text


def test_the_day_list_says_who_comes_when_and_by_name(hms: Page) -> None:
    page = hms.open("/orders/307513").follow("Helsekontroll Fjordbygg Bergen").follow("Dagsliste")
    assert page.soup.select("main h2")[0].get_text() == "tirsdag 13.\u00a0oktober"
    first = page.soup.select("tbody tr")[0].get_text(" ", strip=True)
    assert re.match(r"08:00–08:30 \w+ \w+", first)
    by_name = page.follow("Etter navn")
    names = [cell.get_text() for cell in by_name.soup.select("tbody th")]
    assert len(names) == 27
    assert len(by_name.soup.select("main h2")) == 1


def test_x2_who_may_not_see_employees_sees_counts_and_can_do_nothing(quiet_house: House) -> None:
    stage = Stage(quiet_house)
    made = stage.sits(0, 0)
    leader = quiet_house.sign_in("leder.brann").open("/info")
    fields = [("csrf_token", leader.token()), ("slot", str(stage.slots[1])), ("employee", str(stage.ids[1]))]
    assert leader.send("POST", f"{stage.url}/signups", fields).status_code == 404
    assert leader.send("POST", f"/signups/{made}/cancellation", fields[:1]).status_code == 404
    with quiet_house.behind() as db:
        own = db.scalars(select(Booking.id).where(Booking.title == "Helsekontroll røykdykkere")).one()
        free = select(Slot.id).where(Slot.booking_id == own, Slot.taken == 0)
        slot_id = db.scalars(free.order_by(Slot.id)).first()
    foreign = [fields[0], ("slot", str(slot_id)), ("employee", str(stage.ids[1]))]
    assert leader.send("POST", f"/bookings/{own}/signups", foreign).status_code == 404, (
        "an employee of another customer"
    )
    all_is_well(quiet_house)
