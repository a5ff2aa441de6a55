"""Sign-ups (påmeldinger): employees on slots, on waiting lists, and with an offer of a place (T1-T5).

Whoever changes where a person sits locks the person first; see docs/decisions/0015-one-person-at-a-time.md.
What is told of a change is in `news`, how a waiting list is joined in `waiting_list`.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.bookings.booking import Booking, TooLate, hold_booking, of_booking
from models.bookings.sign_ups.news import News, tell
from models.bookings.slots import Slot, SlotFull
from models.core.audit import THE_PORTAL, Actor
from models.core.base import Base, Moment
from models.core.clock import today_in_oslo
from models.core.scope import Right, UnitOwned, whole_customer
from models.core.signed import NAME_LENGTH, new_name
from models.employees.employee import Employee

SIGNED_UP, CONFIRMED, ATTENDED, ABSENT = "Påmeldt", "Bekreftet", "Møtt", "Ikke møtt"
WAITING, OFFERED, CANCELLED = "Venteliste", "Tilbudt", "Avmeldt"
SEATED = (SIGNED_UP, CONFIRMED, ATTENDED, ABSENT)
"""The states of somebody who sits, or has sat."""
HOLDING = (*SEATED, OFFERED)
"""The states that take a place: an offer keeps it while it lasts."""
COMING = (SIGNED_UP, CONFIRMED)
OPEN = (*COMING, OFFERED, WAITING)
"""The states that still lie ahead; of these a person has one on a booking."""
OFFER_LASTS = timedelta(hours=24)


class NotThisOne(Exception):
    """A refusal that concerns one of the employees."""

    def __init__(self, employee_id: int) -> None:
        super().__init__(f"employee {employee_id}")
        self.employee_id = employee_id


class NotActive(NotThisOne):
    """The employee is deactivated (T2, AD4)."""


class NoEmail(NotThisOne):
    """The employee has no e-mail address, and so cannot get the information (T2)."""


class AlreadySignedUp(NotThisOne):
    """The employee has a place, or waits for one, on this booking."""

    def __init__(self, sign_up: "SignUp") -> None:
        super().__init__(sign_up.employee_id)
        self.sign_up = sign_up


class Overlaps(NotThisOne):
    """The employee is somewhere else at that time (T4)."""

    def __init__(self, employee_id: int, slot: Slot) -> None:
        super().__init__(employee_id)
        self.slot = slot


class NoLongerSignedUp(Exception):
    """Somebody was faster: the place is given back, or the offer is over."""


class SignUp(UnitOwned, Base):
    """An employee on a booking, in one of the states of product section 6.6, or with an offer."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        of_booking(),
        ForeignKeyConstraint(
            ["customer_id", "booking_id", "slot_id"], ["slots.customer_id", "slots.booking_id", "slots.id"]
        ),
        ForeignKeyConstraint(["customer_id", "employee_id"], ["employees.customer_id", "employees.id"]),
        CheckConstraint("slot_id IS NOT NULL OR state IN ('Venteliste', 'Avmeldt')", name="place"),
        CheckConstraint("(state = 'Tilbudt') = (offered_until IS NOT NULL)", name="offer"),
        Index(None, "customer_id", "booking_id", "slot_id"),
        Index(None, "customer_id", "employee_id"),
    )
    rights = (Right.ORDERS, Right.EMPLOYEES)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    unit_id: Mapped[int]
    booking_id: Mapped[int]
    slot_id: Mapped[int | None]
    """None while one waits; who was taken off keeps the last one."""
    employee_id: Mapped[int] = mapped_column(nullable=True)
    """Empty once the person is erased: such rows are old, counted, and never changed one by one."""
    state: Mapped[str] = mapped_column(String(20))
    signed_up_at: Mapped[datetime] = mapped_column(Moment)
    signed_up_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who may see the name where names are hidden."""
    day: Mapped[date | None]
    """The day that somebody waits for; None is any day of the booking."""
    offered_until: Mapped[datetime | None] = mapped_column(Moment)
    revision: Mapped[int] = mapped_column(default=0)
    """How often it was changed: the SEQUENCE of its appointment in a calendar."""
    link: Mapped[str] = mapped_column(String(NAME_LENGTH), default=new_name, unique=True)
    """What the employee's personal link is known by; it opens nothing when the sign-up is over."""
    reminded_slot_id: Mapped[int | None]
    """The slot that the employee needs no reminder of any more."""

    @property
    def holds_a_place(self) -> bool:
        """Whether it is counted on its slot."""
        return self.state in HOLDING

    def cancel(self, db: Session, *, by: Actor, now: datetime, at_any_time: bool = False) -> None:
        """Take the person off, and offer the place to who is next (T5).

        Raises BookingCancelled, TooLate, NoLongerSignedUp; `at_any_time` is for the provider and for people who
        leave. A waiting list may be left whenever one wants.
        """
        with whole_customer(db):
            booking = _held(db, self)
            slot = db.get_one(Slot, self.slot_id) if self.slot_id and self.holds_a_place else None
            if slot and not at_any_time:
                _check_changeable(booking, slot, now)
            was, self.state, self.offered_until = self.state, CANCELLED, None
            self.revision += 1
            if slot:
                slot.give_back(db)
            tell(db, booking, News("cancelled", self, slot, was=was), by=by, now=now)
            if slot:
                offer_places(db, booking, [slot], now)

    def move(self, db: Session, slot: Slot, *, by: Actor, now: datetime) -> None:
        """Give the person another slot of the booking, and offer the old one to who is next (T5).

        Raises BookingCancelled, TooLate, NoLongerSignedUp, Overlaps, SlotFull.
        """
        with whole_customer(db):
            booking, old = _seated(db, self, now)
            if slot.id == old.id:
                return
            _check_changeable(booking, slot, now)
            _check_free(db, self.employee_id, slot, but=self)
            _exchange(db, old, slot)
            _sit(self, slot)
            tell(db, booking, News("moved", self, slot, before=old), by=by, now=now)
            offer_places(db, booking, [old], now)

    def swap(self, db: Session, other: "SignUp", *, by: Actor, now: datetime) -> None:
        """Let two people of a booking change places; raises as `move` does, and ValueError across bookings."""
        if self.booking_id != other.booking_id:
            raise ValueError("places are swapped within a booking")
        with whole_customer(db):
            hold_people(db, (self.employee_id, other.employee_id))
            (booking, mine), (_, theirs) = _seated(db, self, now), _seated(db, other, now)
            if mine.id == theirs.id:
                return
            _check_free(db, self.employee_id, theirs, but=self)
            _check_free(db, other.employee_id, mine, but=other)
            _sit(self, theirs)
            _sit(other, mine)
            swapped = News("moved", self, theirs, before=mine), News("moved", other, mine, before=theirs)
            tell(db, booking, *swapped, by=by, now=now)

    def hand_over(self, db: Session, heir: Employee, *, by: Actor, now: datetime) -> None:
        """Give the place to a colleague, whoever waits (section 5, number 7).

        Raises BookingCancelled, TooLate, NoLongerSignedUp, NotActive, NoEmail, AlreadySignedUp, Overlaps.
        """
        with whole_customer(db):
            hold_people(db, (self.employee_id, heir.id))
            booking, slot = _seated(db, self, now)
            _, before = eligible(db, booking.id, heir, now)
            if before:
                raise AlreadySignedUp(before)
            _check_free(db, heir.id, slot, but=None)
            was, self.state = self.state, CANCELLED
            self.revision += 1
            made = SignUp(
                customer_id=self.customer_id,
                unit_id=self.unit_id,
                booking_id=booking.id,
                employee_id=heir.id,
                signed_up_at=now,
                signed_up_by_id=by.user_id,
                revision=0,
            )
            _sit(made, slot)
            db.add(made)
            tell(db, booking, News("cancelled", self, slot, was=was), News("created", made, slot), by=by, now=now)

    def accept(self, db: Session, *, by: Actor, now: datetime) -> None:
        """Say yes to the offered place; raises BookingCancelled, TooLate, NoLongerSignedUp."""
        with whole_customer(db):
            booking = _held(db, self)
            if self.state != OFFERED or self.offered_until is None or self.offered_until <= now:
                raise NoLongerSignedUp(f"the offer of sign-up {self.id} is over")
            slot = db.get_one(Slot, self.slot_id)
            _check_changeable(booking, slot, now)
            _sit(self, slot)
            tell(db, booking, News("created", self, slot), by=by, now=now)

    def confirm(self, db: Session, *, by: Actor, now: datetime) -> None:
        """Note that the employee will come; raises BookingCancelled, TooLate, NoLongerSignedUp."""
        with whole_customer(db):
            booking, slot = _seated(db, self, now)
            if self.state == CONFIRMED:
                return
            self.state = CONFIRMED
            tell(db, booking, News("confirmed", self, slot), by=by, now=now)


# Of what lies ahead a person has one on a booking; what is over, may be there many times.
_if_open = SignUp.state.in_(OPEN)
Index(
    "ix_sign_ups_open",
    SignUp.customer_id,
    SignUp.booking_id,
    SignUp.employee_id,
    unique=True,
    postgresql_where=_if_open,
    sqlite_where=_if_open,
)


def sign_up(db: Session, slot: Slot, employee: Employee, *, by: Actor, now: datetime) -> SignUp:
    """Put an employee on a slot; one who waited on the booking gives the waiting, or the offer, up for it.

    Raises BookingCancelled, TooLate, NotActive, NoEmail, AlreadySignedUp, Overlaps, SlotFull (T2-T5).
    """
    with whole_customer(db):
        booking, before = eligible(db, slot.booking_id, employee, now)
        _check_changeable(booking, slot, now)
        if before and before.state in COMING:
            raise AlreadySignedUp(before)
        _check_free(db, employee.id, slot, but=before)
        offered = db.get_one(Slot, before.slot_id) if before and before.slot_id else None
        if offered is None and slot.taken >= slot.capacity:
            end_offers(db, booking, now, on=slot)
        if offered is None:
            slot.take(db)
        elif offered.id != slot.id:
            _exchange(db, offered, slot)
        made = before or SignUp(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            employee_id=employee.id,
            signed_up_at=now,
            revision=0,
        )
        made.signed_up_by_id = by.user_id
        _sit(made, slot)
        db.add(made)
        tell(db, booking, News("created", made, slot), by=by, now=now)
        if offered and offered.id != slot.id:
            offer_places(db, booking, [offered], now)
        return made


def sign_up_all(db: Session, slot: Slot, employees: Collection[Employee], *, by: Actor, now: datetime) -> list[SignUp]:
    """Put several employees on a slot, all or, where `sign_up` refuses one, none."""
    with whole_customer(db), db.begin_nested():
        hold_people(db, [employee.id for employee in employees])
        return [sign_up(db, slot, employee, by=by, now=now) for employee in employees]


def eligible(db: Session, booking_id: int, employee: Employee, now: datetime) -> tuple[Booking, SignUp | None]:
    """Lock an employee who is to get a place or to wait: the booking, and what the employee has on it already.

    Raises BookingCancelled, TooLate, NotActive, NoEmail.
    """
    hold_people(db, (employee.id,))
    booking = hold_booking(db, booking_id)
    booking.check_open(now)
    if employee.deactivated_at is not None:
        raise NotActive(employee.id)
    if not employee.email:
        raise NoEmail(employee.id)
    return booking, db.scalar(
        select(SignUp).where(
            SignUp.booking_id == booking_id, SignUp.employee_id == employee.id, SignUp.state.in_(OPEN)
        ),
        execution_options={"populate_existing": True},
    )


def hold_people(db: Session, ids: Collection[int], *, wait: bool = True) -> list[Employee]:
    """Lock employees, in one order for everybody, and read them as they are now.

    Without `wait`, those whom somebody else has locked are left out: whoever holds slots must not wait for people.
    """
    return list(
        db.scalars(
            select(Employee)
            .where(Employee.id.in_(ids))
            .order_by(Employee.id)
            .with_for_update(key_share=True, skip_locked=not wait),
            execution_options={"populate_existing": True},
        )
    )


def offer_places(db: Session, booking: Booking, slots: Iterable[Slot], now: datetime) -> None:
    """Offer what is free on these slots to those who wait, in their order; nothing where sign-up is closed."""
    if not booking.is_open(now):
        return
    for slot in slots:
        while slot.starts_at > now and slot.taken < slot.capacity and _offer(db, booking, slot, now):
            pass


def end_offers(db: Session, booking: Booking, now: datetime, on: Slot | None = None) -> None:
    """Take back the offers of a booking, or of one slot, whose time is over, and offer the places to the next."""
    over = select(SignUp).where(SignUp.booking_id == booking.id, SignUp.state == OFFERED, SignUp.offered_until <= now)
    freed: list[Slot] = []
    for offer in db.scalars((over.where(SignUp.slot_id == on.id) if on else over).order_by(SignUp.slot_id)):
        if not hold_people(db, (offer.employee_id,), wait=False):
            continue
        db.refresh(offer)
        if offer.state != OFFERED:
            continue
        slot = db.get_one(Slot, offer.slot_id)
        offer.state, offer.offered_until = CANCELLED, None
        offer.revision += 1
        slot.give_back(db)
        tell(db, booking, News("expired", offer, slot, was=OFFERED), by=THE_PORTAL, now=now)
        freed.append(slot)
    offer_places(db, booking, freed, now)


def _offer(db: Session, booking: Booking, slot: Slot, now: datetime) -> bool:
    """Offer one place of a slot to the first in the line who can take it."""
    line = (
        select(SignUp)
        .where(
            SignUp.booking_id == booking.id,
            SignUp.state == WAITING,
            SignUp.day.is_(None) | (SignUp.day == today_in_oslo(slot.starts_at)),
        )
        .order_by(SignUp.signed_up_at, SignUp.id)
    )
    for waiting in db.scalars(line).all():
        people = hold_people(db, (waiting.employee_id,), wait=False)
        db.refresh(waiting)
        able = people and people[0].deactivated_at is None and people[0].email and waiting.state == WAITING
        if not able or appointment_at(db, waiting.employee_id, slot) is not None:
            continue
        try:
            slot.take(db)
        except SlotFull:
            return False
        waiting.slot_id, waiting.state = slot.id, OFFERED
        waiting.offered_until = min(now + OFFER_LASTS, booking.deadline)
        waiting.revision += 1
        tell(db, booking, News("offered", waiting, slot), by=THE_PORTAL, now=now)
        return True
    return False


def _held(db: Session, sign_up: SignUp) -> Booking:
    """Lock the person and look again: what was read before may be over."""
    hold_people(db, (sign_up.employee_id,))
    db.refresh(sign_up)
    if sign_up.state not in OPEN:
        raise NoLongerSignedUp(f"sign-up {sign_up.id}")
    return hold_booking(db, sign_up.booking_id)


def _seated(db: Session, sign_up: SignUp, now: datetime) -> tuple[Booking, Slot]:
    booking = _held(db, sign_up)
    if sign_up.state not in COMING:
        raise NoLongerSignedUp(f"sign-up {sign_up.id}")
    slot = db.get_one(Slot, sign_up.slot_id)
    _check_changeable(booking, slot, now)
    return booking, slot


def _sit(sign_up: SignUp, slot: Slot) -> None:
    sign_up.slot_id, sign_up.state, sign_up.offered_until = slot.id, SIGNED_UP, None
    sign_up.revision += 1


def _exchange(db: Session, old: Slot, new: Slot) -> None:
    """Give one place back and take another, or neither; slots are locked in one order, too."""
    with db.begin_nested():
        for slot in sorted((old, new), key=lambda slot: slot.id):
            (slot.give_back if slot is old else slot.take)(db)


def _check_changeable(booking: Booking, slot: Slot, now: datetime) -> None:
    booking.check_open(now)
    if slot.starts_at <= now:
        raise TooLate(f"slot {slot.id} has begun")


def _check_free(db: Session, employee_id: int, slot: Slot, *, but: SignUp | None) -> None:
    other = appointment_at(db, employee_id, slot, but)
    if other is not None:
        raise Overlaps(employee_id, other)


def appointment_at(db: Session, employee_id: int, slot: Slot, but: SignUp | None = None) -> Slot | None:
    """Where the employee is at the time of a slot, at any booking of the customer (T4)."""
    return db.scalar(
        select(Slot)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .join(Booking, Booking.id == Slot.booking_id)
        .where(
            SignUp.employee_id == employee_id,
            SignUp.state.in_(HOLDING),
            SignUp.id != (but.id if but else 0),
            Slot.starts_at < slot.ends_at,
            Slot.ends_at > slot.starts_at,
            Booking.cancelled_at.is_(None),
        )
        .limit(1)
    )
