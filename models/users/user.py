"""Users, their grants and their sessions: who is signed in, to which customer, with which rights where."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Identity, Index, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.core.base import Base, Moment
from models.core.scope import NO_UNITS, CustomerOwned, Right, Scope, Units, across_customers
from models.core.walls import select_rows
from models.customers.customer import AccountManager, Contact, Customer
from models.customers.units import Unit

IDLE = timedelta(hours=1)
"""How long a session lives without being used."""
LIFETIME = timedelta(hours=12)
"""How long a session lives at most."""
_NOTED_EVERY = timedelta(minutes=5)


class User(Base):
    """Somebody who can sign in; `username` is compared ignoring case."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(String(100))
    username_folded: Mapped[str] = mapped_column(String(100), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    """Empty where none is chosen yet: then nothing fits (models.users.password_links)."""
    active: Mapped[bool] = mapped_column(default=True)
    invited_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the user was last asked by letter to choose a password."""
    account_manager_id: Mapped[int | None] = mapped_column(ForeignKey("account_managers.id"))
    """Which of the provider's account managers it is: then it is staff, and its grants count for nothing."""


class Grant(CustomerOwned, Base):
    """A user's rights in one branch of a customer: the unit and everything below it (X1, X2)."""

    __tablename__ = "grants"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "unit_id"], ["units.customer_id", "units.id"]),
        Index(None, "user_id", "customer_id", "unit_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int]
    orders: Mapped[bool] = mapped_column(default=False)
    employees: Mapped[bool] = mapped_column(default=False)
    invoices: Mapped[bool] = mapped_column(default=False)
    reports: Mapped[bool] = mapped_column(default=False)


class UserSession(Base):
    """A sign-in that is still good until it is idle, too old or signed out. Only a digest of its id is kept."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """The customer it was last switched to: where the user's next session begins."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Choice:
    """A customer that a user may sign in to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class View:
    """Staff see the portal as a customer does, for a while: with somebody's rights, or with all of them."""

    id: int
    as_user: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Everything that a page needs to know of the one who asks for it."""

    session_id: int
    last_used_at: datetime
    user_id: int
    username: str
    full_name: str
    email: str
    customer: Choice | None
    """None where the user has no grant at the customer of the cookie (any more)."""
    customers: tuple[Choice, ...]
    account_manager: Contact | None
    scope: Scope | None
    account_manager_id: int | None = None
    """Which account manager it is, of staff."""
    view: View | None = None
    """Of staff who see the portal as a customer does."""

    @property
    def is_at_desk(self) -> bool:
        """Whether it is staff at the provider's desk, and not seeing the portal as a customer."""
        return self.account_manager_id is not None and self.view is None

    def may(self, *rights: Right) -> bool:
        """Whether the user has one of the rights in at least one unit (X2, X3)."""
        return self.scope is not None and self.scope.units_with(*rights) != NO_UNITS

    @property
    def label(self) -> str:
        """The user as the frame and the logs of changes name one (N3)."""
        return f"{self.full_name} ({self.username})"


def open_session(db: Session, user_id: int, customer_id: int | None, now: datetime) -> str:
    """Begin a session for a user and return its secret id, which only the cookie keeps."""
    secret = secrets.token_urlsafe(32)
    db.add(
        UserSession(
            digest=_digest(secret),
            user_id=user_id,
            customer_id=customer_id,
            created_at=now,
            last_used_at=now,
        )
    )
    return secret


def note_customer(db: Session, session_id: int, customer_id: int) -> None:
    """Remember which customer a session was switched to."""
    db.execute(update(UserSession).where(UserSession.id == session_id).values(customer_id=customer_id))


def end_session(db: Session, session_id: int, now: datetime) -> None:
    """Sign out on the server: the cookie opens nothing from now on (N4)."""
    db.execute(update(UserSession).where(UserSession.id == session_id).values(ended_at=now))


def end_sessions(db: Session, user_id: int, now: datetime, *, but: int | None = None) -> None:
    """End all sessions of a user, `but` the one where the user sits."""
    of_user = (UserSession.user_id == user_id) & UserSession.ended_at.is_(None)
    with across_customers(db):
        db.execute(update(UserSession).where(of_user, UserSession.id.is_distinct_from(but)).values(ended_at=now))


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is still good, as its user sees it."""

    id: int
    created_at: datetime
    last_used_at: datetime


_LIVE = (
    select(UserSession.id, UserSession.created_at, UserSession.last_used_at)
    .where(
        UserSession.user_id == bindparam("user_id"),
        UserSession.ended_at.is_(None),
        UserSession.last_used_at > bindparam("used_after"),
        UserSession.created_at > bindparam("created_after"),
    )
    .order_by(UserSession.last_used_at.desc(), UserSession.id.desc())
)


def live_sessions(db: Session, user_id: int, now: datetime) -> list[LiveSession]:
    """The sessions in which a user is signed in, the one used last first."""
    whose = {"user_id": user_id, "used_after": now - IDLE, "created_after": now - LIFETIME}
    with across_customers(db):
        return [LiveSession(*row) for row in select_rows(db, _LIVE, whose)]


def note_use(db: Session, signed_in: SignedIn, now: datetime) -> None:
    """Remember that a session is in use."""
    db.execute(update(UserSession).where(UserSession.id == signed_in.session_id).values(last_used_at=now))


def use_is_worth_noting(signed_in: SignedIn, now: datetime) -> bool:
    """Whether the last noted use is so old that a page view may write."""
    return now - signed_in.last_used_at > _NOTED_EVERY


def user_of_session(db: Session, session_id: int) -> int | None:
    """Whose session it is or was, also when it is over: for the draft of a form (section 5, number 3)."""
    return db.scalar(select(UserSession.user_id).where(UserSession.id == session_id))


def first_customer(db: Session, user_id: int) -> int | None:
    """The customer that a new session begins at: the one of the user's last session, or the first by name."""
    granted = select(Grant.customer_id).where(Grant.user_id == user_id)
    last = db.scalar(
        select(UserSession.customer_id)
        .where(UserSession.user_id == user_id, UserSession.customer_id.in_(granted))
        .order_by(UserSession.id.desc())
        .limit(1)
    )
    return last or db.scalar(select(Customer.id).where(Customer.id.in_(granted)).order_by(Customer.name).limit(1))


def find_user(db: Session, username: str) -> User | None:
    """The active user of that name, ignoring case."""
    return db.scalar(select(User).where(User.username_folded == username.strip().casefold(), User.active))


def is_still_password(db: Session, user_id: int, stored: str | None) -> bool:
    """Whether a user's password is the one that was looked at before: checking one takes time, and gives others way.

    Holds the user's row until the commit.
    """
    found = select(User.id).where(User.id == user_id, User.password_hash == stored, User.active)
    return db.scalar(found.with_for_update()) is not None


_branch, _below = aliased(Unit), aliased(Unit)
# One row per grant, and for a grant in a branch one per unit of the branch. Built once: it is asked for by every visit.
_SIGNED_IN = (
    select(
        UserSession.id,
        UserSession.last_used_at,
        User.id.label("user_id"),
        User.username,
        User.full_name,
        User.email,
        User.account_manager_id,
        Customer.id.label("customer_id"),
        Customer.name.label("customer_name"),
        Customer.has_reports,
        AccountManager.name.label("manager_name"),
        AccountManager.email.label("manager_email"),
        AccountManager.phone.label("manager_phone"),
        *(getattr(Grant, right.value) for right in Right),
        _branch.parent_id,
        _below.id.label("unit_id"),
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Grant, (Grant.user_id == User.id) & User.account_manager_id.is_(None))
    .outerjoin(Customer, Customer.id == Grant.customer_id)
    .outerjoin(AccountManager, AccountManager.id == Customer.account_manager_id)
    .outerjoin(_branch, _branch.id == Grant.unit_id)
    .outerjoin(
        _below,
        (_below.customer_id == Grant.customer_id)
        & _branch.parent_id.is_not(None)
        & _below.path.startswith(_branch.path),
    )
    .where(
        UserSession.digest == bindparam("digest"),
        UserSession.ended_at.is_(None),
        UserSession.last_used_at > bindparam("used_after"),
        UserSession.created_at > bindparam("created_after"),
        User.active,
    )
)


def find_signed_in(db: Session, secret: str, customer_id: int | None, now: datetime) -> SignedIn | None:
    """Session, user, customer and rights, in one statement; None where the session is over or unknown."""
    rows = select_rows(
        db, _SIGNED_IN, {"digest": _digest(secret), "used_after": now - IDLE, "created_after": now - LIFETIME}
    )
    if not rows:
        return None
    first = rows[0]
    here = [row for row in rows if row.customer_id is not None and row.customer_id == customer_id]
    choices = {row.customer_id: Choice(row.customer_id, row.customer_name) for row in rows if row.customer_id}
    return SignedIn(
        session_id=first.id,
        last_used_at=first.last_used_at,
        user_id=first.user_id,
        username=first.username,
        full_name=first.full_name,
        email=first.email,
        customer=choices.get(customer_id) if customer_id else None,
        customers=tuple(sorted(choices.values(), key=lambda choice: choice.name.casefold())),
        account_manager=Contact(here[0].manager_name, here[0].manager_email, here[0].manager_phone)
        if here and here[0].manager_name
        else None,
        scope=_scope(here),
        account_manager_id=first.account_manager_id,
    )


_GRANTED = (
    select(
        Grant.customer_id,
        Customer.has_reports,
        *(getattr(Grant, right.value) for right in Right),
        _branch.parent_id,
        _below.id.label("unit_id"),
    )
    .join(User, User.id == Grant.user_id)
    .join(Customer, Customer.id == Grant.customer_id)
    .join(_branch, _branch.id == Grant.unit_id)
    .outerjoin(
        _below,
        (_below.customer_id == Grant.customer_id)
        & _branch.parent_id.is_not(None)
        & _below.path.startswith(_branch.path),
    )
    .where(
        Grant.user_id == bindparam("user_id"),
        Grant.customer_id == bindparam("customer_id"),
        User.account_manager_id.is_(None),
    )
)


def scope_of(db: Session, user_id: int, customer_id: int) -> Scope | None:
    """What a user may see at a customer at this moment, without a session; None where that is nothing."""
    return _scope(select_rows(db, _GRANTED, {"user_id": user_id, "customer_id": customer_id}))


def _scope(granted: Sequence[Any]) -> Scope | None:
    """The scope that grants at one customer give: one row per grant, or per unit of a grant's branch."""
    units: dict[Right, Units] = dict.fromkeys(Right, NO_UNITS)
    for row in granted:
        for right in Right:
            already = units[right]
            is_on = row.has_reports or right is not Right.REPORTS  # switched off, nobody has it (U1)
            if getattr(row, right.value) and is_on and already is not None:
                units[right] = None if row.parent_id is None else already | {row.unit_id}
    return Scope(granted[0].customer_id, units) if granted else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
