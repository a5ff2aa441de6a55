"""Reminders: a letter two days before an appointment, posted once, by the postman that looks first (T6).

Nothing is scheduled: what is due is read from the sign-ups as they are, so that nobody who was moved, taken off or has
left gets an old letter; see docs/decisions/0018-what-employees-are-told.md.
"""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.news import REMINDED_BEFORE, Around, around, facts_of
from models.bookings.sign_ups.sign_up import COMING, SignUp
from models.bookings.slots import Slot
from models.employees.employee import Employee
from models.outbox.message import Outgoing, post

_AT_ONCE = 200
"""So many in one transaction; the rest in the next."""


def remind(db: Session, now: datetime) -> int:
    """Post the reminders that are due; how many. Across customers; the caller commits."""
    surroundings: dict[int, Around] = {}
    posted = 0
    for sign_up, slot, booking, employee in db.execute(_due(now)).all():
        if not _is_ours(db, sign_up, slot):
            continue
        if booking.id not in surroundings:
            surroundings[booking.id] = around(db, booking)
        facts = facts_of(db, sign_up, booking, slot, employee, around=surroundings[booking.id])
        facts["changeable"] = booking.is_open(now)
        post(db, Outgoing.letter(sign_up, "appointment_reminder", facts, now, to=employee.email))
        posted += 1
    return posted


def _due(now: datetime) -> Select[SignUp, Slot, Booking, Employee]:
    return (
        select(SignUp, Slot, Booking, Employee)
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Booking, Booking.id == SignUp.booking_id)
        .join(Employee, Employee.id == SignUp.employee_id)
        .where(
            Slot.starts_at > now,
            Slot.starts_at <= now + REMINDED_BEFORE,
            SignUp.state.in_(COMING),
            SignUp.reminded_slot_id.is_distinct_from(SignUp.slot_id),
            Booking.cancelled_at.is_(None),
            Employee.deactivated_at.is_(None),
            Employee.email.is_not(None),
        )
        .order_by(Slot.starts_at, SignUp.id)
        .limit(_AT_ONCE)
        .with_for_update(of=SignUp, key_share=True, skip_locked=True)  # who is being moved has time until next minute
    )


def _is_ours(db: Session, sign_up: SignUp, slot: Slot) -> bool:
    """Note that the reminder is posted, unless somebody else did, or the sign-up is another by now."""
    noted = db.scalar(
        update(SignUp)
        .where(
            SignUp.id == sign_up.id,
            SignUp.slot_id == slot.id,
            SignUp.state.in_(COMING),
            SignUp.reminded_slot_id.is_distinct_from(slot.id),
        )
        .values(reminded_slot_id=slot.id)
        .returning(SignUp.id),
        execution_options={"synchronize_session": False},
    )
    return noted is not None
