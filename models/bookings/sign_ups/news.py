"""What goes out about a sign-up: the entry in the log, one event to the CRM, and a letter to the employee (T6, C1).

When something is told is decided in `seating` and `offers`; how a letter reads, by the templates `appointment_*`.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import SignUp, State
from models.bookings.slots import Slot
from models.core.audit import Actor, Change, record
from models.customers.customer import Customer
from models.customers.units import Unit, account_manager_of
from models.employees.employee import Employee
from models.outbox.message import Outgoing, compose
from models.users.user import User
from models.values.language import language_of

REMINDED_BEFORE = timedelta(days=2)
"""How long before an appointment its reminder comes: early enough to change it, where the deadline is a day."""
_WITHOUT_LETTER = {"confirmed", "attendance"}
"""What the employee has done alone, and knows."""


@dataclass(frozen=True, slots=True)
class Around:
    """What every letter of a booking says besides: whose it is, and whom to ask."""

    customer: str
    unit: str
    account_manager_name: str
    account_manager_email: str
    account_manager_phone: str


def around(db: Session, booking: Booking) -> Around:
    """The surroundings of a booking, found once for all its letters."""
    customer, unit = db.execute(
        select(Customer.name, Unit.name).join(Unit, Unit.customer_id == Customer.id).where(Unit.id == booking.unit_id)
    ).one()
    manager = account_manager_of(db, booking.unit_id)
    return Around(
        customer,
        unit,
        manager.name if manager else "",
        manager.email if manager else "",
        manager.phone if manager else "",
    )


def facts_of(
    db: Session, sign_up: SignUp, booking: Booking, slot: Slot | None, employee: Employee, *, around: Around
) -> dict[str, Any]:
    """What a letter about a sign-up may say; moments in ISO, UTC. `slot` is None for one who waits."""
    return {
        "sign_up": sign_up.id,
        "revision": sign_up.revision,
        "state": sign_up.state,
        "link": sign_up.link,
        "slot": slot.id if slot else None,
        "starts_at": _iso(slot.starts_at) if slot else None,
        "ends_at": _iso(slot.ends_at) if slot else None,
        "day": sign_up.day.isoformat() if sign_up.day else None,
        "offered_until": _iso(sign_up.offered_until),
        "was": None,
        "previously_at": None,
        **facts_for(db, booking, employee, around, sign_up.signed_up_by_id),
    }


def facts_for(
    db: Session, booking: Booking, employee: Employee, around: Around, asked_by_id: int | None
) -> dict[str, Any]:
    """What any letter to an employee about a booking may say.

    Answers go to the colleague who signed the employee up; where names are hidden, to the provider, because the
    employer must not read them.
    """
    colleague = db.get(User, asked_by_id) if asked_by_id and not booking.names_hidden else None
    return {
        "booking": booking.id,
        "title": booking.title,
        "place": booking.place,
        "preparation": booking.preparation,
        "self_declaration_url": booking.self_declaration_url,
        "hidden": booking.names_hidden,
        "deadline": _iso(booking.deadline),
        "employee": employee.id,
        "employee_name": employee.full_name,
        "language": language_of(employee.language),
        "contact_name": colleague.full_name if colleague else around.account_manager_name,
        "contact_email": colleague.email if colleague else around.account_manager_email,
        **asdict(around),
    }


@dataclass(frozen=True, slots=True)
class News:
    """One change of a sign-up."""

    what: str
    """The end of the event's and the letter's name: created, moved, cancelled, waiting, offered, expired, confirmed,
    attendance."""
    sign_up: SignUp
    slot: Slot | None = None
    """None while one waits."""
    was: State | None = None
    """The state before, where one is taken off."""
    before: Slot | None = None
    """The slot before, where one is moved."""


def tell(db: Session, booking: Booking, *news: News, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Log changes of sign-ups, tell the CRM, and write to the employees, in the transaction of the changes.

    The `reason` is for the log alone.
    """
    db.flush()  # new sign-ups get their ids, and the rows are locked before what is told of them gets its place
    surroundings = around(db, booking)
    for new in news:
        sign_up, ids = new.sign_up, _ids(booking, new)
        why = {"reason": reason} if reason else {}
        record(db, Change.of(sign_up, new.what, by=by, at=now, changed=ids | why))
        db.add(compose(Outgoing.event(sign_up, f"sign_up.{new.what}", ids, now)))
        employee = db.get_one(Employee, sign_up.employee_id)
        if employee.email and new.what not in _WITHOUT_LETTER:
            facts = facts_of(db, sign_up, booking, new.slot, employee, around=surroundings)
            facts |= {
                "was": new.was,
                "previously_at": _iso(new.before.starts_at) if new.before else None,
                "changeable": booking.is_open(now),
            }
            letter = Outgoing.letter(sign_up, f"appointment_{new.what}", facts, now, to=employee.email)
            db.add(compose(letter))
            if new.slot and new.slot.starts_at <= now + REMINDED_BEFORE:
                sign_up.reminded_slot_id = new.slot.id  # this letter comes as late as the reminder would


def _ids(booking: Booking, new: News) -> dict[str, Any]:
    """What the log and the CRM get: no names."""
    return {
        "sign_up": new.sign_up.id,
        "booking": booking.id,
        "order_number": booking.order_number,
        "employee": new.sign_up.employee_id,
        "slot": new.slot.id if new.slot else None,
        "state": new.sign_up.state.word,
        "standing": new.sign_up.state,
        "revision": new.sign_up.revision,
        **({"previous_slot": new.before.id} if new.before else {}),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
