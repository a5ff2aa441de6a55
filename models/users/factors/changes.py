"""What changes of a user's second factor: set up, new codes, taken away, asked for. Each is told and on record.

What a code is, and whether it fits, is in the modules beside this one.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.core.audit import Actor, Change, record
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.users.events import note, tell
from models.users.factors import devices
from models.users.factors.recovery_codes import RecoveryCode, codes_left, keep_codes
from models.users.sessions import SignedIn, end_sessions
from models.users.user import FactorKind, RequiredFactor, SecondFactor, User


class AlreadySetUp(Exception):
    """The user has a second factor by now, as from another window."""


def has_factor(db: Session, user_id: int) -> bool:
    """Whether a second factor is asked for when the user signs in."""
    return added_at(db, user_id) is not None


def added_at(db: Session, user_id: int) -> datetime | None:
    """When the user's second factor was set up."""
    with across_customers(db):
        own = select(SecondFactor.added_at).where(SecondFactor.user_id == user_id)
        return db.scalar(own.order_by(SecondFactor.id).limit(1))


def set_up(
    db: Session, by: SignedIn, *, keyring: Keyring, secret: str, step: int, codes: dict[str, str], now: datetime
) -> None:
    """Begin to ask a user for codes made from `secret`, of which that of `step` was just used; raises AlreadySetUp.

    `codes` are the recovery codes, by their hashes. Ends all other sessions: nobody was asked there.
    """
    with across_customers(db):
        user = _hold(db, by.user_id)
        if has_factor(db, user.id):
            raise AlreadySetUp
        factor = SecondFactor(user_id=user.id, kind=FactorKind.APP, counter=step, added_at=now)
        factor.keep(keyring, secret)
        db.add(factor)
        keep_codes(db, user.id, codes)
        end_sessions(db, user.id, now, but=by.session_id)
        _say(db, user, "second_factor_added", by, now)


def renew_codes(db: Session, by: SignedIn, codes: dict[str, str], now: datetime) -> None:
    """Put new recovery codes, by their hashes, into the place of those before."""
    with across_customers(db):
        user = _hold(db, by.user_id)
        keep_codes(db, user.id, codes)
        note(db, user, "recovery codes renewed", by.label, now)


def remove(db: Session, user_id: int, *, by: Actor, now: datetime) -> bool:
    """Ask a user for no second factor any more, and end the sessions but the one that does so; False without one."""
    with across_customers(db):
        user = _hold(db, user_id)
        gone = db.scalars(delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.id)).all()
        if not gone:
            return False
        db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        devices.forget(db, user_id)
        own = isinstance(by, SignedIn) and by.user_id == user_id
        end_sessions(db, user_id, now, but=by.session_id if isinstance(by, SignedIn) and own else None)
        _say(db, user, "second_factor_removed", by, now)
    return True


def note_recovery(db: Session, user_id: int, now: datetime) -> int:
    """A recovery code was used: the user is told, and how many are left. Returns that."""
    with across_customers(db):
        user = _hold(db, user_id)
        left = codes_left(db, user_id)
        tell(db, user, "recovery_code_used", {"at": now.isoformat(), "left": str(left)}, now)
        note(db, user, "recovery code used", user.label, now, left=left)
    return left


def require(db: Session, customer_id: int, user_id: int | None, *, on: bool, by: Actor, now: datetime) -> None:
    """Say that a user of a customer must have a second factor, or everybody there; works in open sessions, too (K4).

    Who may say so, and whether the user is one of the customer's, is for the caller to check.
    """
    of = RequiredFactor.user_id.is_(None) if user_id is None else RequiredFactor.user_id == user_id
    there = db.scalar(select(RequiredFactor).where(RequiredFactor.customer_id == customer_id, of).with_for_update())
    if on == (there is not None):
        return
    if there is None:
        db.add(RequiredFactor(customer_id=customer_id, user_id=user_id))
    else:
        db.delete(there)
    about = f"customer:{customer_id}" if user_id is None else f"user:{user_id}"
    action = "second factor required" if on else "second factor not required"
    record(db, Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now))
    db.flush()


def _say(db: Session, user: User, kind: str, by: Actor, now: datetime) -> None:
    facts = {"at": now.isoformat(), "is_own": "1" if by.user_id == user.id else ""}
    tell(db, user, kind, facts, now)
    note(db, user, kind.replace("_", " "), by.label, now)


def _hold(db: Session, user_id: int) -> User:
    """The user, so that one change follows another."""
    return db.scalars(select(User).where(User.id == user_id).with_for_update()).one()
