"""The timetable of bookings as pages show it: days, slots, places left, and who sits where (B14, T7).

Names stand here only where the viewer may see them: employees of the viewer's units, and on a booking with hidden
names only those whom the viewer signed up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.bookings import Booking
from models.clock import OSLO
from models.employees import Employee
from models.sign_ups import HOLDING, SignUp
from models.slots import Slot


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody on a slot, whom the viewer may see."""

    sign_up: int
    employee: int
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot as a page shows it; `people` are those whom the viewer may see, `taken` counts all."""

    id: int
    starts_at: datetime
    starts: time
    ends: time
    capacity: int
    taken: int
    people: list[Seated]

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(0, self.capacity - self.taken)

    @property
    def unseen(self) -> int:
        """How many sit here whom the viewer may not see."""
        return self.taken - len(self.people)


@dataclass(frozen=True, slots=True)
class DayView:
    """The slots of one day in Norway."""

    date: date
    slots: list[SlotView]

    @property
    def free(self) -> int:
        """Places that are left."""
        return sum(slot.free for slot in self.slots)


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with its days."""

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
        """Places that somebody sits on, or has been offered."""
        return sum(slot.taken for day in self.days for slot in day.slots)


def bookings_of_order(db: Session, order_number: int, viewer_id: int | None = None) -> list[BookingView]:
    """The bookings that belong to an order, with who sits where: three statements in all (B14)."""
    bookings = db.scalars(select(Booking).where(Booking.order_number == order_number).order_by(Booking.id)).all()
    return views_of(db, bookings, viewer_id) if bookings else []


def views_of(db: Session, bookings: Sequence[Booking], viewer_id: int | None) -> list[BookingView]:
    """Bookings with their days, slots and people: two statements."""
    ids = [booking.id for booking in bookings]
    slots = db.execute(
        select(Slot.booking_id, Slot.id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken)
        .where(Slot.booking_id.in_(ids))
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    seated = db.execute(
        select(
            SignUp.slot_id,
            SignUp.id,
            SignUp.signed_up_by_id,
            SignUp.state,
            Employee.id,
            Employee.given_name,
            Employee.family_name,
        )
        .join(Employee, Employee.id == SignUp.employee_id)
        .where(SignUp.booking_id.in_(ids), SignUp.state.in_(HOLDING))
        .order_by(SignUp.slot_id, SignUp.id)
    ).all()
    hidden = {booking.id for booking in bookings if booking.names_hidden}
    people = {slot_id: list(rows) for slot_id, rows in groupby(seated, key=lambda row: row[0])}
    by_booking: dict[int, list[SlotView]] = {id: [] for id in ids}
    for booking_id, id, starts_at, ends_at, capacity, taken in slots:
        seen = [
            Seated(sign_up, employee, f"{given} {family}", state)
            for _, sign_up, by_id, state, employee, given, family in people.get(id, [])
            if booking_id not in hidden or (viewer_id is not None and by_id == viewer_id)
        ]
        starts, ends = starts_at.astimezone(OSLO).time(), ends_at.astimezone(OSLO).time()
        by_booking[booking_id].append(SlotView(id, starts_at, starts, ends, capacity, taken, seen))
    return [
        BookingView(
            id=booking.id,
            title=booking.title,
            place=booking.place,
            deadline=booking.deadline,
            cancelled=booking.cancelled_at is not None,
            hidden=booking.names_hidden,
            days=[
                DayView(day, list(of_day))
                for day, of_day in groupby(
                    by_booking[booking.id], key=lambda slot: slot.starts_at.astimezone(OSLO).date()
                )
            ],
        )
        for booking in bookings
    ]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A booking as lists show it: Info (I1) and the page of all bookings."""

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
            func.sum(Slot.taken),
        )
        .join(Slot, Slot.booking_id == Booking.id)
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
            int(capacity),
            int(taken),
        )
        for id, title, number, starts, ends, deadline, capacity, taken in rows
    ]
