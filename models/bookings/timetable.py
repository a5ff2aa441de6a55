"""The timetable of bookings as pages show it: days, slots, places left, and who sits where (B14, T7).

Names stand here only where the viewer may see them: employees of the viewer's units, and on a booking with hidden
names only those whom the viewer signed up. `unhidden` is for the provider's staff, who have to know whom they meet
(decision 0029).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import HOLDING, SEATED, SignUp, State
from models.bookings.sign_ups.waiting_list import places_in_line
from models.bookings.slots import Slot
from models.core.clock import OSLO
from models.core.walls import select_rows
from models.customers.units import Unit, norwegian
from models.employees.employee import Employee


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody on a slot, whom the viewer may see."""

    sign_up: int
    employee: int
    name: str
    state: State


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

    @property
    def capacity(self) -> int:
        """Places in all."""
        return sum(slot.capacity for slot in self.slots)

    @property
    def first_free(self) -> SlotView | None:
        """The first slot with a place left."""
        return next((slot for slot in self.slots if slot.free), None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waiting list; who it is, where the viewer may see it."""

    sign_up: int
    name: str | None
    day: date | None
    number: int


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
    line: list[Waiting] = field(default_factory=list)
    """The waiting list, where it was asked for."""

    def waiting_for(self, day: date | None) -> list[Waiting]:
        """Who waits for a day, or (None) for any of them."""
        return [one for one in self.line if one.day == day]

    @property
    def opens(self) -> time:
        """When the earliest slot of a day begins."""
        return min(slot.starts for day in self.days for slot in day.slots)

    @property
    def closes(self) -> time:
        """When the latest slot of a day ends."""
        return max(slot.ends for day in self.days for slot in day.slots)

    @property
    def capacity(self) -> int:
        """Places in all."""
        return sum(slot.capacity for day in self.days for slot in day.slots)

    @property
    def taken(self) -> int:
        """Places that somebody sits on, or has been offered."""
        return sum(slot.taken for day in self.days for slot in day.slots)


_IDS = bindparam("ids", expanding=True, type_=Integer)
_SLOTS = (
    select(Slot.booking_id, Slot.id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken)
    .where(Slot.booking_id.in_(_IDS))
    .order_by(Slot.starts_at, Slot.id)
)
_SEATED = (
    select(
        SignUp.booking_id,
        SignUp.slot_id,
        SignUp.id,
        SignUp.signed_up_by_id,
        SignUp.state,
        Employee.id,
        Employee.given_name,
        Employee.family_name,
    )
    .join(Employee, Employee.id == SignUp.employee_id)
    .where(SignUp.booking_id.in_(_IDS), SignUp.state.in_(HOLDING))
    .order_by(SignUp.slot_id, SignUp.id)
)
_LINE = (
    select(SignUp.id, SignUp.day, SignUp.signed_up_by_id, Employee.given_name, Employee.family_name)
    .outerjoin(Employee, Employee.id == SignUp.employee_id)
    .where(SignUp.id.in_(_IDS))
    .order_by(SignUp.signed_up_at, SignUp.id)
)


_OF_ORDER = select(Booking).where(Booking.order_number == bindparam("number")).order_by(Booking.id)


def bookings_of_order(db: Session, order_number: int, viewer_id: int | None = None) -> list[BookingView]:
    """The bookings that belong to an order, with who sits where: three statements in all (B14)."""
    bookings = db.scalars(_OF_ORDER, {"number": order_number}).all()
    return views_of(db, bookings, viewer_id) if bookings else []


def view_of(db: Session, booking: Booking, viewer_id: int, *, unhidden: bool = False) -> BookingView:
    """One booking with its waiting list."""
    [view] = views_of(db, [booking], viewer_id, unhidden=unhidden)
    numbers = places_in_line(db, booking.id)
    rows = select_rows(db, _LINE, {"ids": list(numbers)}) if numbers else []
    line = [
        Waiting(
            id,
            f"{given} {family}" if given and (unhidden or not booking.names_hidden or by_id == viewer_id) else None,
            day,
            numbers[id],
        )
        for id, day, by_id, given, family in rows
    ]
    return replace(view, line=line)


def views_of(
    db: Session, bookings: Sequence[Booking], viewer_id: int | None, *, unhidden: bool = False
) -> list[BookingView]:
    """Bookings with their days, slots and people: two statements."""
    people = _people_on(db, bookings, viewer_id, unhidden=unhidden)
    slots = _slots_of(db, bookings, people)
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
                for day, of_day in groupby(slots[booking.id], key=lambda slot: slot.starts_at.astimezone(OSLO).date())
            ],
        )
        for booking in bookings
    ]


def _slots_of(
    db: Session, bookings: Sequence[Booking], people: Mapping[int | None, list[Seated]]
) -> dict[int, list[SlotView]]:
    """By booking, its slots in order."""
    by_booking: dict[int, list[SlotView]] = {booking.id: [] for booking in bookings}
    for booking_id, id, starts_at, ends_at, capacity, taken in select_rows(db, _SLOTS, {"ids": list(by_booking)}):
        starts, ends = starts_at.astimezone(OSLO).time(), ends_at.astimezone(OSLO).time()
        slot = SlotView(id, starts_at, starts, ends, capacity, taken, people.get(id, []))
        by_booking[booking_id].append(slot)
    return by_booking


def _people_on(
    db: Session, bookings: Sequence[Booking], viewer_id: int | None, *, unhidden: bool
) -> dict[int | None, list[Seated]]:
    """By slot, those whom the viewer may see."""
    hidden = {booking.id for booking in bookings if booking.names_hidden and not unhidden}
    seated = select_rows(db, _SEATED, {"ids": [booking.id for booking in bookings]})
    people: dict[int | None, list[Seated]] = {}
    for booking_id, slot_id, sign_up, by_id, state, employee, given, family in seated:
        if booking_id not in hidden or (viewer_id is not None and by_id == viewer_id):
            people.setdefault(slot_id, []).append(Seated(sign_up, employee, f"{given} {family}", state))
    return people


@dataclass(frozen=True, slots=True)
class RollRow:
    """Somebody on the day list; without a name and what goes with it where the viewer may not see who it is."""

    starts_at: datetime
    ends_at: datetime
    state: State
    name: str | None
    unit: str | None
    mobile: str | None


def roll_of(
    db: Session, booking: Booking, viewer_id: int, *, by_name: bool, unhidden: bool = False
) -> list[tuple[date | None, list[RollRow]]]:
    """Everybody on a booking, by day and time, or (under None) in alphabetical order."""
    rows = db.execute(
        select(
            Slot.starts_at,
            Slot.ends_at,
            SignUp.state,
            SignUp.signed_up_by_id,
            Employee.given_name,
            Employee.family_name,
            Employee.mobile,
            Unit.name,
        )
        .join(Slot, Slot.id == SignUp.slot_id)
        .outerjoin(Employee, Employee.id == SignUp.employee_id)
        .outerjoin(Unit, Unit.id == Employee.unit_id)
        .where(SignUp.booking_id == booking.id, SignUp.state.in_(SEATED))
        .order_by(Slot.starts_at, Slot.id, SignUp.id)
    )
    roll = [
        RollRow(starts_at, ends_at, state, f"{given} {family}", unit, mobile)
        if given and (unhidden or not booking.names_hidden or by_id == viewer_id)
        else RollRow(starts_at, ends_at, state, None, None, None)
        for starts_at, ends_at, state, by_id, given, family, mobile, unit in rows
    ]
    if by_name:
        in_order = sorted(roll, key=lambda row: (row.name is None, norwegian(row.name or ""), row.starts_at))
        return [(None, in_order)] if in_order else []
    return [(day, list(of_day)) for day, of_day in groupby(roll, key=lambda row: row.starts_at.astimezone(OSLO).date())]
