"""What the provider's desk does with a customer's users: adds them, changes their rights, and lets them sign in or not.

Nobody becomes staff here, and staff do not belong to any customer. Each change is written into the customer's log (X4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Change, record
from models.core.scope import Right
from models.users.of_customer import customers_besides
from models.users.password_links import invite_user, readdress
from models.users.sessions import SignedIn, end_sessions
from models.users.user import Grant, User

Rights = Mapping[int, frozenset[Right]]
"""By the unit at the top of a branch, the rights in it; a branch without any is none."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a user is."""

    full_name: str
    email: str


class UsernameTaken(Exception):
    """Somebody has the user name already, whatever the case of its letters."""

    def __init__(self, *, is_here: bool, is_same: bool) -> None:
        super().__init__("the user name is taken")
        self.is_here = is_here
        """Whether it is a user of this customer."""
        self.is_same = is_same
        """Whether it is a user of another customer with the same address, and so probably the same person."""


class SharedWithOthers(Exception):
    """The user is one of other customers, too: name and address are not changed by one of them."""


def add_user(
    db: Session,
    customer_id: int,
    username: str,
    person: Person,
    rights: Rights,
    *,
    same: bool,
    by: SignedIn,
    now: datetime,
) -> User:
    """Let somebody sign in to the customer, and send the letter with which to choose a password.

    `same` says that a user of that name at another customer is meant, who keeps what is granted there. The same form
    sent again changes nothing. Raises UsernameTaken.
    """
    user = _named(db, username)
    if user is None:
        user = _added(db, username, person)
    else:
        granted = _granted(db, customer_id, user)
        known = granted, user.full_name, user.email
        if user.active and granted and known == (rights, person.full_name, person.email):
            return user
        is_same = not granted and _is_same(user, person)
        if not (same and is_same):
            raise UsernameTaken(is_here=bool(granted), is_same=is_same)
    _grant(db, customer_id, user, rights)
    _note(db, customer_id, user, "user added", by=by, now=now)
    if not user.password_hash:
        invite_user(db, user, by=by, now=now)
    return user


def _added(db: Session, username: str, person: Person) -> User:
    user = User(
        username=username,
        username_folded=username.casefold(),
        full_name=person.full_name,
        email=person.email,
        password_hash="",
    )
    try:
        with db.begin_nested():
            db.add(user)
    except IntegrityError:  # somebody else had the same name in mind at the same moment
        raise UsernameTaken(is_here=False, is_same=False) from None
    return user


def change_user(
    db: Session, customer_id: int, user_id: int, person: Person, rights: Rights, *, by: SignedIn, now: datetime
) -> None:
    """Change who a user is, and what may be done at this customer; what is granted elsewhere stays.

    Raises SharedWithOthers where it is a user of other customers as well, who is not another person for all of them
    because one says so.
    """
    user = _held(db, user_id)
    changed = [name for name in ("full_name", "email") if getattr(user, name) != getattr(person, name)]
    if changed and customers_besides(db, user_id, customer_id):
        raise SharedWithOthers
    user.full_name = person.full_name
    if "email" in changed:
        readdress(db, user, person.email, now)
    if _granted(db, customer_id, user) != rights:
        changed.append("rights")
        _grant(db, customer_id, user, rights)
    if changed:
        _note(db, customer_id, user, "user changed", by=by, now=now, fields=changed)
    if "email" in changed and user.active and not user.password_hash:  # the letter before went to a wrong address
        invite_user(db, user, by=by, now=now)


def close_to(db: Session, customer_id: int, user_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Shut a user out at once; True where the user stays one of other customers, and only the rights here are gone."""
    user = _held(db, user_id)
    stays = bool(customers_besides(db, user_id, customer_id))
    if stays:
        db.execute(delete(Grant).where(Grant.user_id == user_id, Grant.customer_id == customer_id))
    user.active = stays and user.active
    end_sessions(db, user_id, now)
    _note(db, customer_id, user, "user removed" if stays else "user deactivated", by=by, now=now)
    return stays


def open_to(db: Session, customer_id: int, user_id: int, *, by: SignedIn, now: datetime) -> None:
    """Let a user in again, with the rights of before."""
    user = _held(db, user_id)
    if user.active:
        return
    user.active = True
    _note(db, customer_id, user, "user reactivated", by=by, now=now)
    if not user.password_hash:
        invite_user(db, user, by=by, now=now)


def invite_again(db: Session, user_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Send the letter with which to choose a password once more; False where there is one, or nobody may sign in."""
    user = _held(db, user_id)
    if user.password_hash or not user.active:
        return False
    invite_user(db, user, by=by, now=now)
    return True


def _named(db: Session, username: str) -> User | None:
    return db.scalar(select(User).where(User.username_folded == username.casefold()).with_for_update())


def _held(db: Session, user_id: int) -> User:
    """The user, so that one change follows another."""
    return db.scalars(select(User).where(User.id == user_id).with_for_update()).one()


def _is_same(user: User, person: Person) -> bool:
    return user.active and user.account_manager_id is None and user.email.casefold() == person.email.casefold()


def _granted(db: Session, customer_id: int, user: User) -> Rights:
    """What a user has at the customer; nothing of staff, whatever was granted to them."""
    if user.account_manager_id is not None:
        return {}
    grants = db.scalars(select(Grant).where(Grant.user_id == user.id, Grant.customer_id == customer_id))
    return {grant.unit_id: frozenset(right for right in Right if getattr(grant, right.value)) for grant in grants}


def _grant(db: Session, customer_id: int, user: User, rights: Rights) -> None:
    """Put these rights into the place of those before, at this customer alone."""
    db.execute(delete(Grant).where(Grant.user_id == user.id, Grant.customer_id == customer_id))
    db.add_all(
        Grant(
            customer_id=customer_id, user_id=user.id, unit_id=unit_id, **{right.value: right in has for right in Right}
        )
        for unit_id, has in rights.items()
    )
    db.flush()


def _note(
    db: Session, customer_id: int, user: User, action: str, *, by: SignedIn, now: datetime, **changed: list[str]
) -> None:
    about = f"user:{user.id}"
    record(db, Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now, changed=changed))
