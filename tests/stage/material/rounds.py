"""A round of times of the tests' own, in the demo's Bergen: a small booking whose every place is known."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.series import Facts, Series, publish
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import HOLDING, SignUp
from models.bookings.slots import Slot
from models.core.audit import Named
from models.core.scope import across_customers
from models.customers.units import Unit
from models.employees.employee import Employee
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.times import NOW, TODAY

DAY = date(2026, 10, 20)
"""A Tuesday, when nobody of Bergen has anything else."""
HMS = Named("Hilde Sand (hms.fjord)")


def a_round(
    db: Session,
    *,
    times: int = 2,
    capacity: int = 1,
    unit: str = "Bergen",
    first: date = DAY,
    days: int = 1,
    **changed: Any,
) -> Booking:
    """Publish a booking with so many half-hours on each day; sign-up closes a day before."""
    unit_id = db.scalars(select(Unit.id).where(Unit.name == unit)).one()
    closes = (datetime.combine(DAY, time(8)) + timedelta(minutes=30) * times).time()
    series = Series(
        tuple(first + timedelta(days=ahead) for ahead in range(days)),
        ((time(8), closes),),
        timedelta(minutes=30),
        capacity,
    )
    facts = Facts("Synskontroll", "Brakka", closes_before=timedelta(hours=24))
    return publish(db, unit_id, series, replace(facts, **changed), by=HMS, now=NOW)


def slots_of(db: Session, booking: Booking) -> list[Slot]:
    """Its slots, in order."""
    return list(db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at)))


def people(db: Session, count: int, unit: str = "Bergen") -> list[Employee]:
    """Employees who can be put on anything: at work, with an e-mail, with nothing else to do.

    Where the demo has no more of them, as on a portal that many stories share, others are hired; commit to keep them.
    """
    found = (
        select(Employee)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(
            Unit.name == unit,
            Employee.email.is_not(None),
            Employee.deactivated_at.is_(None),
            Employee.id.not_in(select(SignUp.employee_id)),
        )
        .order_by(Employee.id)
        .limit(count)
    )
    idle = list(db.scalars(found))
    return idle + _hired(db, count - len(idle), unit)


def _hired(db: Session, count: int, unit: str) -> list[Employee]:
    at = db.execute(select(Unit.customer_id, Unit.id).where(Unit.name == unit)).one()
    highest = db.scalar(select(func.max(Employee.id))) or 0
    hired = [
        Employee(
            customer_id=at.customer_id,
            unit_id=at.id,
            given_name="Nina",
            family_name=f"Nyansatt {number}",
            email=f"nina.{number}@fjordbygg.example",
        )
        for number in range(highest + 1, highest + 1 + count)
    ]
    db.add_all(hired)
    db.flush()
    return hired


def miscounted(db: Session) -> list[int]:
    """The slots whose count is not the number of rows that hold a place."""
    rows = (
        select(func.count())
        .where(SignUp.slot_id == Slot.id, SignUp.state.in_(HOLDING))
        .correlate(Slot)
        .scalar_subquery()
    )
    return list(db.scalars(select(Slot.id).where(Slot.taken != rows)))


def told(db: Session, of: SignUp) -> list[str]:
    """What left the portal about a sign-up, in order."""
    about = f"sign_up:{of.id}"
    return list(db.scalars(select(Message.kind).where(Message.about == about).order_by(Message.id)))


def all_is_well(house: House) -> None:
    """Counts equal rows, whatever happened."""
    with house.behind() as db, across_customers(db):
        assert miscounted(db) == []


def somebody_comes_today(db: Session) -> tuple[str, str]:
    """A booking of today with one who is expected: its title and the name; commit to keep them."""
    [employee] = people(db, 1)
    booking = a_round(db, times=1, first=TODAY, title="Blodtrykk")
    [slot] = slots_of(db, booking)
    sign_up(db, slot, employee, by=HMS, now=NOW - timedelta(days=7))
    return booking.title, employee.full_name
