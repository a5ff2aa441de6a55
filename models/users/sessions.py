"""Sessions of users: who is signed in, to which customer, and for how long (N4).

What a user is and may see is in `models.users.user`; the cookie that holds a session's secret, in `routes.web`.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Identity, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.clock import today_in_oslo
from models.core.scope import NO_UNITS, Right, Scope, across_customers
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager, Contact
from models.customers.customer import Customer
from models.customers.stand_ins import StandIn
from models.users.issuers.issuer import Vouched
from models.users.issuers.only_way import has_no_other
from models.users.user import GRANTED, HAS_FACTOR, MUST_HAVE_FACTOR, Grant, Role, User, scope_granted, with_branches

IDLE = timedelta(hours=1)
"""How long a session lives without being used."""
LIFETIME = timedelta(hours=12)
"""How long a session lives at most."""
_NOTED_EVERY = timedelta(minutes=5)


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
    vouched_at_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    """The customer whose issuer has vouched for the user: the session reaches that one alone. None with a password."""
    proven_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the issuer has asked for a password or the like, where it says so."""


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
    began_at: datetime
    """When the user has signed in."""
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
    role: Role | None = None
    """Of staff: what it may do at the desk."""
    covers: tuple[int, ...] = ()
    """Of staff: the account managers whose customers are one's own today: oneself, and those one stands in for."""
    view: View | None = None
    """Of staff who see the portal as a customer does."""
    has_factor: bool = False
    """Whether a second factor is set up."""
    must_have_factor: bool = False
    """Whether a customer asks for one (K4); what is asked for besides a password at work, is its issuer's to say."""
    vouched_at_id: int | None = None
    """The customer whose issuer has vouched for the user."""
    proven_at: datetime | None = None
    """When it was last sure that it is the user who sits there: at sign-in, or as the issuer says."""

    @property
    def is_at_desk(self) -> bool:
        """Whether it is staff at the provider's desk, and not seeing the portal as a customer."""
        return self.account_manager_id is not None and self.view is None

    @property
    def is_serving(self) -> bool:
        """Whether it is staff at the desk who may change something there."""
        return self.is_at_desk and self.role in {Role.ADMINISTRATOR, Role.ACCOUNT_MANAGER}

    @property
    def is_administrator(self) -> bool:
        """Whether it is staff at the desk who may change who is staff."""
        return self.is_at_desk and self.role == Role.ADMINISTRATOR

    def may(self, *rights: Right) -> bool:
        """Whether the user has one of the rights in at least one unit (X2, X3)."""
        return self.scope is not None and self.scope.units_with(*rights) != NO_UNITS

    @property
    def label(self) -> str:
        """The user as the frame and the logs of changes name one (N3)."""
        return f"{self.full_name} ({self.username})"


def open_session(
    db: Session, user_id: int, customer_id: int | None, now: datetime, *, vouched: Vouched | None = None
) -> str:
    """Begin a session for a user and return its secret id, which only the cookie keeps."""
    secret, begun = secrets.token_urlsafe(32), {"created_at": now, "last_used_at": now}
    how = {"vouched_at_id": vouched.customer_id, "proven_at": vouched.proven_at} if vouched else {}
    db.add(UserSession(digest=_digest(secret), user_id=user_id, customer_id=customer_id, **begun, **how))
    return secret


def note_customer(db: Session, session_id: int, customer_id: int) -> None:
    """Remember which customer a session was switched to."""
    db.execute(update(UserSession).where(UserSession.id == session_id).values(customer_id=customer_id))


def end_session(db: Session, session_id: int, now: datetime) -> None:
    """Sign out on the server: the cookie is worth nothing from now on (N4)."""
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
    """Where a session with a password begins: at the customer of the user's last one, or the first by name, if any."""
    granted = select(Grant.customer_id).where(Grant.user_id == user_id, ~has_no_other(Grant.customer_id))
    last = db.scalar(
        select(UserSession.customer_id)
        .where(UserSession.user_id == user_id, UserSession.customer_id.in_(granted))
        .order_by(UserSession.id.desc())
        .limit(1)
    )
    return last or db.scalar(select(Customer.id).where(Customer.id.in_(granted)).order_by(Customer.name).limit(1))


_WITH_PASSWORD = UserSession.vouched_at_id.is_(None) & ~has_no_other(Grant.customer_id)
_REACHED = _WITH_PASSWORD | (UserSession.vouched_at_id == Grant.customer_id)
# Built once: it is asked for by every visit.
_SIGNED_IN = with_branches(
    select(
        UserSession.id,
        UserSession.created_at,
        UserSession.last_used_at,
        UserSession.vouched_at_id,
        UserSession.proven_at,
        User.id.label("user_id"),
        User.username,
        User.full_name,
        User.email,
        User.account_manager_id,
        User.role,
        HAS_FACTOR,
        MUST_HAVE_FACTOR,
        StandIn.account_manager_id.label("covered_id"),
        Customer.id.label("customer_id"),
        Customer.name.label("customer_name"),
        AccountManager.name.label("manager_name"),
        AccountManager.email.label("manager_email"),
        AccountManager.phone.label("manager_phone"),
        *GRANTED,
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Grant, (Grant.user_id == User.id) & User.account_manager_id.is_(None) & _REACHED)
    .outerjoin(Customer, Customer.id == Grant.customer_id)
    .outerjoin(AccountManager, (AccountManager.id == Customer.account_manager_id) & AccountManager.serves)
    .outerjoin(
        StandIn,
        (StandIn.stand_in_id == User.account_manager_id)
        & (StandIn.first_day <= bindparam("today"))
        & (StandIn.last_day >= bindparam("today")),
    )
).where(
    UserSession.digest == bindparam("digest"),
    UserSession.ended_at.is_(None),
    UserSession.last_used_at > bindparam("used_after"),
    UserSession.created_at > bindparam("created_after"),
    User.active,
)


def find_signed_in(db: Session, secret: str, customer_id: int | None, now: datetime) -> SignedIn | None:
    """Session, user, customer and rights, in one statement; None where the session is over or unknown."""
    asked = {"digest": _digest(secret), "used_after": now - IDLE, "created_after": now - LIFETIME}
    rows = select_rows(db, _SIGNED_IN, asked | {"today": today_in_oslo(now)})
    if not rows:
        return None
    first = rows[0]
    here = [row for row in rows if row.customer_id is not None and row.customer_id == customer_id]
    choices = {row.customer_id: Choice(row.customer_id, row.customer_name) for row in rows if row.customer_id}
    return SignedIn(
        session_id=first.id,
        began_at=first.created_at,
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
        scope=scope_granted(here),
        account_manager_id=first.account_manager_id,
        role=Role(first.role) if first.role else None,
        covers=_covered(first.account_manager_id, rows),
        has_factor=bool(first.has_factor),
        must_have_factor=first.vouched_at_id is None and any(row.must_have_factor for row in rows),
        vouched_at_id=first.vouched_at_id,
        proven_at=first.proven_at if first.vouched_at_id else first.created_at,
    )


def _covered(account_manager_id: int | None, rows: Sequence[Any]) -> tuple[int, ...]:
    found = [account_manager_id, *(row.covered_id for row in rows)]
    return tuple(dict.fromkeys(id for id in found if id is not None))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
