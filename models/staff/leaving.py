"""A member of the staff leaves, or comes back; and all customers of one go to another at one stroke.

Each customer's own log says who gave it to whom.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models.core.audit import Actor, Change, record
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.stand_ins import StandIn
from models.customers.units import Unit
from models.staff.administration import administration, check_one_stays
from models.staff.log import note
from models.users.sessions import SignedIn, end_sessions
from models.users.user import Role, User


class CannotServe(Exception):
    """Whoever should get the customers has left, or only reads."""


def serves_anybody(db: Session, member_id: int) -> bool:
    """Whether a customer, or a unit, has this account manager; across customers."""
    customer = select(Customer.id).where(Customer.account_manager_id == member_id).limit(1)
    unit = select(Unit.id).where(Unit.account_manager_id == member_id).limit(1)
    return db.scalar(customer) is not None or db.scalar(unit) is not None


def hand_over(db: Session, member_id: int, to_id: int | None, *, by: SignedIn, now: datetime) -> int:
    """Give all customers and units of an account manager to another, or to none; returns how many customers.

    Raises CannotServe.
    """
    with administration(db, by):
        return _hand_over(db, member_id, to_id, by=by, now=now)


def leave(db: Session, member_id: int, to_id: int | None, *, by: SignedIn, now: datetime) -> int:
    """Shut a member of the staff out, now: sessions end, and customers go to another, or stand without one.

    Returns how many customers went. Raises LastAdministrator and CannotServe.
    """
    with administration(db, by) as held:
        users = db.scalars(select(User).where(User.account_manager_id == member_id).with_for_update()).all()
        for user in users:
            check_one_stays(held, user.id)
            user.active = False
            end_sessions(db, user.id, now)
        count = _hand_over(db, member_id, to_id, by=by, now=now)
        db.get_one(AccountManager, member_id).serves = False
        either = or_(StandIn.stand_in_id == member_id, StandIn.account_manager_id == member_id)
        db.execute(delete(StandIn).where(either))
        note(db, member_id, "left", by=by, now=now)
    return count


def come_back(db: Session, member_id: int, *, by: SignedIn, now: datetime) -> None:
    """Let a member of the staff in again, with the role of before and without customers."""
    with administration(db, by):
        manager = db.get_one(AccountManager, member_id)
        user = db.scalar(select(User).where(User.account_manager_id == member_id).order_by(User.id).limit(1))
        if user is not None:
            user.active = True
        manager.serves = user is None or user.role != Role.READER
        note(db, member_id, "came back", by=by, now=now)


def _hand_over(db: Session, member_id: int, to_id: int | None, *, by: Actor, now: datetime) -> int:
    heir = None
    if to_id is not None:
        heir = db.scalar(select(AccountManager).where(AccountManager.id == to_id, AccountManager.serves))
        if heir is None or heir.id == member_id:
            raise CannotServe
    found = set(db.scalars(select(Customer.id).where(Customer.account_manager_id == member_id)))
    found |= set(db.scalars(select(Unit.customer_id).where(Unit.account_manager_id == member_id)))
    for owned in (Customer, Unit):
        theirs = update(owned).where(owned.account_manager_id == member_id).values(account_manager_id=to_id)
        db.execute(theirs.execution_options(synchronize_session=False))
    changed = {"to": heir.name if heir else None}
    for customer_id in sorted(found):
        about = f"customer:{customer_id}"
        action = "account manager"
        record(
            db,
            Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now, changed=changed),
        )
    if found:
        note(db, member_id, "handed over", by=by, now=now, changed={**changed, "customers": len(found)})
    return len(found)
