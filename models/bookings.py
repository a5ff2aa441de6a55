"""Bookings (timeavtaler): times that the provider has defined, and who sits on them (T1).

The portal reads them here; putting employees on them is not in this module yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Row,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Moment
from models.clock import OSLO
from models.employees import Employee
from models.tenancy import CustomerOwned, Right, UnitOwned, of_unit

SEATED = ("Påmeldt", "Bekreftet", "Møtt", "Ikke møtt")
"""The states of a sign-up that take a place; `Venteliste` and `Avmeldt` do not."""


class Booking(UnitOwned, Base):
    """A round of times for one order, such as three days of health checks."""

    __tablename__ = "bookings"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "id"),
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        Index(None, "customer_id", "order_number"),
    )
    rights = (Right.ORDERS, Right.EMPLOYEES)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_number: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    preparation: Mapped[str] = mapped_column(Text, default="")
    deadline: Mapped[datetime] = mapped_column(Moment)
    names_hidden: Mapped[bool] = mapped_column(default=False)
    """Only how many sit, not who: støttesamtaler."""
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)


class Slot(CustomerOwned, Base):
    """One time of a booking, with places for `capacity` employees."""

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("customer_id", "id"),
        ForeignKeyConstraint(["customer_id", "booking_id"], ["bookings.customer_id", "bookings.id"]),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("ends_at > starts_at", name="length"),
        Index(None, "customer_id", "booking_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    booking_id: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    capacity: Mapped[int]


class SignUp(CustomerOwned, Base):
    """An employee on a slot (påmelding), in one of the states of section 6.6."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "slot_id"], ["slots.customer_id", "slots.id"]),
        ForeignKeyConstraint(["customer_id", "employee_id"], ["employees.customer_id", "employees.id"]),
        Index(None, "customer_id", "slot_id", "employee_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slot_id: Mapped[int]
    employee_id: Mapped[int] = mapped_column(nullable=True)
    """Empty once the person is erased: such rows are counted, and never looked at one by one."""
    state: Mapped[str] = mapped_column(String(20))
    signed_up_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot as a page shows it; `people` are the names that the viewer may see, `taken` counts all."""

    id: int
    starts: time
    ends: time
    capacity: int
    taken: int
    people: list[str]

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class DayView:
    """The slots of one day in Norway."""

    date: date
    slots: list[SlotView]


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with its days, as the order's page shows it (B14)."""

    id: int
    title: str
    place: str
    deadline: datetime
    cancelled: bool
    hidden: bool
    days: list[DayView]

    @property
    def capacity(self) -> int:
        """Places in all."""
        return sum(slot.capacity for day in self.days for slot in day.slots)

    @property
    def taken(self) -> int:
        """Places that somebody sits on."""
        return sum(slot.taken for day in self.days for slot in day.slots)


def bookings_of_order(db: Session, order_number: int) -> list[BookingView]:
    """The bookings that belong to an order, with who sits where: three statements in all (B14)."""
    bookings = db.scalars(select(Booking).where(Booking.order_number == order_number).order_by(Booking.id)).all()
    if not bookings:
        return []
    slots = db.scalars(
        select(Slot).where(Slot.booking_id.in_([booking.id for booking in bookings])).order_by(Slot.starts_at, Slot.id)
    ).all()
    seated = db.execute(
        select(SignUp.slot_id, Employee.given_name, Employee.family_name)
        .join(Employee, Employee.id == SignUp.employee_id, isouter=True)
        .where(SignUp.slot_id.in_([slot.id for slot in slots]), SignUp.state.in_(SEATED))
        .order_by(SignUp.slot_id, SignUp.id)
    ).all()
    people = {slot_id: list(rows) for slot_id, rows in groupby(seated, key=lambda row: row.slot_id)}
    views = []
    for booking in bookings:
        days = groupby(
            (slot for slot in slots if slot.booking_id == booking.id),
            key=lambda slot: slot.starts_at.astimezone(OSLO).date(),
        )
        views.append(
            BookingView(
                id=booking.id,
                title=booking.title,
                place=booking.place,
                deadline=booking.deadline,
                cancelled=booking.cancelled_at is not None,
                hidden=booking.names_hidden,
                days=[
                    DayView(day, [_slot_view(slot, people.get(slot.id, []), booking) for slot in of_day])
                    for day, of_day in days
                ],
            )
        )
    return views


def _slot_view(slot: Slot, seated: Sequence[Row[int, str, str]], booking: Booking) -> SlotView:
    """Names of employees outside the scope are None, because the join is held to it."""
    seen = [] if booking.names_hidden else [f"{given} {family}" for _, given, family in seated if given]
    return SlotView(
        id=slot.id,
        starts=slot.starts_at.astimezone(OSLO).time(),
        ends=slot.ends_at.astimezone(OSLO).time(),
        capacity=slot.capacity,
        taken=len(seated),
        people=seen,
    )


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A booking that is still to come, as Info lists it (I1)."""

    id: int
    title: str
    order_number: int | None
    first_day: date
    last_day: date
    deadline: datetime
    capacity: int
    taken: int

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(0, self.capacity - self.taken)


def upcoming_bookings(db: Session, now: datetime, at_most: int) -> list[Upcoming]:
    """The next bookings of the user's units, soonest first."""
    taken = (
        select(SignUp.slot_id, func.count().label("taken"))
        .where(SignUp.state.in_(SEATED))
        .group_by(SignUp.slot_id)
        .subquery()
    )
    first = func.min(Slot.starts_at)
    rows = db.execute(
        select(
            Booking.id,
            Booking.title,
            Booking.order_number,
            first,
            func.max(Slot.starts_at),
            Booking.deadline,
            func.sum(Slot.capacity),
            func.coalesce(func.sum(taken.c.taken), 0),
        )
        .join(Slot, Slot.booking_id == Booking.id)
        .outerjoin(taken, taken.c.slot_id == Slot.id)
        .where(Booking.cancelled_at.is_(None))
        .group_by(Booking.id)
        .having(func.max(Slot.ends_at) > now)
        .order_by(first)
        .limit(at_most)
    )
    return [
        Upcoming(
            id,
            title,
            number,
            starts.astimezone(OSLO).date(),
            ends.astimezone(OSLO).date(),
            deadline,
            capacity,
            int(seats),
        )
        for id, title, number, starts, ends, deadline, capacity, seats in rows
    ]
