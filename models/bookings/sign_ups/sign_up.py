"""Sign-ups (påmeldinger): their table and states, why one is refused, and what is locked before one changes.

Where people sit is changed in `seating`, what is offered to those who wait is in `offers`, how a waiting list is joined
in `waiting_list`, and what is told of it all in `news`.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.bookings.booking import Booking, hold_booking, of_booking
from models.bookings.slots import Slot
from models.core.base import Base, Moment, Worded, one_of
from models.core.scope import Right, UnitOwned
from models.core.signed import NAME_LENGTH, new_name
from models.employees.employee import Employee


class State(Worded):
    """Where somebody stands on a booking, with the word that events and digests have for it (docs/crm.md)."""

    SIGNED_UP = "signed_up", "Påmeldt"
    CONFIRMED = "confirmed", "Bekreftet"
    OFFERED = "offered", "Tilbudt"
    WAITING = "waiting", "Venteliste"
    CANCELLED = "cancelled", "Avmeldt"
    ATTENDED = "attended", "Møtt"
    ABSENT = "absent", "Ikke møtt"


SIGNED_UP, CONFIRMED, ATTENDED, ABSENT = State.SIGNED_UP, State.CONFIRMED, State.ATTENDED, State.ABSENT
WAITING, OFFERED, CANCELLED = State.WAITING, State.OFFERED, State.CANCELLED
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
        CheckConstraint(
            "slot_id IS NOT NULL OR standing IN ('waiting', 'cancelled') OR state IN ('Venteliste', 'Avmeldt')",
            name="place",
        ),
        CheckConstraint(
            "(standing = 'offered') = (offered_until IS NOT NULL) OR (state = 'Tilbudt') = (offered_until IS NOT NULL)",
            name="offer",
        ),
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
    state: Mapped[State] = mapped_column("standing", one_of(State, 20), key="state", server_default="")
    word_before: Mapped[str] = mapped_column("state", String(20), key="word_before", default="", deferred=True)
    """What the release before reads and writes. Triggers keep the two columns alike, so that both releases can serve;
    a later one takes this away (decision 0036)."""
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
    def about(self) -> str:
        """What the log of changes and the CRM call the sign-up."""
        return f"sign_up:{self.id}"

    @property
    def holds_a_place(self) -> bool:
        """Whether it is counted on its slot."""
        return self.state in HOLDING


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


_AS_IT_IS = {"populate_existing": True}
_EMPLOYEE, _MOMENT = bindparam("employee_id", type_=Integer), Slot.starts_at.type
_OPEN_OF = select(SignUp).where(
    SignUp.booking_id == bindparam("booking_id"), SignUp.employee_id == _EMPLOYEE, SignUp.state.in_(OPEN)
)
_PEOPLE = select(Employee).where(Employee.id.in_(bindparam("ids", expanding=True, type_=Integer))).order_by(Employee.id)
_HELD = _PEOPLE.with_for_update(key_share=True)
_HELD_AT_ONCE = _PEOPLE.with_for_update(key_share=True, skip_locked=True)
_BUSY_AT = (
    select(Slot)
    .join(SignUp, SignUp.slot_id == Slot.id)
    .join(Booking, Booking.id == Slot.booking_id)
    .where(
        SignUp.employee_id == _EMPLOYEE,
        SignUp.state.in_(HOLDING),
        SignUp.id != bindparam("but", type_=Integer),
        Slot.starts_at < bindparam("ends_at", type_=_MOMENT),
        Slot.ends_at > bindparam("starts_at", type_=_MOMENT),
        Booking.cancelled_at.is_(None),
    )
    .limit(1)
)
# Built once: for the last places of a booking they are asked hundreds of times within a minute.


def eligible(
    db: Session, booking_id: int, employee: Employee, now: datetime, *, late: bool = False
) -> tuple[Booking, SignUp | None]:
    """Lock an employee who is to get a place or to wait: the booking, and what the employee has on it already.

    `late` is after the deadline, too. Raises BookingCancelled, TooLate, NotActive, NoEmail.
    """
    hold_people(db, (employee.id,))
    booking = hold_booking(db, booking_id)
    booking.check_open(now, late=late)
    if employee.deactivated_at is not None:
        raise NotActive(employee.id)
    if not employee.email:
        raise NoEmail(employee.id)
    asked = {"booking_id": booking_id, "employee_id": employee.id}
    return booking, db.scalar(_OPEN_OF, asked, execution_options=_AS_IT_IS)


def hold_people(db: Session, ids: Collection[int], *, wait: bool = True) -> list[Employee]:
    """Lock employees, in one order for everybody, and read them as they are now.

    Without `wait`, those whom somebody else has locked are left out: whoever holds slots must not wait for people.
    """
    return list(db.scalars(_HELD if wait else _HELD_AT_ONCE, {"ids": list(ids)}, execution_options=_AS_IT_IS))


def appointment_at(db: Session, employee_id: int, slot: Slot, but: SignUp | None = None) -> Slot | None:
    """Where the employee is at the time of a slot, at any booking of the customer (T4)."""
    during = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    return db.scalar(_BUSY_AT, {"employee_id": employee_id, "but": but.id if but else 0, **during})
