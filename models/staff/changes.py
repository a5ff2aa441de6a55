"""What changes of the staff: who joins, who one is, and with which role one signs in.

Leaving, and to whom the customers go then, is in `leaving`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Actor
from models.customers.account_managers import AccountManager
from models.staff.administration import administration, check_one_stays
from models.staff.leaving import serves_anybody
from models.staff.log import note
from models.users.password_links import invite_user, make_link, readdress
from models.users.sessions import SignedIn
from models.users.user import Role, User


@dataclass(frozen=True, slots=True)
class Details:
    """Who somebody of the staff is."""

    name: str
    email: str
    phone: str


class UsernameTaken(Exception):
    """Somebody has the user name already, whatever the case of its letters."""


class AlreadyStaff(Exception):
    """Somebody of the staff who can sign in has the address already."""


class HasCustomers(Exception):
    """A reader serves nobody: the customers go to somebody else first."""


def add_member(db: Session, username: str, details: Details, role: Role, *, by: Actor, now: datetime) -> User:
    """Let somebody of the provider's own sign in to the desk; there is no password, and nobody is told.

    An account manager with this address who cannot sign in yet is the same person. Raises UsernameTaken, AlreadyStaff.
    """
    with administration(db, by):
        if db.scalar(select(User.id).where(User.username_folded == username.casefold())) is not None:
            raise UsernameTaken
        manager = _known(db, details.email)
        if manager is None:
            manager = AccountManager()
            db.add(manager)
        manager.name, manager.email, manager.phone = details.name, details.email, details.phone
        manager.serves = role != Role.READER
        user = User(
            username=username,
            username_folded=username.casefold(),
            full_name=details.name,
            email=details.email,
            password_hash="",
            role=role.value,
        )
        db.flush()
        user.account_manager_id = manager.id
        try:
            with db.begin_nested():
                db.add(user)
        except IntegrityError:  # somebody else had the same name in mind at the same moment
            raise UsernameTaken from None
        note(db, manager.id, "added", by=by, now=now, changed={"role": role.value})
    return user


def name_manager(db: Session, details: Details, *, by: Actor, now: datetime) -> int:
    """Somebody whom customers know and who cannot sign in yet; raises AlreadyStaff, and NotAnAdministrator."""
    with administration(db, by):
        manager = _known(db, details.email)
        if manager is None:
            manager = AccountManager(name=details.name, email=details.email, phone=details.phone, serves=True)
            db.add(manager)
            db.flush()
            note(db, manager.id, "named", by=by, now=now)
    return manager.id


def invite_member(db: Session, member_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Send the letter with which a first password is chosen; False where there is one, or nobody may sign in."""
    with administration(db, by):
        user = _user(db, member_id)
        if user is None or user.password_hash or not user.active:
            return False
        _invite(db, user, by=by, now=now)
    return True


def change_member(
    db: Session, member_id: int, details: Details, role: Role | None, *, by: SignedIn, now: datetime
) -> None:
    """Change who a member of the staff is, and with which role one signs in; `role` is None of one who cannot.

    Raises LastAdministrator, AlreadyStaff and HasCustomers.
    """
    with administration(db, by) as held:
        manager, user = db.get_one(AccountManager, member_id), _user(db, member_id)
        known = _known(db, details.email, besides=member_id)
        if known is not None:
            raise AlreadyStaff
        fields = [name for name in ("name", "email", "phone") if getattr(manager, name) != getattr(details, name)]
        manager.name, manager.email, manager.phone = details.name, details.email, details.phone
        if user is not None:
            user.full_name = details.name
            if user.email != details.email:
                readdress(db, user, details.email, now)
            if role is not None and role != user.role:
                _give_role(db, manager, user, role, held)
                note(db, member_id, "role", by=by, now=now, changed={"role": role.value})
        if fields:
            note(db, member_id, "changed", by=by, now=now, changed={"fields": fields})
        if user is not None and user.active and not user.password_hash and "email" in fields:
            _invite(db, user, by=by, now=now)  # the letter before went to a wrong address


def link_for(db: Session, username: str, *, by: Actor, now: datetime) -> tuple[str, str] | None:
    """A fresh link with which somebody of the staff chooses a password: its name, and whom it is signed for.

    For the command line, which needs no mail server; None where nobody of the staff who may sign in is called so.
    """
    with administration(db, by):
        named = select(User).where(User.username_folded == username.casefold(), User.active)
        user = db.scalar(named.where(User.account_manager_id.is_not(None)).with_for_update())
        if user is None or user.account_manager_id is None:
            return None
        note(db, user.account_manager_id, "link", by=by, now=now)
        return make_link(db, user, now), user.email


def _give_role(db: Session, manager: AccountManager, user: User, role: Role, held: frozenset[int]) -> None:
    if role != Role.ADMINISTRATOR:
        check_one_stays(held, user.id)
    if role == Role.READER and serves_anybody(db, manager.id):
        raise HasCustomers
    user.role, manager.serves = role.value, user.active and role != Role.READER


def _invite(db: Session, user: User, *, by: Actor, now: datetime) -> None:
    db.flush()
    invite_user(db, user, by=by, now=now)
    assert user.account_manager_id is not None
    note(db, user.account_manager_id, "invited", by=by, now=now)


def _user(db: Session, member_id: int) -> User | None:
    """Who signs in as this member of the staff, held until the commit."""
    found = select(User).where(User.account_manager_id == member_id).order_by(User.active.desc(), User.id).limit(1)
    return db.scalar(found.with_for_update(), execution_options={"populate_existing": True})


def _known(db: Session, email: str, *, besides: int | None = None) -> AccountManager | None:
    """The account manager with this address; raises AlreadyStaff where that is somebody who signs in."""
    same = select(AccountManager).where(func.lower(AccountManager.email) == email.lower())
    if besides is not None:
        same = same.where(AccountManager.id != besides)
    manager = db.scalar(same.order_by(AccountManager.id).limit(1))
    if manager is not None and _user(db, manager.id) is not None:
        raise AlreadyStaff
    return manager
