"""Calendars for those who sign people up: a booking as a file, and a secret feed with its owner's rights."""

from typing import Any

import icalendar
from sqlalchemy import delete, select, update

from models.bookings.booking import Booking
from models.bookings.calendar_feeds import CalendarFeed
from models.bookings.sign_ups.sign_up import HOLDING, SignUp
from models.bookings.slots import Slot
from models.customers.units import Unit
from models.employees.employee import Employee
from models.users.user import Grant, User
from tests.stage.connections.client import BASE
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import digest


def events(page: Page) -> list[Any]:
    """The entries of a calendar file, as a program reads them."""
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar: Any = icalendar.Calendar.from_ical(page.response.content)
    assert calendar["method"] == "PUBLISH"
    assert not [event.errors for event in calendar.events if event.errors]
    return list(calendar.events)


def booking(house: House, title: str, unit: str) -> int:
    """The id of a booking."""
    with house.behind() as db:
        found = (
            select(Booking.id).join(Unit, Unit.id == Booking.unit_id).where(Booking.title == title, Unit.name == unit)
        )
        return db.scalars(found).one()


def made_feed(page: Page) -> str:
    """Make a feed and note the address that is shown."""
    page.open("/calendar").press("Lag kalenderlenke")
    return page.value("address").removeprefix(BASE)


def test_a_booking_is_a_calendar_file_with_who_comes_when(quiet_house: House) -> None:
    id = booking(quiet_house, "Helsekontroll Fjordbygg Bergen", "Bergen")
    page = quiet_house.sign_in("hms.fjord").open(f"/bookings/{id}.ics")
    found = events(page)
    with quiet_house.behind() as db:
        rows = db.execute(
            select(Slot.id, Slot.starts_at, Employee.given_name, Employee.family_name)
            .join(SignUp, SignUp.slot_id == Slot.id)
            .join(Employee, Employee.id == SignUp.employee_id)
            .where(Slot.booking_id == id, SignUp.state.in_(HOLDING))
        ).all()
    expected = {(f"slot-{r[0]}@127.0.0.1", r[1], f"Helsekontroll Fjordbygg Bergen: {r[2]} {r[3]}") for r in rows}
    assert {(str(event["uid"]), event.start, str(event["summary"])) for event in found} == expected
    assert {str(event["location"]) for event in found} == {"Bedriftshelsesenteret Bergen"}
    assert {str(event["class"]) for event in found} == {"PRIVATE"}
    assert "attachment" in page.headers["content-disposition"]


def test_t7_hidden_names_are_in_no_calendar(quiet_house: House) -> None:
    id = booking(quiet_house, "Støttesamtale", "Nordlys Data AS")
    page = quiet_house.sign_in("anna.ka").open("/info")
    nordlys = next(o for o in page.soup.select("select[name=customer] option") if o.get_text() == "Nordlys Data AS")
    page.press("Bytt", customer=str(nordlys["value"]))
    found = events(page.open(f"/bookings/{id}.ics"))
    assert found
    assert {str(event["summary"]) for event in found} == {"Støttesamtale: 1 av 1"}
    assert {str(event["description"]) for event in found} == {"1 påmeldt"}


def test_a_feed_is_shown_once_and_needs_no_sign_in(house: House) -> None:
    hms = house.sign_in("hms.fjord")
    address = made_feed(hms)
    assert hms.headers["cache-control"] == "no-store"
    program = house.visitor("plain")
    found = events(program.open(address))
    titles = {str(event["summary"]).partition(":")[0] for event in found}
    assert {"Helsekontroll Fjordbygg Bergen", "Hørselskontroll i buss, Stavanger", "40-timers HMS-kurs"} <= titles
    again = program.send("GET", address, headers={"if-none-match": program.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not program.cookies
    with house.behind() as db:
        secret = address.removeprefix("/calendar/").removesuffix(".ics")
        assert secret not in db.scalars(select(CalendarFeed.digest)).all()
    assert secret not in hms.open("/calendar").response.text
    assert hms.has("Du laget kalenderlenken 1. oktober 2026 kl. 10:00")


def test_a_new_address_ends_the_old_one_and_off_is_off(house: House) -> None:
    hms = house.sign_in("hms.fjord")
    first = made_feed(hms)
    hms.press("Lag ny kalenderlenke")
    second = hms.value("address").removeprefix(BASE)
    program = house.visitor("plain")
    assert program.open(first).status_code == 404
    assert program.open(second).status_code == 200
    hms.press("Slå av")
    assert hms.flash == "Kalenderlenken er slått av."
    assert hms.has("Du har ingen kalenderlenke ennå.")
    assert program.open(second).status_code == 404
    for guess in ("x", "%00", "a" * 43, first.removesuffix(".ics")[-43:-1]):
        assert program.open(f"/calendar/{guess}.ics").status_code == 404


def test_x1_a_feed_shows_what_its_owner_may_see_at_that_moment(quiet_house: House) -> None:
    address = made_feed(quiet_house.sign_in("hms.fjord"))
    program = quiet_house.visitor()
    everything = events(program.open(address))
    etag = program.headers["etag"]
    before = digest(quiet_house)
    with quiet_house.behind() as db:
        hms = db.scalars(select(User.id).where(User.username == "hms.fjord")).one()
        bergen = db.scalars(select(Unit.id).where(Unit.name == "Bergen")).one()
        db.execute(update(Grant).where(Grant.user_id == hms).values(unit_id=bergen))
        db.commit()
    fewer = events(program.open(address))
    assert {str(event["summary"]).partition(":")[0] for event in fewer} == {"Helsekontroll Fjordbygg Bergen"}
    assert 0 < len(fewer) < len(everything)
    assert program.send("GET", address, headers={"if-none-match": etag}).status_code == 200
    with quiet_house.behind() as db:
        db.execute(update(Grant).where(Grant.user_id == hms).values(employees=False))
        db.commit()
    assert {str(event["summary"]) for event in events(program.open(address))} == {
        "Helsekontroll Fjordbygg Bergen: 1 av 1"
    }, "without the right to employees there are no names"
    for change in (
        update(User).where(User.id == hms).values(active=False),
        delete(Grant).where(Grant.user_id == hms),
    ):
        with quiet_house.behind() as db:
            db.execute(change)
            db.commit()
        assert program.open(address).status_code == 404
    assert digest(quiet_house)["bookings"] == before["bookings"]


def test_x1_a_feed_is_of_one_customer_also_for_users_of_two(quiet_house: House) -> None:
    anna = quiet_house.sign_in("anna.ka").open("/info")
    here = anna.soup.select_one("select[name=customer] option[selected]")
    assert here
    found = events(quiet_house.visitor().open(made_feed(anna)))
    with quiet_house.behind() as db:
        titles = set(db.scalars(select(Booking.title).where(Booking.customer_id == int(str(here["value"])))))
    assert {str(event["summary"]).partition(":")[0] for event in found} <= titles
