"""Distribution (fordeling): many employees on the free times of a booking, proposed first, then done at once.

What is confirmed is what was seen: if something changed meanwhile, nothing is done (section 5, number 8).
"""

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking, hold_booking
from models.bookings.sign_ups.candidates import what_they_have
from models.bookings.sign_ups.news import News, tell
from models.bookings.sign_ups.sign_up import COMING, HOLDING, OFFERED, OPEN, SIGNED_UP, WAITING, SignUp, hold_people
from models.bookings.slots import Slot, SlotFull, take_places
from models.core.audit import Actor
from models.core.clock import today_in_oslo
from models.core.scope import whole_customer
from models.employees.employee import Employee

MOST = 500
"""So many are distributed at a time."""
WAIT = 0
"""Instead of a slot: on the waiting list."""

Span = tuple[datetime, datetime]


class NotAsSeen(Exception):
    """What was proposed cannot be done any more for some of the employees."""

    def __init__(self, employee_ids: Collection[int]) -> None:
        super().__init__(f"not for {len(employee_ids)} employees")
        self.employee_ids = frozenset(employee_ids)


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A slot with places left."""

    id: int
    starts_at: datetime
    ends_at: datetime
    free: int

    @property
    def day(self) -> date:
        """Its day in Norway."""
        return today_in_oslo(self.starts_at)

    def is_apart_from(self, spans: Collection[Span]) -> bool:
        """Whether nothing of this is at the same time."""
        return all(self.ends_at <= begins or ends <= self.starts_at for begins, ends in spans)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who gets which time; those who cannot get one, with the reason; and what there is to choose from."""

    places: dict[int, int]
    """By employee, the slot, or WAIT."""
    refused: dict[int, str]
    """By employee: `inactive`, `no_email` or `signed_up`."""
    times: list[FreeTime]
    busy: dict[int, list[Span]]

    def times_for(self, employee_id: int) -> list[FreeTime]:
        """The free times at which the employee is nowhere else."""
        spans = self.busy.get(employee_id, ())
        return [time for time in self.times if time.is_apart_from(spans)]


def propose(
    db: Session,
    booking: Booking,
    employees: Sequence[Employee],
    now: datetime,
    wanted: Mapping[int, int] | None = None,
) -> Proposal:
    """Give each a free time, the earliest first; who finds none, waits. Nothing is written.

    Nobody gets a time when he or she is somewhere else, and as many as possible get one. What is `wanted` (by
    employee) is given where it can be.
    """
    with whole_customer(db):
        has = _open_sign_ups(db, booking, employees)
        busy = _busy(db, employees)
        times = free_times(db, booking, now)
    refused = _refused(employees, has)
    asking = [employee.id for employee in employees if employee.id not in refused]
    places = _matched(asking, times, busy, wanted or {})
    return Proposal({id: places.get(id, WAIT) for id in asking}, refused, times, busy)


def distribute(db: Session, booking: Booking, places: Mapping[int, int], *, by: Actor, now: datetime) -> list[SignUp]:
    """Do what a proposal says: all of it, or nothing.

    Raises BookingCancelled, TooLate, and NotAsSeen for those whose time is not to be had any more.
    """
    with whole_customer(db):
        people = hold_people(db, places.keys())
        booking = hold_booking(db, booking.id)
        booking.check_open(now)
        has, busy = _open_sign_ups(db, booking, people), _busy(db, people)
        times = {time.id: time for time in free_times(db, booking, now)}
        gone = (places.keys() - {person.id for person in people}) | _refused(people, has).keys()
        gone |= {
            id
            for id, slot in places.items()
            if slot != WAIT and (slot not in times or not times[slot].is_apart_from(busy.get(id, ())))
        }
        if gone:
            raise NotAsSeen(gone)
        try:
            slots = take_places(db, Counter(slot for slot in places.values() if slot != WAIT))
        except SlotFull as full:
            raise NotAsSeen([id for id, slot in places.items() if slot in full.slot_ids]) from None
        made = [_placed(booking, id, slot, has.get(id), by=by, now=now) for id, slot in places.items()]
        changed = [sign_up for sign_up in made if sign_up not in has.values() or sign_up.state != WAITING]
        db.add_all(made)
        news = [
            News("waiting" if one.slot_id is None else "created", one, slots[one.slot_id] if one.slot_id else None)
            for one in changed
        ]
        tell(db, booking, *news, by=by, now=now)
        return made


def is_as_wanted(db: Session, booking: Booking, places: Mapping[int, int], viewer_id: int) -> bool:
    """Whether a proposal is done already: everybody has the time that it says, as when it is confirmed twice."""
    has = what_they_have(db, booking, list(places), viewer_id)
    return all(id in has and (has[id].slot or WAIT) == slot for id, slot in places.items())


def free_times(db: Session, booking: Booking, now: datetime) -> list[FreeTime]:
    """The slots of a booking that have places left and lie ahead."""
    rows = db.execute(
        select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.capacity - Slot.taken)
        .where(Slot.booking_id == booking.id, Slot.taken < Slot.capacity, Slot.starts_at > now)
        .order_by(Slot.starts_at, Slot.id)
    )
    return [FreeTime(*row) for row in rows]


def _matched(
    asking: Sequence[int],
    times: Sequence[FreeTime],
    busy: Mapping[int, Sequence[Span]],
    wanted: Mapping[int, int],
) -> dict[int, int]:
    """A time for as many as possible: who finds all of his or hers taken, gets one that somebody else can give up."""
    left = {time.id: time.free for time in times}
    sitting: dict[int, list[int]] = {time.id: [] for time in times}
    places: dict[int, int] = {}
    every = [time.id for time in times]
    fitting = {
        id: [time.id for time in times if time.is_apart_from(busy[id])] if busy.get(id) else every for id in asking
    }
    for id in asking:
        slot = wanted.get(id, WAIT)
        if left.get(slot, 0) > 0 and slot in fitting[id]:
            left[slot] -= 1
            places[id] = slot
            sitting[slot].append(id)
    for id in asking:
        if id in places or wanted.get(id) == WAIT:
            continue
        if sum(left.values()) == 0:
            break
        came = _way(id, fitting, left, sitting)
        free = next((slot for slot in came if left[slot] > 0), None)
        if free is None:
            continue
        left[free] -= 1
        _move_up(free, came, places, sitting)
    return places


def _move_up(slot: int, came: Mapping[int, int], places: dict[int, int], sitting: Mapping[int, list[int]]) -> None:
    """Let each on the way go one further, from the free place back to the person who asked."""
    while True:
        person = came[slot]
        before = places.get(person)
        places[person] = slot
        sitting[slot].append(person)
        if before is None:
            return
        sitting[before].remove(person)
        slot = before


def _way(
    id: int, fitting: Mapping[int, Sequence[int]], left: Mapping[int, int], sitting: Mapping[int, Sequence[int]]
) -> dict[int, int]:
    """By slot, who would go to it, on the shortest way from a person to a place that is free: it ends there."""
    came: dict[int, int] = {}
    queue = deque([id])
    while queue:
        person = queue.popleft()
        for slot in fitting[person]:
            if slot not in came:
                came[slot] = person
                if left[slot] > 0:
                    return came
                queue.extend(sitting[slot])
    return came


def _placed(booking: Booking, employee_id: int, slot: int, has: SignUp | None, *, by: Actor, now: datetime) -> SignUp:
    """The sign-up of one employee, new or no longer waiting."""
    made = has or SignUp(
        customer_id=booking.customer_id,
        unit_id=booking.unit_id,
        booking_id=booking.id,
        employee_id=employee_id,
        state=WAITING,
        signed_up_at=now,
        signed_up_by_id=by.user_id,
        revision=1,
    )
    if slot != WAIT:
        made.slot_id, made.state, made.signed_up_by_id = slot, SIGNED_UP, by.user_id
        made.revision += has is not None
    return made


def _refused(employees: Sequence[Employee], has: Mapping[int, SignUp]) -> dict[int, str]:
    found = {}
    for employee in employees:
        sign_up = has.get(employee.id)
        if employee.deactivated_at is not None:
            found[employee.id] = "inactive"
        elif not employee.email:
            found[employee.id] = "no_email"
        elif sign_up and sign_up.state in {*COMING, OFFERED}:
            found[employee.id] = "signed_up"
    return found


def _open_sign_ups(db: Session, booking: Booking, employees: Sequence[Employee]) -> dict[int, SignUp]:
    rows = db.scalars(
        select(SignUp).where(
            SignUp.booking_id == booking.id,
            SignUp.employee_id.in_([employee.id for employee in employees]),
            SignUp.state.in_(OPEN),
        ),
        execution_options={"populate_existing": True},
    )
    return {sign_up.employee_id: sign_up for sign_up in rows}


def _busy(db: Session, employees: Sequence[Employee]) -> dict[int, list[Span]]:
    rows = db.execute(
        select(SignUp.employee_id, Slot.starts_at, Slot.ends_at)
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Booking, Booking.id == Slot.booking_id)
        .where(
            SignUp.employee_id.in_([employee.id for employee in employees]),
            SignUp.state.in_(HOLDING),
            Booking.cancelled_at.is_(None),
        )
    )
    found: dict[int, list[Span]] = {}
    for employee_id, starts_at, ends_at in rows:
        found.setdefault(employee_id, []).append((starts_at, ends_at))
    return found
