"""What the holder of a personal link sees and does: one employee's own appointment, and nothing of anybody else's.

A link opens a sign-up that still lies ahead, or an invitation to choose. It is signed for the employee's address: a
link that went to a wrong address ends as soon as the address is corrected.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.invitations import Invitation
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import COMING, CONFIRMED, OFFERED, OPEN, NoLongerSignedUp, SignUp
from models.bookings.sign_ups.waiting_list import join, places_in_line
from models.bookings.slots import Slot, SlotFull
from models.core.audit import Named
from models.core.clock import today_in_oslo
from models.core.scope import Right, Scope, across_customers, narrow
from models.core.signed import LinkIsOver, NoSuchLink, Signer, name_in
from models.employees.employee import Employee
from models.outbox.message import Outgoing, post
from models.users.user import User


class Stage(StrEnum):
    """How far it has come with the holder."""

    INVITED = "invited"
    WAITING = "waiting"
    OFFERED = "offered"
    SEATED = "seated"


@dataclass(frozen=True, slots=True)
class FreeDay:
    """The slots of a day in Norway that have a place left."""

    date: date
    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class MyAppointment:
    """One employee's own side of a booking."""

    employee: Employee
    booking: Booking
    sign_up: SignUp | None
    invitation: Invitation | None
    slot: Slot | None
    """The time that the holder has, or is offered."""

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.sign_up is None:
            return Stage.INVITED
        if self.sign_up.state in COMING:
            return Stage.SEATED
        return Stage.OFFERED if self.sign_up.state == OFFERED else Stage.WAITING

    @property
    def is_confirmed(self) -> bool:
        """Whether the holder has said that the time suits."""
        return self.sign_up is not None and self.sign_up.state == CONFIRMED

    def is_changeable(self, now: datetime) -> bool:
        """Whether the holder may still change something (T5)."""
        return self.booking.is_open(now) and (self.slot is None or self.slot.starts_at > now)

    def free_days(self, db: Session, now: datetime) -> list[FreeDay]:
        """The times that the holder may choose: nobody's names, only what is free."""
        free = db.scalars(
            select(Slot)
            .where(
                Slot.booking_id == self.booking.id,
                Slot.taken < Slot.capacity,
                Slot.starts_at > now,
                Slot.id != (self.slot.id if self.slot else 0),
            )
            .order_by(Slot.starts_at, Slot.id)
        )
        by_day = groupby(free, key=lambda slot: today_in_oslo(slot.starts_at))
        return [FreeDay(day, list(slots)) for day, slots in by_day]

    def place_in_line(self, db: Session) -> int | None:
        """How far the holder has come on the waiting list: 1 is next."""
        return places_in_line(db, self.booking.id).get(self.sign_up.id) if self.sign_up else None

    # What the holder does. Each is logged as the holder's own doing; who asked the holder stays who answers for it.

    def choose(self, db: Session, slot_id: int, now: datetime) -> None:
        """Take a time, or another one; raises as `seating.sign_up` and `seating.move` do."""
        slot = db.scalar(select(Slot).where(Slot.id == slot_id, Slot.booking_id == self.booking.id))
        if slot is None:
            raise SlotFull(slot_id)
        if self.sign_up and self.stage is Stage.SEATED:
            seating.move(db, self.sign_up, slot, by=self._holder, now=now)
        else:
            sign_up(db, slot, self.employee, by=self._holder, now=now)

    def accept(self, db: Session, now: datetime) -> None:
        """Take the offered time; raises as `SignUp.accept` does. Who has a time already, keeps it."""
        if self.stage is Stage.SEATED:
            return
        if self.sign_up is None:
            raise NoLongerSignedUp("nothing is offered")
        seating.accept(db, self.sign_up, by=self._holder, now=now)

    def confirm(self, db: Session, now: datetime) -> None:
        """Say that the time suits; raises as `SignUp.confirm` does."""
        if self.sign_up is None:
            raise NoLongerSignedUp("there is no time to confirm")
        seating.confirm(db, self.sign_up, by=self._holder, now=now)

    def wait(self, db: Session, now: datetime) -> None:
        """Go on the waiting list for any day; raises as `join` does. Who waits already, goes on waiting."""
        if self.stage is not Stage.WAITING:
            join(db, self.booking, self.employee, None, by=self._holder, now=now)

    def decline(self, db: Session, now: datetime) -> None:
        """Give the time, the offer, the place in the line or the invitation back; raises as `seating.cancel` does."""
        if self.sign_up:
            had_a_time = self.stage is Stage.SEATED
            seating.cancel(db, self.sign_up, by=self._holder, now=now)
            if had_a_time and self.slot:
                self._tell_colleague(db, self.sign_up, self.slot, now)
        elif self.invitation:
            self.invitation.decline(db, by=self._holder, now=now)

    def _tell_colleague(self, db: Session, sign_up: SignUp, slot: Slot, now: datetime) -> None:
        """Write to who signed the holder up that the time is free again; not where names are hidden."""
        colleague = db.get(User, sign_up.signed_up_by_id) if sign_up.signed_up_by_id else None
        if colleague is None or not colleague.active or self.booking.names_hidden:
            return
        post(
            db,
            Outgoing.letter(
                sign_up,
                "time_given_back",
                {
                    "colleague_name": colleague.full_name,
                    "employee_name": self.employee.full_name,
                    "title": self.booking.title,
                    "booking": self.booking.id,
                    "starts_at": slot.starts_at.isoformat(),
                },
                now,
                to=colleague.email,
            ),
        )

    @property
    def _holder(self) -> Named:
        employee, invitation = self.employee, self.invitation
        asked_by = self.sign_up.signed_up_by_id if self.sign_up else invitation.invited_by_id if invitation else None
        return Named(f"{employee.given_name} {employee.family_name} (personlig lenke)", asked_by)


def open_link(db: Session, signer: Signer, token: str, now: datetime) -> MyAppointment:
    """What a personal link opens, and from here on all that the session sees: that employee's and that booking's units.

    Raises NoSuchLink and LinkIsOver.
    """
    name = name_in(token)
    if name is None:
        raise NoSuchLink
    with across_customers(db):
        found = _by_sign_up(db, name) or _by_invitation(db, name)
    if found is None or not signer.fits(token, found.employee.email or ""):
        raise NoSuchLink
    if not _is_good(found, now):
        raise LinkIsOver
    units = frozenset({found.booking.unit_id, found.employee.unit_id})
    narrow(db, Scope(found.booking.customer_id, {Right.EMPLOYEES: units}))
    return found


def _by_sign_up(db: Session, name: str) -> MyAppointment | None:
    row = db.execute(
        select(SignUp, Booking, Employee, Slot)
        .join(Booking, Booking.id == SignUp.booking_id)
        .join(Employee, Employee.id == SignUp.employee_id)
        .outerjoin(Slot, Slot.id == SignUp.slot_id)
        .where(SignUp.link == name)
    ).one_or_none()
    return MyAppointment(row[2], row[1], row[0], None, row[3]) if row else None


def _by_invitation(db: Session, name: str) -> MyAppointment | None:
    """An invitation leads to what became of it: the employee's last sign-up on the booking since then."""
    row = db.execute(
        select(Invitation, Booking, Employee, SignUp, Slot)
        .join(Booking, Booking.id == Invitation.booking_id)
        .join(Employee, Employee.id == Invitation.employee_id)
        .outerjoin(
            SignUp,
            (SignUp.booking_id == Invitation.booking_id)
            & (SignUp.employee_id == Invitation.employee_id)
            & (SignUp.id > Invitation.after_sign_up_id),
        )
        .outerjoin(Slot, Slot.id == SignUp.slot_id)
        .where(Invitation.link == name)
        .order_by(SignUp.id.desc())
        .limit(1)
    ).one_or_none()
    return MyAppointment(row[2], row[1], row[3], row[0], row[4]) if row else None


def _is_good(found: MyAppointment, now: datetime) -> bool:
    """Whether there is still something to see or to do behind a link."""
    if found.employee.deactivated_at is not None or found.booking.cancelled_at is not None:
        return False
    sign_up, invitation = found.sign_up, found.invitation
    if invitation is not None and invitation.ended_at is not None:
        return False
    if sign_up is None:
        return found.booking.is_open(now)
    if sign_up.state in COMING:
        return found.slot is not None and found.slot.ends_at > now
    if sign_up.state == OFFERED:
        return sign_up.offered_until is not None and sign_up.offered_until > now
    return sign_up.state in OPEN and found.booking.is_open(now)
