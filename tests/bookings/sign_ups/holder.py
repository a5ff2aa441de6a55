"""An employee who holds a personal link: what it opens, and what was written to them. No story is told here."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.core.scope import Scope, bind
from models.employees.employee import Employee
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import token_of
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
    """The state of an employee's last sign-up on the first booking ahead, and its time."""
    row = db.execute(
        select(SignUp.state, Slot.starts_at)
        .join(Employee, Employee.id == SignUp.employee_id)
        .outerjoin(Slot, Slot.id == SignUp.slot_id)
        .where(Employee.given_name == name[0], Employee.family_name == name[1])
        .where(Slot.starts_at.is_(None) | (Slot.starts_at > NOW))
        .order_by(SignUp.booking_id, SignUp.id.desc())
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


def somebody_free(db: Session) -> Employee:
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


def first_in_line(db: Session) -> SignUp:
    return db.scalars(
        select(SignUp).where(SignUp.booking_id == the_round(db).id, SignUp.state == "waiting").order_by(SignUp.id)
    ).first()  # type: ignore[return-value]
