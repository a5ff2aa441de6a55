"""What the desk and a customer's own administrators do with its users: add and change them, let them sign in or not.

Nobody becomes staff here, and staff do not belong to any customer. Each change is written into the customer's log (X4).
How far somebody may go is in `models.users.administration`.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Change, record
from models.core.scope import Right
from models.core.signed import new_name
from models.customers.units import Unit
from models.users.administration import (
    Administrating,
    NotAnAdministrator,
    Powers,
    Rights,
    administrators,
    check_one_stays,
    held,
)
from models.users.issuers.issuer import Subject
from models.users.of_customer import customers_besides
from models.users.password_links import invite_user, readdress
from models.users.sessions import SignedIn, end_sessions
from models.users.user import Grant, User

LONGEST_NAME = 100
"""Of a user."""
NONE: frozenset[Right] = frozenset()


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
    """The user has something that the other cannot take: name and address are then not the other's to change."""


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
    sent again changes nothing. Raises UsernameTaken, and NotAnAdministrator.
    """
    rights = held(db, by, customer_id).merge({}, rights)
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
    return _let_in(db, customer_id, user, rights, by=by, now=now)


def invite(db: Session, customer_id: int, person: Person, rights: Rights, *, by: SignedIn, now: datetime) -> User:
    """Let somebody sign in by the e-mail address alone, as a customer's own administrator does.

    Whether there is such a user already is no reason to refuse, so that nobody learns it: who is one here gets these
    rights as well, and so does who was invited by the same address elsewhere. Raises NotAnAdministrator.
    """
    powers, username = held(db, by, customer_id), person.email
    for again in count(2):
        user = _named(db, username) if len(username) <= LONGEST_NAME else None
        if user is None:
            username = username if len(username) <= LONGEST_NAME else new_name()
            return _let_in(db, customer_id, _added(db, username, person), powers.merge({}, rights), by=by, now=now)
        if _is_same(user, person):
            return _let_in(db, customer_id, user, _besides(db, customer_id, user, powers, rights), by=by, now=now)
        username = f"{person.email}-{again}"
    raise AssertionError("numbers have no end")


def let_in(
    db: Session, customer_id: int, username: str, person: Person, rights: Rights, *, by: Administrating, now: datetime
) -> bool:
    """Let somebody sign in who stands in a list; who is a user already gets these rights besides those of before.

    Tells whether that has changed anything. Raises UsernameTaken where the name is somebody's with another address.
    """
    powers, user = held(db, by, customer_id), _named(db, username)
    if user is None:
        user = _added(db, username, person)
    elif not _is_same(user, person):
        raise UsernameTaken(is_here=bool(_granted(db, customer_id, user)), is_same=False)
    before, wanted = _granted(db, customer_id, user), _besides(db, customer_id, user, powers, rights)
    _let_in(db, customer_id, user, wanted, by=by, now=now)
    return before != wanted


def _besides(db: Session, customer_id: int, user: User, powers: Powers, rights: Rights) -> Rights:
    """What the user has at the customer, and these rights."""
    before = _granted(db, customer_id, user)
    return powers.merge(before, {id: before.get(id, NONE) | rights.get(id, NONE) for id in {**before, **rights}})


def _let_in(db: Session, customer_id: int, user: User, rights: Rights, *, by: Administrating, now: datetime) -> User:
    before = _granted(db, customer_id, user)
    if before == rights:
        return user
    _grant(db, customer_id, user, rights)
    told = _before_and_after({"rights": _named_rights(db, before)}, {"rights": _named_rights(db, rights)})
    _note(db, customer_id, user, "user changed" if before else "user added", by=by, now=now, changed=told)
    if not user.password_hash and user.invited_at != now:  # one letter for all customers of a list
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

    Raises SharedWithOthers where it is a user of other customers as well, or of branches that are not one's own, who is
    not another person for all of them because one says so; NotAnAdministrator and LastAdministrator.
    """
    powers, user = held(db, by, customer_id), _held(db, user_id)
    granted, ruling = _granted(db, customer_id, user), administrators(db, customer_id)
    rights = powers.merge(granted, rights)
    before = {"full_name": user.full_name, "email": user.email, "rights": _named_rights(db, granted)}
    after = {"full_name": person.full_name, "email": person.email, "rights": _named_rights(db, rights)}
    changed = [name for name in before if before[name] != after[name]]
    if {"full_name", "email"} & {*changed} and not (
        powers.covers_all(granted) and not customers_besides(db, user_id, customer_id)
    ):
        raise SharedWithOthers
    user.full_name = person.full_name
    if "email" in changed:
        readdress(db, user, person.email, now)
    if "rights" in changed:
        _grant(db, customer_id, user, rights)
        check_one_stays(db, ruling, customer_id, powers)
    if changed:
        told = {"fields": changed} | _before_and_after(before, after)
        _note(db, customer_id, user, "user changed", by=by, now=now, changed=told)
    if "email" in changed and user.active and not user.password_hash:  # the letter before went to a wrong address
        invite_user(db, user, by=by, now=now)


def close_to(db: Session, customer_id: int, user_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Shut a user out at once; True where the user stays one elsewhere, and only the rights here are gone.

    Raises NotAnAdministrator and LastAdministrator.
    """
    powers, user = held(db, by, customer_id), _held(db, user_id)
    granted, ruling = _granted(db, customer_id, user), administrators(db, customer_id)
    left = powers.merge(granted, {})
    stays = bool(left or customers_besides(db, user_id, customer_id))
    if stays:
        _grant(db, customer_id, user, left)
    user.active = stays and user.active
    check_one_stays(db, ruling, customer_id, powers)
    end_sessions(db, user_id, now)
    told = (
        _before_and_after({"rights": _named_rights(db, granted)}, {"rights": _named_rights(db, left)}) if stays else {}
    )
    _note(db, customer_id, user, "user removed" if stays else "user deactivated", by=by, now=now, changed=told)
    return stays


def open_to(db: Session, customer_id: int, user_id: int, *, by: SignedIn, now: datetime) -> None:
    """Let a user in again, with the rights of before; raises NotAnAdministrator."""
    powers, user = held(db, by, customer_id), _held(db, user_id)
    if user.active:
        return
    if not powers.covers_all(_granted(db, customer_id, user)):
        raise NotAnAdministrator
    user.active = True
    _note(db, customer_id, user, "user reactivated", by=by, now=now)
    if not user.password_hash:
        invite_user(db, user, by=by, now=now)


def invite_again(db: Session, customer_id: int, user_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Send the letter with which to choose a password once more; False where there is one, or nobody may sign in."""
    held(db, by, customer_id)
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
    """Put these rights into the place of those before, at this customer alone; with none, no work account is known."""
    db.execute(delete(Grant).where(Grant.user_id == user.id, Grant.customer_id == customer_id))
    if not rights:
        db.execute(delete(Subject).where(Subject.user_id == user.id, Subject.customer_id == customer_id))
    db.add_all(
        Grant(
            customer_id=customer_id, user_id=user.id, unit_id=unit_id, **{right.value: right in has for right in Right}
        )
        for unit_id, has in rights.items()
    )
    db.flush()


def _named_rights(db: Session, rights: Rights) -> dict[str, list[str]]:
    """Rights as the log says them: by the names of units."""
    found = db.execute(select(Unit.id, Unit.name).where(Unit.id.in_(rights)).order_by(Unit.path))
    names = {id: name for id, name in found}  # noqa: C416  # a Row is no pair to dict
    return {name: sorted(rights[id]) for id, name in names.items()}


def _before_and_after(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is another now, as the log says it."""
    names = [name for name in before if before[name] != after[name]]
    return {"before": {name: before[name] for name in names}, "after": {name: after[name] for name in names}}


def _note(
    db: Session,
    customer_id: int,
    user: User,
    action: str,
    *,
    by: Administrating,
    now: datetime,
    changed: dict[str, Any] | None = None,
) -> None:
    about = f"user:{user.id}"
    told = Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now, changed=changed or {})
    record(db, told)
