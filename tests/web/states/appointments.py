"""The states of the page behind an employee's personal link, and how each is reached."""

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select, update

from models.bookings.booking import Booking
from models.bookings.sign_ups.invitations import Invitation, invite
from models.bookings.sign_ups.sign_up import OFFERED, SignUp
from models.bookings.slots import Slot
from models.employees.employee import Employee
from tests.stage.browsers.chromium import Visitor
from tests.stage.material.rounds import HMS
from tests.stage.times import NOW
from tests.web.states.ways import Ways, opens


def own_appointment(person: Visitor, state: str = "confirmed", *, language: str = "nb") -> None:
    """The page of somebody of the health checks whose sign-up is in this state."""
    with person.portal.behind() as db:
        link, email = db.execute(
            select(SignUp.link, Employee.email)
            .join(Employee, Employee.id == SignUp.employee_id)
            .join(Booking, Booking.id == SignUp.booking_id)
            .where(SignUp.state == state, Booking.order_number == 307513)
            .order_by(SignUp.id)
            .limit(1)
        ).one()
    person.open(person.portal.link(link, email) + f"?lang={language}")


def time_to_change(person: Visitor) -> None:
    own_appointment(person, "signed_up")
    for summary in person.page.locator("summary").all():
        summary.click()
    expect(person.button("Ja, meld meg av")).to_be_visible()


def own_offer(person: Visitor) -> None:
    with person.portal.behind() as db:
        waiting = db.scalars(select(SignUp).where(SignUp.state == "waiting").order_by(SignUp.id.desc())).first()
        assert waiting
        empty = select(Slot).where(Slot.booking_id == waiting.booking_id, Slot.taken == 0)
        free = db.scalars(empty.order_by(Slot.id)).first()
        assert free
        free.take(db)
        waiting.slot_id, waiting.state, waiting.offered_until = free.id, OFFERED, NOW + timedelta(hours=20)
        link, email = waiting.link, db.get_one(Employee, waiting.employee_id).email
        db.commit()
    person.open(person.portal.link(link, email))
    expect(person.button("Nei takk")).to_be_visible()


def own_choice(person: Visitor) -> None:
    with person.portal.behind() as db:
        booking = db.scalars(select(Booking).where(Booking.order_number == 307513)).one()
        free = select(Employee).where(
            Employee.unit_id == booking.unit_id,
            Employee.email.is_not(None),
            Employee.deactivated_at.is_(None),
            Employee.id.not_in(select(SignUp.employee_id)),
        )
        [asked] = invite(db, booking, [db.scalars(free.order_by(Employee.id.desc())).first().id], by=HMS, now=NOW)  # type: ignore[union-attr]
        db.commit()
        name = db.scalars(select(Invitation.link).order_by(Invitation.id.desc())).first()
    person.open(person.portal.link(name or "", asked.email))
    expect(person.h1).to_have_text("Velg en tid som passer deg")


def own_time_taken(person: Visitor) -> None:
    own_appointment(person, "signed_up")
    person.page.locator("summary").first.click()
    with person.portal.behind() as db:
        taken = int(person.page.locator("button[name=slot]").first.get_attribute("value") or 0)
        db.execute(update(Slot).where(Slot.id == taken).values(taken=Slot.capacity))
        db.commit()
    person.page.locator("button[name=slot]").first.click()
    expect(person.part("problems")).to_be_visible()


def own_time_given_back(person: Visitor) -> None:
    own_appointment(person, "signed_up")
    person.page.locator("summary").last.click()
    person.button("Ja, meld meg av").click()
    expect(person.h1).to_have_text("Du er meldt av")


STATES: Ways = {
    "own appointment": ("appointment", None, time_to_change),
    "own appointment in English": ("appointment", None, lambda person: own_appointment(person, language="en")),
    "own place in the line": ("appointment", None, lambda person: own_appointment(person, "waiting")),
    "own offer": ("appointment", None, own_offer),
    "own choice": ("appointment", None, own_choice),
    "own time taken": ("appointment", None, own_time_taken),
    "own time given back": ("appointment", None, own_time_given_back),
    "link that is over": ("appointment", None, opens("/me/over")),
}
