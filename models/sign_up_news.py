"""What is told of a sign-up: the entry in the log, one event to the CRM, and a letter to the employee (T6, C1).

When something is told is decided in `sign_ups`; how a letter reads, by the templates `appointment_*`.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import Actor, record
from models.bookings import Booking
from models.customers import Customer
from models.employees import Employee
from models.outbox import Channel, post
from models.slots import Slot
from models.units import Unit, account_manager_of

if TYPE_CHECKING:
    from models.sign_ups import SignUp

_WITHOUT_LETTER = {"confirmed"}
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
    sign_up: "SignUp", booking: Booking, slot: Slot | None, employee: Employee, around: Around
) -> dict[str, Any]:
    """What a letter about a sign-up may say; moments in ISO, UTC. `slot` is None for one who waits."""
    return {
        "sign_up": sign_up.id,
        "revision": sign_up.revision,
        "state": sign_up.state,
        "booking": booking.id,
        "title": booking.title,
        "place": booking.place,
        "preparation": booking.preparation,
        "self_declaration_url": booking.self_declaration_url,
        "deadline": _iso(booking.deadline),
        "slot": slot.id if slot else None,
        "starts_at": _iso(slot.starts_at) if slot else None,
        "ends_at": _iso(slot.ends_at) if slot else None,
        "day": sign_up.day.isoformat() if sign_up.day else None,
        "offered_until": _iso(sign_up.offered_until),
        "employee": employee.id,
        "employee_name": f"{employee.given_name} {employee.family_name}",
        "language": employee.language,
        **asdict(around),
    }


def tell(
    db: Session,
    what: str,
    sign_up: "SignUp",
    booking: Booking,
    slot: Slot | None,
    *,
    by: Actor,
    now: datetime,
    was: str | None = None,
    before: Slot | None = None,
    surroundings: Around | None = None,
) -> None:
    """Log a change of a sign-up, tell the CRM, and write to the employee, in the transaction of the change.

    `what` is the end of the event's and the letter's name: created, moved, cancelled, waiting, offered, expired,
    confirmed. `was` is the state before, `before` the slot before.
    """
    db.flush()  # a new sign-up gets its id
    about = f"sign_up:{sign_up.id}"
    ids = {
        "sign_up": sign_up.id,
        "booking": booking.id,
        "order_number": booking.order_number,
        "employee": sign_up.employee_id,
        "slot": slot.id if slot else None,
        "state": sign_up.state,
        "revision": sign_up.revision,
        **({"previous_slot": before.id} if before else {}),
    }
    record(db, customer_id=sign_up.customer_id, actor=by.label, about=about, action=what, now=now, changed=ids)
    told: dict[str, Any] = {"about": about, "customer_id": sign_up.customer_id, "now": now}
    post(db, channel=Channel.CRM, kind=f"sign_up.{what}", payload=ids, **told)
    employee = db.get_one(Employee, sign_up.employee_id)
    if what in _WITHOUT_LETTER or not employee.email:
        return
    facts = facts_of(sign_up, booking, slot, employee, surroundings or around(db, booking))
    facts |= {"was": was, "previously_at": _iso(before.starts_at) if before else None}
    post(db, channel=Channel.MAIL, kind=f"appointment_{what}", to=employee.email, payload=facts, **told)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
