"""Bookinger at the provider's desk: the list, publishing a series, and changing what is published."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from bs4 import Tag
from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.desk import Criteria, find_bookings
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.core.audit import AuditEntry
from models.core.clock import OSLO
from models.customers.customer import Customer
from models.outbox.message import Message
from tests.bookings.test_bookings import Stage
from tests.kit.portal_kit.view import text_of
from tests.stage.house import House
from tests.stage.material.rounds import DAY, all_is_well
from tests.stage.page import Page
from tests.stage.times import NOW

FJORDBYGG = "Fjordbygg Entreprenør AS"
ME = "Per-Arne Lie (kam.lie)"
VACCINE = {
    "title": "Influensavaksine",
    "place": "Kantina",
    "from_": "09.11.2026",
    "to": "15.11.2026",
    "opens": "0830",
    "closes": "10.30",
    "break_from": "9:00",
    "break_to": "09:30",
    "minutes": "30",
    "capacity": "3",
    "deadline": "2",
    "deadline_unit": "d",
}


@pytest.fixture
def kam(house: House) -> Page:
    """The provider's account manager for Fjordbygg."""
    return house.sign_in("kam.lie")


def new_booking(kam: Page, customer: str = FJORDBYGG, **typed: str) -> Page:
    """The form for a new booking of a customer, filled in."""
    page = kam.open("/desk/customers?whose=all").follow(customer).follow("Ny booking")
    return page.fill(unit=page.option("unit", "Bergen"), **{**VACCINE, **typed})


def titled(house: House, title: str = VACCINE["title"]) -> list[Booking]:
    """Bookings of Fjordbygg with a title."""
    with house.behind() as db:
        mine = select(Customer.id).where(Customer.name == FJORDBYGG).scalar_subquery()
        return list(db.scalars(select(Booking).where(Booking.title == title, Booking.customer_id == mine)))


def times_of(house: House, booking: Booking) -> list[Slot]:
    with house.behind() as db:
        return list(db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at)))


def letters(house: House, kind: str) -> list[str]:
    """Who got a letter of a kind."""
    with house.behind() as db:
        return [m.to or "" for m in db.scalars(select(Message).where(Message.channel == "mail", Message.kind == kind))]


def told(house: House, booking_id: int) -> list[Message]:
    """What the CRM is told of a booking."""
    with house.behind() as db:
        about = select(Message).where(Message.channel == "crm", Message.about == f"booking:{booking_id}")
        return list(db.scalars(about.order_by(Message.id)))


def press(page: Page, on: str, text: str) -> Page:
    """Press a button inside an element."""
    place = page.soup.select_one(on)
    assert isinstance(place, Tag), f"no {on}"
    [button, *_] = [b for b in place.select("button") if b.get_text(strip=True) == text]
    form = button.find_parent("form")
    assert isinstance(form, Tag)
    return page.submit(form, button)


def said(page: Page, on: str) -> str:
    """What an element says."""
    found = page.soup.select_one(on)
    assert isinstance(found, Tag), f"no {on}"
    return " ".join(found.get_text(" ", strip=True).split())


# The list


def test_staff_find_the_bookings_of_their_own_customers_first(house: House, kam: Page) -> None:
    page = kam.follow("Bookinger")
    assert [page.h1, page.soup.select("#tabs [aria-current]")[0].get_text()] == ["Bookinger"] * 2
    assert page.rows[0][:4] == ["Førstehjelpskurs", "6. oktober 2026", f"{FJORDBYGG}, Administrasjon", "9 av 12 tatt"]
    assert page.has("27 av 39 tatt, 3 venter")
    assert not page.has("Solvik kommune")
    assert page.soup.select("#results caption")[1].get_text(strip=True) == "Tidligere"
    everybodys = page.fill(whose="all", customer="brann").press("Søk")
    assert {row[2] for row in everybodys.rows} == {
        "Solvik kommune, Brann og redning",
        "Solvik kommune, Teknisk drift",
        "Solvik kommune, Helse og omsorg",
    }
    assert [row[5] for row in everybodys.rows if row[0] == "Ryggskole"] == ["Avlyst"]
    one_day = kam.open("/desk/bookings").fill(from_="13.10.2026", to="13.10.2026").press("Søk")
    assert [row[0] for row in one_day.rows] == ["Helsekontroll Fjordbygg Bergen"]
    assert kam.fill(from_="14.10.2026", to="13.10.2026").press("Søk").error("to").startswith("Til dato er før")
    assert kam.open("/desk/bookings?customer=solvik").follow("Søk blant alle").has("Førstehjelp for nattskiftet")


def test_every_booking_stands_on_one_page_of_the_list(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        whole = [row.id for row in find_bookings(db, NOW, Criteria()).rows]
        paged: list[int] = []
        after = None
        while True:
            found = find_bookings(db, NOW, Criteria(after=after), page_size=4)
            assert (found.count, len(found.rows) <= 4) == (len(whole), True)
            paged += [row.id for row in found.rows]
            if found.next is None:
                break
            after = found.next
    assert paged == whole
    kam = quiet_house.sign_in("kam.lie")
    for wrong in ("x", "c", "cx", "c1", "1234567890", "999999999"):
        assert kam.send("GET", f"/desk/bookings?after={wrong}").status_code == 404, wrong


# Publishing


def test_t1_a_series_is_looked_over_and_published(house: House, kam: Page) -> None:
    page = new_booking(kam, preparation="Ta med 12057998123.").press("Se over")
    assert page.status_code == 200, page.problems
    assert page.has("Ingenting er publisert ennå. Tittel Influensavaksine")
    assert page.has("15 tider, 45 plasser i alt")
    assert page.has("fredag 13. november 2026: 3 tider hver dag 08:30–09:00 , 09:30–10:00 , 10:00–10:30")
    assert not page.has("14. november"), "it is a Saturday, which is not ticked"
    assert page.has("Frist for påmelding 7. november 2026 kl. 08:30")
    assert titled(house) == []
    page = page.press("Endre")
    assert (page.value("title"), page.value("minutes"), page.status_code) == ("Influensavaksine", "30", 200)
    assert len(page.soup.select("[name=weekday][checked]")) == 5
    page = page.fill(minutes="15").press("Se over").press("Publiser")
    assert page.h1 == "Influensavaksine"
    assert page.flash.startswith("Influensavaksine er publisert med 30 tider.")
    [made] = titled(house)
    slots = times_of(house, made)
    assert len(slots) == 30
    assert {slot.capacity for slot in slots} == {3}
    assert f"{slots[0].starts_at.astimezone(OSLO):%d.%m %H:%M}" == "09.11 08:30"
    [event] = told(house, made.id)
    assert (event.kind, len(event.payload["slots"]), event.payload["cancelled"]) == ("booking.published", 30, False)
    with house.behind() as db:
        [entry] = db.scalars(select(AuditEntry).where(AuditEntry.about == f"booking:{made.id}"))
        assert (entry.actor, entry.action) == (ME, "published")
    hms = house.sign_in("hms.fjord").open(f"/bookings/{made.id}")
    assert (hms.h1, len(hms.soup.select("[id^=slot-]"))) == ("Influensavaksine", 30)
    assert house.sign_in("Tester").send("GET", f"/bookings/{made.id}").status_code == 404


def test_a_booking_begins_with_an_order_of_the_customer(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    with quiet_house.behind() as db:
        id = db.scalar(select(Customer.id).where(Customer.name == FJORDBYGG))
    page = kam.open(f"/desk/customers/{id}/bookings/new?order=307513")
    assert (page.value("order"), page.value("title")) == ("307513", "Helsekontroller")
    assert page.value("unit") == page.option("unit", "Bergen")
    page.fill(**{**VACCINE, "title": "Etterkontroll"}).press("Se over").press("Publiser")
    [made] = titled(quiet_house, "Etterkontroll")
    assert made.order_number == 307513
    assert quiet_house.sign_in("hms.fjord").open("/orders/307513").has("Etterkontroll")
    for foreign in ("307390", "1", "x"):
        assert kam.send("GET", f"/desk/customers/{id}/bookings/new?order={foreign}").status_code == 404
    new_booking(kam).press("Se over", order="307390")
    assert (kam.status_code, kam.error("order")) == (422, "Velg en av kundens bestillinger.")


def test_the_same_form_twice_is_one_booking_and_another_form_is_asked_about(quiet_house: House) -> None:
    page = new_booking(quiet_house.sign_in("kam.lie")).press("Se over")
    [form] = page.soup.select("#booking-form")
    fields = [*page.fields(form), ("publish", "1")]
    answers = [page.send("POST", str(form["action"]), fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["location"] for answer in answers}) == 1
    [made] = titled(quiet_house)
    assert len(told(quiet_house, made.id)) == 1
    other = [(name, "Meningokokkvaksine" if name == "title" else value) for name, value in fields]
    asked = page.send("POST", str(form["action"]), other)
    assert asked.status_code == 409
    assert "Dette skjemaet er allerede publisert som Influensavaksine." in asked.text
    assert 'value="Meningokokkvaksine"' in asked.text
    assert titled(quiet_house, "Meningokokkvaksine") == []


WRONG = [
    ({"title": ""}, "title", "Skriv hva bookingen gjelder."),
    ({"from_": "30.09.2026", "to": ""}, "from", "Dagen er passert. Velg i dag eller en senere dag."),
    ({"from_": "31.02.2026"}, "from", "Denne datoen finnes ikke i kalenderen."),
    ({"to": "08.11.2026"}, "to", "Til dato er før fra dato. Bytt om eller rett en av dem."),
    ({"to": "09.11.2027"}, "to", "Tider kan settes opp høyst ett år fram."),
    ({"from_": "01.10.2026", "to": "", "closes": "11:00"}, "opens", "Den første tiden er allerede begynt."),
    ({"closes": "08:00"}, "closes", "Stengetiden er før åpningstiden. Bytt om eller rett en av dem."),
    ({"opens": "25:00"}, "opens", "Skriv klokkeslettet som tt:mm, for eksempel 08:30."),
    ({"break_to": ""}, "break_to", "Skriv både når pausen begynner og når den er over, eller ingen av dem."),
    ({"break_from": "12:00", "break_to": "13:00"}, "break_to", "Pausen er utenom åpningstiden."),
    ({"minutes": "180"}, "minutes", "Ingen tid er så kort at den får plass i åpningstiden."),
    ({"minutes": "0"}, "minutes", "Skriv et helt tall fra 5 til 1440."),
    ({"minutes": "5", "closes": "23:00", "to": "31.12.2026"}, "to", "Dette blir 6786 tider, og 2000 er det meste."),
    ({"from_": "14.11.2026"}, "weekday", "Ingen av dagene i perioden er en av ukedagene som er krysset av."),
    ({"from_": "02.10.2026", "to": ""}, "deadline", "Fristen er alt ute. Velg en kortere frist, eller en senere"),
    ({"self_declaration_url": "http://x.example"}, "self_declaration_url", "Lenken må begynne med https:// og"),
]


@pytest.mark.rest  # many forms of one room
def test_what_cannot_be_published_is_said_at_the_field_and_all_that_was_typed_stays(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    for typed, field, sentence in WRONG:
        page = new_booking(kam, **{"place": "Brakka", **typed}).press("Se over")
        assert page.status_code == 422, typed
        errors = page.soup.select_one(f"[id='{field}-error']")
        assert errors is not None
        assert errors.get_text().startswith(sentence), (typed, page.problems)
        assert page.value("place") == "Brakka"
        assert page.value("unit")
    assert titled(quiet_house) == []


def test_what_the_clocks_skip_is_left_out_and_holidays_are_named(quiet_house: House) -> None:
    quiet_house.clock.set(datetime(2027, 1, 4, 8, tzinfo=UTC))
    night: dict[str, str | list[str]] = {
        "from_": "28.03.2027",
        "to": "",
        "break_from": "",
        "break_to": "",
        "weekday": ["7"],
    }
    page = new_booking(quiet_house.sign_in("kam.lie"))
    page.fill(**{**night, "opens": "01:00", "closes": "04:00"}).press("Se over")
    assert page.has("4 tider, 12 plasser i alt")
    assert page.has("søndag 28. mars kl. 02:00 søndag 28. mars kl. 02:30")
    assert page.has("søndag 28. mars er første påskedag")
    page.press("Publiser")
    [made] = titled(quiet_house)
    slots = times_of(quiet_house, made)
    assert [f"{slot.starts_at.astimezone(OSLO):%H:%M}" for slot in slots] == ["01:00", "01:30", "03:00", "03:30"]
    assert all(early.ends_at <= late.starts_at for early, late in pairwise(slots))
    page = new_booking(quiet_house.sign_in("kam.lie")).fill(
        **{**night, "from_": "31.10.2027", "minutes": "60", "opens": "01:00", "closes": "04:00"}
    )
    page.press("Se over")
    assert page.has("søn. 31.10 kl. 02:00: 120 minutter")


def test_what_was_typed_survives_the_end_of_the_session(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    page = new_booking(kam, preparation="Spis frokost").press("Se over")
    quiet_house.clock.advance(timedelta(hours=13))
    page.press("Publiser")
    assert page.h1 == "Logg inn"
    page.fill(username="kam.lie", password="demo-kam.lie").press("Logg inn")
    assert page.h1 == "Ny booking"
    assert (page.value("preparation"), page.value("minutes")) == ("Spis frokost", "30")
    assert len(page.soup.select("[name=weekday][checked]")) == 5
    page.press("Se over").press("Publiser")
    assert len(titled(quiet_house)) == 1


# Changing


def test_facts_are_changed_and_those_who_come_are_told_of_another_place(house: House, kam: Page) -> None:
    stage = Stage(house)
    stage.sits(0, 0)
    page = kam.open(f"/desk/bookings/{stage.id}").follow("Endre")
    assert (page.h1, page.value("deadline_day"), page.value("deadline_time")) == (
        *("Endre Synskontroll", "19.10.2026", "08:00"),
    )
    wrong = page.fill(deadline_day="21.10.2026", place="").press("Lagre")
    assert (wrong.status_code, wrong.error("place")) == (422, "Skriv hvor de skal møte.")
    assert wrong.error("deadline_time") == "Fristen er etter at den siste tiden begynner."
    page.fill(deadline_day="18.10.2026", place="Kantina", title="Synstest").press("Lagre")
    assert (page.h1, page.status_code) == ("Synstest", 200)
    assert page.flash == "Endringene er lagret. 1 ansatt får beskjed om nytt sted på e-post."
    assert letters(house, "appointment_moved") == [stage.emails[0]]
    assert [(event.kind, event.payload["place"]) for event in told(house, stage.id)] == [("booking.changed", "Kantina")]
    page.follow("Endre").fill(preparation="Ta med briller").press("Lagre")
    assert page.flash == "Endringene er lagret."
    assert len(letters(house, "appointment_moved")) == 1, "the reminder brings the rest"
    assert house.sign_in("hms.fjord").open(stage.url).has("Ta med briller")


def test_two_staff_at_once_overwrite_nothing_unseen(house: House, kam: Page) -> None:
    stage = Stage(house)
    mine, theirs = kam.open(f"/desk/bookings/{stage.id}/edit"), house.sign_in("kam.lie")
    theirs.open(f"/desk/bookings/{stage.id}/edit").fill(place="Kantina").press("Lagre")
    mine.fill(place="Brakke 2", preparation="Spis frokost").press("Lagre")
    assert mine.status_code == 409
    assert mine.has("Noen andre har endret bookingen. Ingenting av ditt er lagret ennå.")
    assert mine.has("Lagret nå: Kantina")
    assert (mine.value("place"), mine.value("preparation")) == ("Brakke 2", "Spis frokost")
    mine.press("Lagre")
    assert (mine.status_code, mine.has("Brakke 2")) == (200, True)


def test_a_time_is_moved_and_who_sits_there_is_told(house: House, kam: Page) -> None:
    stage = Stage(house)
    stage.sits(0, 0)
    early, late = stage.slots
    page = kam.open(f"/desk/bookings/{stage.id}")
    assert stage.names[0] in said(page, f"#slot-{early}")
    page.click(page.soup.select(f"#slot-{early} a")[0])
    assert (page.value("day"), page.value("starts"), page.value("ends")) == ("20.10.2026", "08:00", "08:30")
    refused = page.fill(capacity="0").press("Lagre")
    assert (refused.status_code, refused.error("capacity")) == (422, "Skriv et helt tall fra 1 til 10000.")
    refused = page.fill(capacity="1", starts="10:00", ends="09:00").press("Lagre")
    assert (refused.status_code, refused.error("ends")) == (409, "Tiden må være over etter at den begynner.")
    page.fill(starts="10:00", ends="10:40", capacity="2").press("Lagre")
    assert page.flash == "Tiden tir. 20.10 kl. 10:00 er lagret. 1 får beskjed på e-post."
    assert said(page, f"#slot-{early}").startswith("10:00–10:40 1 av 2 ledig")
    assert said(page, "#places dd") == "1 av 3 tatt"
    assert said(page, "#held dd").endswith(" kl. 08:30–10:40")
    if house.mode == "htmx":
        assert "<main" not in page.response.text
    assert letters(house, "appointment_moved") == [stage.emails[0]]
    page.click(page.soup.select(f"#slot-{late} a")[0]).press("Fjern tiden")
    assert page.flash == "Tiden tir. 20.10 kl. 08:30 er fjernet."
    assert page.soup.select(f"#slot-{late}") == []
    assert said(page, "#held dd").endswith(" kl. 10:00–10:40")
    assert [event.kind for event in told(house, stage.id)] == ["booking.changed"] * 2
    all_is_well(house)


def test_what_does_not_suit_those_who_sit_there_is_refused(quiet_house: House) -> None:
    stage = Stage(quiet_house, capacity=2)
    other = Stage(quiet_house)
    sits = stage.sits(0, 0), stage.sits(0, 1)
    other.sits(1, other.ids.index(stage.ids[2]) if stage.ids[2] in other.ids else 0)
    first, second = stage.slots
    page = quiet_house.sign_in("kam.lie").open(f"/desk/slots/{first}/edit")
    page.fill(capacity="1").press("Lagre")
    assert (page.status_code, page.error("capacity")) == (409, "2 sitter her, så det må være minst 2 plasser.")
    with quiet_house.behind() as db:
        busy = db.get_one(SignUp, sits[0])
        theirs = db.scalars(select(SignUp).where(SignUp.booking_id == other.id)).one()
        theirs.employee_id = busy.employee_id
        db.commit()
    page.open(f"/desk/slots/{first}/edit").fill(starts="08:30", ends="09:00").press("Lagre")
    assert (page.status_code, page.error("starts")) == (409, f"{stage.names[0]} har en annen time da.")
    page.open(f"/desk/slots/{first}/edit").fill(day="30.09.2026").press("Lagre")
    assert page.error("starts") == "Tiden er passert. Velg en senere."
    token = [("csrf_token", page.token())]
    gone = page.send("POST", f"/desk/slots/{first}/deletion", token)
    assert gone.status_code == 409
    assert "Noen er eller har vært påmeldt her" in gone.text
    assert page.send("POST", f"/desk/slots/{second}/deletion", token).status_code == 303
    assert letters(quiet_house, "appointment_moved") == []
    all_is_well(quiet_house)


def test_more_times_are_offered_to_those_who_wait_and_come_once(house: House, kam: Page) -> None:
    stage = Stage(house, times=1)
    stage.sits(0, 0)
    hms = house.sign_in("hms.fjord")
    press(hms.open(stage.url).fill(employee=[str(stage.ids[1])]), "#sign-up", "Sett valgte på venteliste")
    page = kam.open(f"/desk/bookings/{stage.id}")
    assert page.has(f"1. {stage.names[1]}")
    page.follow("Legg til tider").fill(from_="20.10.2026", opens="08:00", closes="09:00").press("Se over")
    assert page.has("1 tid, 1 plass i alt")
    assert page.has("1 av tidene finnes fra før, og legges ikke til igjen.")
    page.press("Legg til")
    assert page.flash == "1 tid er lagt til."
    assert page.has(f"{stage.names[1]} Tilbudt")
    assert letters(house, "appointment_offered") == [stage.emails[1]]
    page.follow("Legg til tider").fill(from_="20.10.2026", opens="08:00", closes="09:00").press("Se over")
    assert (page.status_code, page.error("from")) == (422, "Alle disse tidene finnes allerede i bookingen.")
    all_is_well(house)


def test_calling_off_asks_first_and_tells_everybody(house: House, kam: Page) -> None:
    stage = Stage(house)
    stage.sits(0, 0)
    stage.sits(1, 1)
    page = kam.open(f"/desk/bookings/{stage.id}").follow("Avlys bookingen")
    assert page.has("2 ansatte får beskjed på e-post")
    page.press("Ja, avlys bookingen")
    assert page.flash == "Bookingen er avlyst. 2 ansatte får beskjed på e-post."
    assert page.has("Avlyst")
    assert sorted(letters(house, "appointment_cancelled")) == sorted(stage.emails[:2])
    assert [event.payload["cancelled"] for event in told(house, stage.id)] == [True]
    assert house.sign_in("hms.fjord").open(stage.url).has("Bookingen er avlyst av bedriftshelsetjenesten")
    again = [("csrf_token", page.token())]
    assert page.send("POST", f"/desk/bookings/{stage.id}/cancellation", again).status_code == 303
    assert len(letters(house, "appointment_cancelled")) == 2
    for url in (f"/desk/bookings/{stage.id}", f"/desk/slots/{stage.slots[0]}"):
        fields = [*again, ("title", "A"), ("place", "B"), ("day", "20.10.2026"), ("capacity", "1")]
        assert page.send("POST", url, fields).status_code == 409
    assert page.open(f"/desk/slots/{stage.slots[0]}/edit").flash == "Bookingen er avlyst, og kan ikke endres."
    over = Stage(house)
    over.sits(0, 3)
    house.clock.set(datetime(2026, 10, 20, 10, tzinfo=UTC))
    late = house.sign_in("kam.lie").open(f"/desk/bookings/{over.id}")
    assert not late.has("Avlys bookingen")
    token = [("csrf_token", late.open(f"/desk/bookings/{over.id}/edit").token())]
    assert late.send("POST", f"/desk/bookings/{over.id}/cancellation", token).status_code == 409
    assert len(letters(house, "appointment_cancelled")) == 2, "who has been there is not told that it is called off"
    all_is_well(house)


def test_the_day_list_is_for_staff_too(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/bookings").follow("Helsekontroll Fjordbygg Bergen")
    page = kam.follow("Dagsliste")
    assert text_of(page.soup.select("main h2")[0]) == "tirsdag 13. oktober"
    assert len(page.follow("Etter navn").soup.select("tbody th")) == 27
    assert page.has(f"{FJORDBYGG}. Bedriftshelsesenteret Bergen")


# Who may


def test_nobody_but_staff_comes_to_the_desk(quiet_house: House) -> None:
    stage = Stage(quiet_house)
    hms = quiet_house.sign_in("hms.fjord").open(stage.url)
    fields = [("csrf_token", hms.token()), ("title", "Min"), ("place", "Her"), ("capacity", "9")]
    for url in ("", "/edit", "/day-list", "/times", "/cancellation"):
        assert hms.send("GET", f"/desk/bookings/{stage.id}{url}").status_code == 404
    for url in (
        f"/desk/bookings/{stage.id}",
        f"/desk/bookings/{stage.id}/cancellation",
        f"/desk/slots/{stage.slots[0]}",
        f"/desk/slots/{stage.slots[0]}/deletion",
        f"/desk/slots/{stage.slots[0]}/attendance",
    ):
        assert hms.send("POST", url, fields).status_code == 404
    assert [booking.title for booking in titled(quiet_house, "Synskontroll")] == ["Synskontroll"]
    assert str(DAY) == "2026-10-20"
