"""Users, their grants and second factors: who can sign in, with what, and with which rights where.

Who is signed in is in `models.users.sessions`, how passwords are chosen and kept in the modules named for them, and how
second factors are set up and asked for in `models.users.factors`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Select,
    String,
    Text,
    bindparam,
    exists,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.core.base import Base, Moment
from models.core.scope import NO_UNITS, CustomerOwned, Right, Scope, Units
from models.core.sealed import Keyring, Sealed
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.units import Unit


class Role(StrEnum):
    """What somebody of the provider's staff may do at the desk."""

    ADMINISTRATOR = "administrator"
    """Everything, and who is staff."""
    ACCOUNT_MANAGER = "account manager"
    READER = "reader"
    """See everything, and change nothing."""


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
    role: Mapped[str | None] = mapped_column(String(20), index=True)
    """Of staff: one of `Role`."""

    @property
    def label(self) -> str:
        """The user as the logs of changes name one."""
        return f"{self.full_name} ({self.username})"


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
    administrator: Mapped[bool] = mapped_column(default=False)


class FactorKind(StrEnum):
    """What a second factor is."""

    APP = "app"
    """A program that shows another code every half minute (TOTP, RFC 6238)."""
    PASSKEY = "passkey"
    """A key in a device or a password manager, which signs for this portal alone (WebAuthn)."""


class SecondFactor(Sealed, Base):
    """What a user has, besides the password that a user knows. Whoever has one is asked for it."""

    __tablename__ = "second_factors"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[str] = mapped_column(Text)
    """Of a program, the secret that its codes are made from; of a passkey, its id and public key, so that whoever
    writes to the database cannot put in another one."""
    counter: Mapped[int] = mapped_column(BigInteger)
    """Of a program, what was used last: no code of this half minute, or of one before, is good any more. Of a passkey,
    how often it has signed, where it counts."""
    added_at: Mapped[datetime] = mapped_column(Moment)
    name: Mapped[str | None] = mapped_column(String(100))
    """What its user calls a passkey."""
    credential: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    """A digest of a passkey's id: it belongs to one user."""
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a passkey last signed: what was asked before that is answered."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"second_factors.sealed:{self.user_id}"

    def keep(self, keyring: Keyring, secret: str) -> None:
        """Seal the secret."""
        self.sealed = keyring.seal(secret, place=self.place)

    def secret(self, keyring: Keyring) -> str:
        """The secret; raises SealBroken."""
        return keyring.open(self.sealed, place=self.place)


_is_app = SecondFactor.kind == FactorKind.APP
Index("ix_second_factors_app", SecondFactor.user_id, unique=True, postgresql_where=_is_app, sqlite_where=_is_app)


class RequiredFactor(CustomerOwned, Base):
    """A customer asks that this user, or everybody, signs in with a second factor (K4)."""

    __tablename__ = "required_factors"
    __table_args__ = (Index(None, "customer_id", "user_id", unique=True),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None is everybody with a grant at the customer."""


_of_all = RequiredFactor.user_id.is_(None)
Index(
    "ix_required_factors_all", RequiredFactor.customer_id, unique=True, postgresql_where=_of_all, sqlite_where=_of_all
)

HAS_FACTOR = exists().where(SecondFactor.user_id == User.id).label("has_factor")
"""Whether the user of a statement has set one up,"""
_MUST = exists().where(
    RequiredFactor.customer_id == Grant.customer_id,
    RequiredFactor.user_id.is_(None) | (RequiredFactor.user_id == User.id),
)
MUST_HAVE_FACTOR = _MUST.label("must_have_factor")
"""and whether the customer of a grant asks for it."""


def find_user(db: Session, username: str) -> User | None:
    """The active user of that name, ignoring case."""
    return db.scalar(select(User).where(User.username_folded == username.strip().casefold(), User.active))


def find_active(db: Session, user_id: int) -> User | None:
    """The active user of that id, held until the commit."""
    found = select(User).where(User.id == user_id, User.active).with_for_update()
    return db.scalar(found, execution_options={"populate_existing": True})


def is_still_password(db: Session, user_id: int, stored: str | None) -> bool:
    """Whether a user's password is still the one that was checked: checking takes time, in which others may change it.

    Holds the user's row until the commit.
    """
    found = select(User.id).where(User.id == user_id, User.password_hash == stored, User.active)
    return db.scalar(found.with_for_update()) is not None


_branch, _below = aliased(Unit), aliased(Unit)
GRANTED = (
    Customer.has_reports,
    *(getattr(Grant, right.value) for right in Right),
    _branch.parent_id,
    _below.id.label("unit_id"),
)
"""What `scope_granted` asks of the rows of a user's grants."""


def with_branches(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """One row per grant of a statement, and for a grant in a branch one per unit of the branch."""
    is_below = (
        (_below.customer_id == Grant.customer_id)
        & _branch.parent_id.is_not(None)
        & _below.path.startswith(_branch.path)
    )
    return statement.outerjoin(_branch, _branch.id == Grant.unit_id).outerjoin(_below, is_below)


_GRANTED_AT = with_branches(
    select(Grant.customer_id, *GRANTED)
    .join(User, User.id == Grant.user_id)
    .join(Customer, Customer.id == Grant.customer_id)
).where(
    Grant.user_id == bindparam("user_id"),
    Grant.customer_id == bindparam("customer_id"),
    User.account_manager_id.is_(None),
)


def scope_of(db: Session, user_id: int, customer_id: int) -> Scope | None:
    """What a user may see at a customer at this moment, without a session; None where that is nothing."""
    return scope_granted(select_rows(db, _GRANTED_AT, {"user_id": user_id, "customer_id": customer_id}))


def scope_granted(granted: Sequence[Any]) -> Scope | None:
    """The scope that grants at one customer give: one row per grant, or per unit of a grant's branch."""
    units: dict[Right, Units] = dict.fromkeys(Right, NO_UNITS)
    for row in granted:
        for right in Right:
            already = units[right]
            is_on = row.has_reports or right is not Right.REPORTS  # switched off, nobody has it (U1)
            if getattr(row, right.value) and is_on and already is not None:
                units[right] = None if row.parent_id is None else already | {row.unit_id}
    return Scope(granted[0].customer_id, units) if granted else None
