"""The states of bookings, calendars and the desk that runs them, and how each is reached."""

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from tests.stage.browsers.chromium import Visitor
from tests.stage.material.rounds import HMS, a_round, people, slots_of
from tests.stage.times import NOW
from tests.web.states.ways import Ways, desk_customer, opens


def booking_at(person: Visitor, **changes: object) -> str:
    """A booking of this story's own, with one free time and one that is taken; `changes` are the provider's."""
    with person.portal.behind() as db:
        booking = a_round(db, times=2)
        early, _ = slots_of(db, booking)
        sign_up(db, early, people(db, 1)[0], by=HMS, now=NOW)
        for name, value in changes.items():
            setattr(booking, name, value)
        db.commit()
        return f"/bookings/{booking.id}"


def booking_refused(person: Visitor) -> None:
    person.open(booking_at(person)).button("Meld på").first.click()
    expect(person.part("problems")).to_be_visible()


def booking_moving(person: Visitor) -> None:
    person.open(booking_at(person)).page.locator(".slot summary").click()
    person.page.get_by_role("link", name="Flytt").click()
    expect(person.button("Flytt hit")).to_be_visible()


def proposal(person: Visitor) -> None:
    url = booking_at(person)
    with person.portal.behind() as db:
        names = [employee.full_name for employee in people(db, 3)]
        db.commit()
    person.open(f"{url}/distribution").field("Lim inn navn eller e-post").fill("\n".join([*names, "Ingen Slik"]))
    person.button("Foreslå tider").click()
    expect(person.h1).to_have_text("Forslag til tider")


def calendar_made(person: Visitor) -> None:
    person.open("/calendar").page.get_by_role("button", name="kalenderlenke").click()
    expect(person.field("Kalenderlenken din")).to_be_visible()


def desk_booking(person: Visitor, *, under: str = "", **changes: object) -> None:
    person.open(f"/desk{booking_at(person, **changes)}{under}")


def desk_attendance(person: Visitor) -> None:
    """A booking of today, with one who came and one of whom nothing is noted."""
    url = booking_at(person)
    with person.portal.behind() as db:
        early, late = db.scalars(select(Slot).where(Slot.booking_id == int(url.rpartition("/")[2])).order_by(Slot.id))
        late.capacity = 3
        for slot in (early, late):
            slot.starts_at -= timedelta(days=19)
            slot.ends_at -= timedelta(days=19)
        for id in db.scalars(select(SignUp.id).where(SignUp.slot_id == early.id)):
            sitting = db.get_one(SignUp, id)
            again = {"customer_id": sitting.customer_id, "unit_id": sitting.unit_id, "booking_id": sitting.booking_id}
            other = people(db, 1)[0].id
            db.add(SignUp(**again, slot_id=late.id, employee_id=other, state="signed_up", signed_up_at=NOW))
            late.taken = 1
        db.commit()
    person.open(f"/desk{url}").page.get_by_role("button", name="møtte").first.click()
    expect(person.page.get_by_role("button", name="Angre oppmøtet")).to_be_visible()


def desk_slot_refused(person: Visitor) -> None:
    desk_booking(person)
    person.page.locator(".slot a").first.click()
    person.field("Plasser").fill("0")
    person.button("Lagre").click()
    expect(person.part("capacity-error")).not_to_be_empty()


def desk_new_booking(person: Visitor) -> None:
    desk_customer(person)
    person.link("Ny booking").click()
    expect(person.h1).to_have_text("Ny booking")


def desk_new_booking_refused(person: Visitor) -> None:
    desk_new_booking(person)
    person.button("Se over").click()
    expect(person.part("problems")).to_be_visible()


def desk_booking_looked_over(person: Visitor) -> None:
    desk_new_booking(person)
    person.field("Bedrift/avdeling").select_option(label="Bergen")
    for name, text in (("Tittel", "Kurs"), ("Sted", "Kantina"), ("Fra dato", "28.03.2027"), ("Til dato", "30.03.2027")):
        person.field(name).fill(text)
    person.field("Søndag").check()
    person.field("Åpner kl.").fill("01:00")
    person.button("Se over").click()
    expect(person.button("Publiser")).to_be_visible()


STATES: Ways = {
    "desk bookings": ("desk_bookings", "kam.lie", opens("/desk/bookings")),
    "no desk bookings": ("desk_bookings", "kam.lie", opens("/desk/bookings?customer=xyz")),
    "desk month": ("desk_bookings_month", "kam.lie", opens("/desk/bookings/calendar?month=2026-12")),
    "desk booking": ("desk_booking", "kam.lie", desk_booking),
    "desk attendance": ("desk_booking", "kam.lie", desk_attendance),
    "desk sign-ups": ("desk_sign_ups", "kam.lie", lambda person: desk_booking(person, under="/signups")),
    "desk slot refused": ("desk_edit_slot", "kam.lie", desk_slot_refused),
    "desk booking edited": ("desk_edit_booking", "kam.lie", lambda person: desk_booking(person, under="/edit")),
    "desk calling off": ("desk_cancellation", "kam.lie", lambda person: desk_booking(person, under="/cancellation")),
    "desk moves": ("desk_new_moves", "kam.lie", lambda person: desk_booking(person, under="/moves")),
    "desk new times": ("desk_new_times", "kam.lie", lambda person: desk_booking(person, under="/times")),
    "desk day list": ("desk_day_list", "kam.lie", lambda person: desk_booking(person, under="/day-list")),
    "desk hidden names": (
        "desk_booking",
        "kam.lie",
        lambda person: desk_booking(person, under="?names=1", names_hidden=True),
    ),
    "desk new booking": ("desk_new_booking", "kam.lie", desk_new_booking),
    "desk new booking refused": ("desk_new_booking", "kam.lie", desk_new_booking_refused),
    "desk booking looked over": ("desk_new_booking", "kam.lie", desk_booking_looked_over),
    "calendar": ("calendar", "hms.fjord", calendar_made),
    "bookings": ("bookings", "hms.fjord", opens("/bookings")),
    "bookings of a month": ("bookings_month", "hms.fjord", opens("/bookings/calendar")),
    "no bookings": ("bookings", "hms.fjord", opens("/bookings?from=01.01.2030")),
    "booking": ("booking", "hms.fjord", opens("/bookings/1")),
    "booking refused": ("booking", "hms.fjord", booking_refused),
    "booking moving": ("booking", "hms.fjord", booking_moving),
    "booking too late": ("booking", "hms.fjord", lambda person: person.open(booking_at(person, deadline=NOW))),
    "booking cancelled": ("booking", "hms.fjord", lambda person: person.open(booking_at(person, cancelled_at=NOW))),
    "day list": ("day_list", "hms.fjord", opens("/bookings/1/day-list")),
    "many to distribute": ("new_distribution", "hms.fjord", opens("/bookings/1/distribution")),
    "proposal": (None, "hms.fjord", proposal),
}
