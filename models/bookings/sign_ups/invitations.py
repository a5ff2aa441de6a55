"""Invitations (section 5, number 16): employees who are asked to choose a time of a booking themselves.

An invitation is over when the employee has said no, or has been signed up since. What the employee sees and does with
it is in `appointment`.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Identity, Index, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.bookings.booking import Booking, hold_booking, of_booking
from models.bookings.sign_ups.news import around, facts_for
from models.bookings.sign_ups.sign_up import OPEN, SignUp, State, hold_people
from models.core.audit import Actor, Change, record
from models.core.base import Base, Moment
from models.core.scope import Right, UnitOwned
from models.core.signed import NAME_LENGTH, new_name
from models.core.walls import select_rows
from models.employees.employee import Employee
from models.outbox.message import Outgoing, post


class Invitation(UnitOwned, Base):
    """An employee who may choose a time of a booking."""

    __tablename__ = "invitations"
    __table_args__ = (
        of_booking(),
        ForeignKeyConstraint(["customer_id", "employee_id"], ["employees.customer_id", "employees.id"]),
        Index(None, "customer_id", "employee_id"),
    )
    rights = (Right.ORDERS, Right.EMPLOYEES)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    unit_id: Mapped[int]
    booking_id: Mapped[int]
    employee_id: Mapped[int]
    link: Mapped[str] = mapped_column(String(NAME_LENGTH), default=new_name, unique=True)
    """What the personal link is known by."""
    invited_at: Mapped[datetime] = mapped_column(Moment)
    """When last: who is invited again gets the same link again."""
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    after_sign_up_id: Mapped[int] = mapped_column(default=0)
    """The employee's sign-ups on the booking up to this one were over before; a later one is what came of it."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the employee said no, or was asked anew after having given a time back."""

    @property
    def about(self) -> str:
        """What the log of changes and the CRM call the invitation."""
        return f"invitation:{self.id}"

    def decline(self, db: Session, *, by: Actor, now: datetime) -> None:
        """Note that the employee wants none of the times."""
        self.ended_at = now
        _tell(db, self, "declined", by=by, now=now)


_of_whom = (Invitation.customer_id, Invitation.booking_id, Invitation.employee_id)
_is_open = Invitation.ended_at.is_(None)
Index("ix_invitations_open", *_of_whom, unique=True, postgresql_where=_is_open, sqlite_where=_is_open)


def invite(db: Session, booking: Booking, employee_ids: Collection[int], *, by: Actor, now: datetime) -> list[Employee]:
    """Ask employees to choose a time themselves; gives those who were asked.

    Who was asked before gets the same link again. Who has a place or waits for one, is deactivated or has no address is
    left out. Raises BookingCancelled, TooLate.
    """
    people = hold_people(db, employee_ids)
    booking = hold_booking(db, booking.id)
    booking.check_open(now)
    last, before, surroundings = _last_sign_ups(db, booking.id), _open(db, booking.id), around(db, booking)
    asked = [each for each in people if _can_be_asked(each, last.get(each.id))]
    for employee in asked:
        last_id, _ = last.get(employee.id, (0, ""))
        invitation = _renewed(db, before.get(employee.id), last_id, now) or Invitation(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            employee_id=employee.id,
            after_sign_up_id=last_id,
        )
        invitation.invited_at, invitation.invited_by_id = now, by.user_id
        db.add(invitation)
        db.flush()
        _tell(db, invitation, "sent", by=by, now=now)
        facts = facts_for(db, booking, employee, surroundings, by.user_id)
        facts |= {"link": invitation.link, "starts_at": None, "ends_at": None, "changeable": True}
        post(db, Outgoing.letter(invitation, "appointment_invitation", facts, now, to=employee.email))
    return asked


def _can_be_asked(employee: Employee, last_sign_up: tuple[int, str] | None) -> bool:
    is_on_it = last_sign_up is not None and last_sign_up[1] in OPEN
    return bool(employee.email) and not employee.deactivated_at and not is_on_it


def _open(db: Session, booking_id: int) -> dict[int, Invitation]:
    """By employee, the invitations to a booking that are not over."""
    of_booking = select(Invitation).where(Invitation.booking_id == booking_id, Invitation.ended_at.is_(None))
    return {invitation.employee_id: invitation for invitation in db.scalars(of_booking)}


def _renewed(db: Session, before: Invitation | None, last_sign_up_id: int, now: datetime) -> Invitation | None:
    """The invitation of before, unless it was used: the link that was given back stays dead."""
    if before is None or before.after_sign_up_id >= last_sign_up_id:
        return before
    before.ended_at = now
    db.flush()
    return None


def _last_sign_ups(db: Session, booking_id: int) -> dict[int, tuple[int, State]]:
    """By employee, the last sign-up on a booking and its state."""
    rows = db.execute(
        select(SignUp.employee_id, SignUp.id, SignUp.state).where(SignUp.booking_id == booking_id).order_by(SignUp.id)
    )
    return {employee_id: (id, state) for employee_id, id, state in rows}


_INVITED = select(Invitation.employee_id).where(
    Invitation.booking_id == bindparam("booking_id"), Invitation.ended_at.is_(None)
)
_INVITED_BY = _INVITED.where(Invitation.invited_by_id == bindparam("by_id"))


def invited_to(db: Session, booking: Booking, viewer_id: int) -> set[int]:
    """The employees who are asked to choose a time; where names are hidden, those whom the viewer has asked."""
    asked = _INVITED_BY if booking.names_hidden else _INVITED
    return {id for (id,) in select_rows(db, asked, {"booking_id": booking.id, "by_id": viewer_id})}


def _tell(db: Session, invitation: Invitation, what: str, *, by: Actor, now: datetime) -> None:
    """Log it and tell the CRM."""
    ids = {"invitation": invitation.id, "booking": invitation.booking_id, "employee": invitation.employee_id}
    record(db, Change.of(invitation, what, by=by, at=now, changed=ids))
    post(db, Outgoing.event(invitation, f"invitation.{what}", ids, now))
