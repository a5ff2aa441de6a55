"""The demo data as of some day, loaded and read back. What it must hold is said in the tests."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.core.base import Base
from models.core.clock import OSLO, in_oslo
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.customers.units import Unit
from models.demo import load
from models.employees.employee import Employee
from models.orders.order import Order
from tests.stage.stores.databases import FIELD_KEYS

AUTUMN = in_oslo(date(2026, 10, 1), time(9, 30))
MOMENTS = [
    in_oslo(date(2018, 3, 15), time(0, 5)),
    AUTUMN,
    in_oslo(date(2026, 11, 23), time(12, 0)),
    in_oslo(date(2028, 2, 29), time(23, 55)),
]
T = TypeVar("T", bound=Base)


@dataclass(frozen=True)
class Demo:
    """What was loaded, read back from the database."""

    db: Session
    now: datetime
    path: Path

    def all(self, table: type[T]) -> list[T]:
        return list(self.db.scalars(select(table).order_by(*inspect(table).primary_key)))

    def unit(self, name: str) -> Unit:
        return self.db.scalars(select(Unit).where(Unit.name == name)).one()

    def employees_below(self, name: str) -> list[Employee]:
        below = {unit.id for unit in self.all(Unit) if unit.path.startswith(self.unit(name).path)}
        return [employee for employee in self.all(Employee) if employee.unit_id in below]

    def order(self, number: int) -> Order:
        return self.db.get_one(Order, number)

    def booking(self, title: str, unit: str) -> Booking:
        unit_id = self.unit(unit).id
        return self.db.scalars(select(Booking).where(Booking.title == title, Booking.unit_id == unit_id)).one()

    def slots_of(self, booking: Booking) -> list[Slot]:
        return [slot for slot in self.all(Slot) if slot.booking_id == booking.id]

    def states_on(self, slots: list[Slot]) -> Counter[str]:
        """On the slots, and waiting for one of their days."""
        ids = {slot.id for slot in slots}
        days = {(slot.booking_id, slot.starts_at.astimezone(OSLO).date()) for slot in slots}
        return Counter(
            sign_up.state
            for sign_up in self.all(SignUp)
            if sign_up.slot_id in ids or (sign_up.booking_id, sign_up.day) in days
        )


@contextmanager
def loaded(path: Path, now: datetime) -> Iterator[Demo]:
    """The demo as of `now`, in a new database."""
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    with database.session() as db:
        load(db, Keyring(FIELD_KEYS), now=now)
        db.commit()
    database.close()
    with read_back(path, now) as demo:
        yield demo


@contextmanager
def read_back(path: Path, now: datetime) -> Iterator[Demo]:
    """What was loaded as of `now`."""
    database = Database(f"sqlite:///{path}")
    with database.session() as db, across_customers(db):
        yield Demo(db, now, path)
    database.close()
