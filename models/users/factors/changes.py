"""What changes of a user's second factor: set up, new codes, taken away, asked for. Each is told and on record.

What a code is, and whether it fits, is in the modules beside this one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Actor, Change, record
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.users.events import note, tell
from models.users.factors import devices
from models.users.factors.passkeys import Made, digest_of, told
from models.users.factors.recovery_codes import RecoveryCode, codes_left, keep_codes
from models.users.sessions import SignedIn, end_sessions
from models.users.user import FactorKind, RequiredFactor, SecondFactor, User


class AlreadySetUp(Exception):
    """The user has this second factor by now, as from another window; or, of a passkey, somebody has it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor as its user sees it."""

    id: int
    kind: FactorKind
    name: str | None
    added_at: datetime
    used_at: datetime | None


_ANY = select(SecondFactor.id).where(SecondFactor.user_id == bindparam("user")).limit(1)


def has_factor(db: Session, user_id: int) -> bool:
    """Whether a second factor is asked for when the user signs in."""
    with across_customers(db):
        return db.scalar(_ANY, {"user": user_id}) is not None


def factors_of(db: Session, user_id: int) -> list[Factor]:
    """A user's second factors, the oldest first."""
    factor = SecondFactor
    with across_customers(db):
        own = select(factor.id, factor.kind, factor.name, factor.added_at, factor.used_at)
        rows = db.execute(own.where(factor.user_id == user_id).order_by(factor.id)).all()
    return [Factor(id, FactorKind(kind), name, added_at, used_at) for id, kind, name, added_at, used_at in rows]


def set_up(
    db: Session, by: SignedIn, *, keyring: Keyring, secret: str, step: int, codes: dict[str, str], now: datetime
) -> None:
    """Begin to ask a user for codes made from `secret`, of which that of `step` was just used; raises AlreadySetUp.

    `codes` are the recovery codes, by their hashes, of whoever has none yet. Ends all other sessions: nobody was asked
    there.
    """
    factor = SecondFactor(user_id=by.user_id, kind=FactorKind.APP, counter=step, added_at=now)
    factor.keep(keyring, secret)
    _add(db, by, factor, codes, now)


def add_passkey(
    db: Session, by: SignedIn, *, keyring: Keyring, name: str, made: Made, codes: dict[str, str], now: datetime
) -> None:
    """Begin to take a passkey of a user; the rest is as with `set_up`. Raises AlreadySetUp where somebody has it."""
    factor = SecondFactor(
        user_id=by.user_id,
        kind=FactorKind.PASSKEY,
        counter=made.counter,
        added_at=now,
        name=name,
        credential=digest_of(made.credential),
    )
    factor.keep(keyring, told(made.credential))
    _add(db, by, factor, codes, now)


def _add(db: Session, by: SignedIn, factor: SecondFactor, codes: dict[str, str], now: datetime) -> None:
    with across_customers(db):
        user = _hold(db, by.user_id)
        if bool(codes) == has_factor(db, user.id):
            raise AlreadySetUp
        try:
            with db.begin_nested():
                db.add(factor)
        except IntegrityError:
            raise AlreadySetUp from None
        if codes:
            keep_codes(db, user.id, codes)
        end_sessions(db, user.id, now, but=by.session_id)
        _say(db, user, "second_factor_added", by, now, passkey=factor.name)


def renew_codes(db: Session, by: SignedIn, codes: dict[str, str], now: datetime) -> None:
    """Put new recovery codes, by their hashes, into the place of those before."""
    with across_customers(db):
        user = _hold(db, by.user_id)
        keep_codes(db, user.id, codes)
        note(db, user, "recovery codes renewed", by.label, now)


def remove(db: Session, user_id: int, *, by: Actor, now: datetime, id: int | None = None) -> bool:
    """Ask a user for none of the second factors any more, or not for the one of this `id`; False where there is none.

    Ends the sessions but the one that does so. With the last one the recovery codes go, too.
    """
    with across_customers(db):
        user = _hold(db, user_id)
        those = delete(SecondFactor).where(SecondFactor.user_id == user_id)
        those = those if id is None else those.where(SecondFactor.id == id)
        gone = db.execute(those.returning(SecondFactor.id, SecondFactor.name)).all()
        if not gone:
            return False
        stays = has_factor(db, user_id)
        if not stays:
            db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        devices.forget(db, user_id)
        own = isinstance(by, SignedIn) and by.user_id == user_id
        end_sessions(db, user_id, now, but=by.session_id if isinstance(by, SignedIn) and own else None)
        _say(db, user, "second_factor_removed", by, now, passkey=gone[0].name if id is not None else None, stays=stays)
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


def _say(
    db: Session, user: User, kind: str, by: Actor, now: datetime, *, passkey: str | None, stays: bool = False
) -> None:
    facts = {"at": now.isoformat(), "is_own": "1" if by.user_id == user.id else "", "stays": "1" if stays else ""}
    facts["passkey"] = passkey or ""
    tell(db, user, kind, facts, now)
    note(db, user, kind.replace("_", " "), by.label, now)


def _hold(db: Session, user_id: int) -> User:
    """The user, so that one change follows another."""
    return db.scalars(select(User).where(User.id == user_id).with_for_update()).one()
