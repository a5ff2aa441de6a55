"""Reading everything that the portal holds of one employee, as far as who asks may see it.

Which columns those are stands in `held`. Who has the right to the employee in a unit gets what that unit may see: times
whose names are hidden are left out, as on every page; the provider gives those to the employee.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.invitations import Invitation
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.checks.due import NEVER, DueCheck
from models.checks.told import ToldDay
from models.core.audit import AuditEntry, Change, record
from models.core.database import give_way
from models.core.sealed import Keyring
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.national_ids import NationalId, mask_of
from models.imports.cells.headings import Meaning
from models.imports.effects import Effect
from models.imports.lists import KEPT, Import
from models.log.disclosure.held import HELD
from models.outbox.message import Message
from models.users.sessions import SignedIn
from models.users.user import User
from models.users.viewings import Viewing
from models.values.national_id import mask_in

Record = dict[str, Any]
File = dict[str, list[Record]]
"""By the names of `HELD`, the rows about the employee."""
DISCLOSED = "disclosed"
"""What the log says when such a file is given out."""
_WHO = {"added_by_id", "signed_up_by_id", "invited_by_id", "user_id"}
_SECRET = "link"  # noqa: S105  # the name of what is left out
_HIDDEN = "*****"
_LISTS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for the file, when, and whether what is hidden from the employer is in it."""

    by: SignedIn
    now: datetime
    is_provider: bool


def put_on_record(db: Session, keyring: Keyring, employee: Employee, asker: Asker) -> str:
    """Note that everything is given out, and give the number's mask; in a session that may write."""
    record(db, Change.of(employee, DISCLOSED, by=asker.by, at=asker.now))
    return mask_of(db, keyring, employee.id, by=asker.by, now=asker.now)


def everything_of(db: Session, keyring: Keyring, id: int, mask: str, asker: Asker) -> File:
    """What the portal holds of the employee, by the list; gives way to others where it takes long."""
    sign_ups, invitations = _seen(db, SignUp, id, asker), _seen(db, Invitation, id, asker)
    names = [
        f"employee:{id}",
        *(f"sign_up:{each}" for each in sign_ups),
        *(f"invitation:{each}" for each in invitations),
    ]
    of_bookings = [
        select(table.booking_id).where(table.id.in_(ids))
        for table, ids in ((SignUp, sign_ups), (Invitation, invitations))
    ]
    looks = _looks_at(id)
    customer_id = db.execute(select(Employee.customer_id).where(Employee.id == id)).scalar_one()
    which: dict[str, ColumnElement[bool]] = {
        "employee": Employee.id == id,
        "national_id": NationalId.employee_id == id,
        "sign_ups": SignUp.id.in_(sign_ups),
        "checks": DueCheck.employee_id == id,
        "told_days": ToldDay.employee_id == id,
        "invitations": Invitation.id.in_(invitations),
        "import_effects": Effect.employee_id == id,
        "bookings": or_(*(Booking.id.in_(ids) for ids in of_bookings)),
        "slots": Slot.id.in_(select(SignUp.slot_id).where(SignUp.id.in_(sign_ups))),
        "messages": (Message.customer_id == customer_id) & Message.about.in_(names),
        "log": AuditEntry.about.in_(names) | looks,
        "viewings": Viewing.id.in_(_viewings(db, looks)),
    }
    found = {name: _rows(db, name, condition) for name, condition in which.items()}
    found["imports"] = list(_of_lists(db, keyring, id, asker.now))
    _put_in_words(db, found, mask)
    return found


def _seen(db: Session, table: type[SignUp] | type[Invitation], id: int, asker: Asker) -> list[int]:
    """The sign-ups or invitations of the employee that who asks may see."""
    by = table.signed_up_by_id if issubclass(table, SignUp) else table.invited_by_id
    found = select(table.id).join(Booking, Booking.id == table.booking_id).where(table.employee_id == id)
    if not asker.is_provider:
        found = found.where(Booking.names_hidden.is_(False) | (by == asker.by.user_id))
    return list(db.scalars(found.order_by(table.id)))


def _looks_at(id: int) -> ColumnElement[bool]:
    """The entries of staff who have seen a page of the employee as the customer does."""
    page = AuditEntry.changed["page"].as_string()
    of_employee: ColumnElement[bool] = or_(page == f"/employees/{id}", page.like(f"/employees/{id}/%"))
    return and_(AuditEntry.about.like("viewing:%"), of_employee)


def _viewings(db: Session, looks: ColumnElement[bool]) -> Collection[int]:
    return {int(about.partition(":")[2]) for about in db.scalars(select(AuditEntry.about).where(looks))}


def _rows(db: Session, name: str, condition: ColumnElement[bool]) -> list[Record]:
    table, columns = HELD[name]
    key = next(iter(table.__mapper__.primary_key))
    asked = select(*(getattr(table, column) for column in columns)).where(condition).order_by(key)
    return [dict(zip(columns, row, strict=True)) for row in db.execute(asked)]


def _of_lists(db: Session, keyring: Keyring, id: int, now: datetime) -> Iterator[Record]:
    """The lists that wait and name the employee, each with what it says of that one alone."""
    last: int | None = 0
    while last is not None:
        waiting = select(Import).where(Import.made_at > now - KEPT, Import.id > last)
        several = db.scalars(waiting.order_by(Import.id).limit(_LISTS_AT_ONCE)).all()
        for kept in several:
            said = _of_list(kept, keyring, id, now.date())
            if said is not None:
                yield said
            give_way()
        last = several[-1].id if several else None
        db.expunge_all()  # a list can be large


def _of_list(kept: Import, keyring: Keyring, id: int, today: date) -> Record | None:
    says: list[dict[str, str]] = []
    has_left = id in kept.leavers
    if kept.sealed is not None:
        opened = kept.open(keyring)
        says = [_without_number(one.values, today) for one in opened.rows if one.employee_id == id]
        has_left = has_left or any(one.id == id for one in (*opened.gone, *opened.left))
    if not (says or has_left):
        return None
    row = {name: getattr(kept, name) for name in HELD["imports"][1] if name not in {"sealed", "leavers"}}
    return row | {"rows": says, "has_left": has_left}


def _without_number(values: dict[str, str], today: date) -> dict[str, str]:
    return {
        meaning: _HIDDEN if meaning == Meaning.NATIONAL_ID else mask_in(value, today=today)[0]
        for meaning, value in values.items()
    }


def _put_in_words(db: Session, found: File, mask: str) -> None:
    """Names in the place of users' and units' numbers, the mask in the place of the number, no personal link."""
    users = {row[name] for rows in found.values() for row in rows for name in _WHO & row.keys() if row[name]}
    names = {id: name for id, name in db.execute(select(User.id, User.full_name).where(User.id.in_(users)))}  # noqa: C416  # a Row is no pair to dict
    units = {id: name for id, name in db.execute(select(Unit.id, Unit.name))}  # noqa: C416  # a Row is no pair to dict
    for rows in found.values():
        for row in rows:
            for name in _WHO & row.keys():
                row[name.removesuffix("_id")] = names.get(row.pop(name))
            if "unit_id" in row:
                row["unit"] = units.get(row.pop("unit_id"))
            if "payload" in row:
                row["payload"] = {name: value for name, value in row["payload"].items() if name != _SECRET}
    for check in found["checks"]:
        check["due_on"] = None if check["due_on"] == NEVER else check["due_on"]
    for effect in found["import_effects"]:
        if "unit_id" in effect["before"]:
            effect["before"] = effect["before"] | {"unit": units.get(effect["before"].pop("unit_id"))}
    for number in found["national_id"]:
        number["number"] = mask
        del number["sealed"]
