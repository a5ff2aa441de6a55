"""Viewings (innsyn): staff see the portal as a customer does, for a reason and for a while, and change nothing.

Each viewing is a row and an entry in the customer's log, and so is every page that was looked at (decision 0025).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Identity, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.core.audit import AuditEntry, Change, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, Right, Scope, Units
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager, Contact
from models.customers.customer import Customer
from models.users.of_customer import users_at
from models.users.sessions import Choice, SignedIn, View
from models.users.user import User, scope_of

_LOOKED = "viewed"
LENGTH = timedelta(minutes=30)
"""How long one lasts at most."""


class NotAUserThere(Exception):
    """Nobody at the customer has these grants."""


class Viewing(CustomerOwned, Base):
    """A session of staff sees the portal as one customer, with the grants of `as_user_id` or with every right."""

    __tablename__ = "viewings"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(index=True)
    """Of `user_sessions`, which are erased long before what was seen is forgotten."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Whose it is, of the staff."""
    as_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(200))
    began_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    """When it is over: after `LENGTH`, or when it was ended."""

    @property
    def about(self) -> str:
        """What the log calls it."""
        return f"viewing:{self.id}"


_NOW = (
    select(
        Viewing.id,
        Viewing.until,
        Viewing.as_user_id,
        User.full_name,
        Customer.id.label("customer_id"),
        Customer.name,
        Customer.has_reports,
        AccountManager.name.label("manager_name"),
        AccountManager.email.label("manager_email"),
        AccountManager.phone.label("manager_phone"),
    )
    .join(Customer, Customer.id == Viewing.customer_id)
    .outerjoin(User, User.id == Viewing.as_user_id)
    .outerjoin(AccountManager, (AccountManager.id == Customer.account_manager_id) & AccountManager.serves)
    .where(Viewing.session_id == bindparam("session_id"), Viewing.until > bindparam("now"))
    .order_by(Viewing.id.desc())
    .limit(1)
)


def with_view(db: Session, staff: SignedIn, now: datetime) -> SignedIn:
    """Staff as they are at this moment: at the desk, or with what they see of a customer. In `across_customers`."""
    found = select_rows(db, _NOW, {"session_id": staff.session_id, "now": now})
    scope = _scope(db, found[0]) if found else None
    if scope is None:
        return staff
    row = found[0]
    return replace(
        staff,
        customer=Choice(row.customer_id, row.name),
        account_manager=Contact(row.manager_name, row.manager_email, row.manager_phone) if row.manager_name else None,
        scope=scope,
        view=View(row.id, row.full_name, row.until),
    )


def _scope(db: Session, row: Any) -> Scope | None:
    if row.as_user_id is not None:
        return scope_of(db, row.as_user_id, row.customer_id)
    every: dict[Right, Units] = dict.fromkeys(Right, None)
    if not row.has_reports:
        every.pop(Right.REPORTS)
    return Scope(row.customer_id, every)


def begin_viewing(
    db: Session, customer_id: int, *, as_user_id: int | None, reason: str, by: SignedIn, now: datetime
) -> Viewing:
    """Begin to see the portal as a customer, with the grants of one of its users, who must have some there.

    Raises NotAUserThere.
    """
    if as_user_id is not None and as_user_id not in {user.id for user in users_at(db, customer_id)}:
        raise NotAUserThere(f"user {as_user_id} has no grant at customer {customer_id}")
    viewing = Viewing(
        customer_id=customer_id,
        session_id=by.session_id,
        user_id=by.user_id,
        as_user_id=as_user_id,
        reason=reason,
        began_at=now,
        until=now + LENGTH,
    )
    db.add(viewing)
    db.flush()
    told = {"as_user": as_user_id, "reason": reason}
    record(db, Change.of(viewing, "viewing begun", by=by, at=now, changed=told))
    return viewing


def end_viewing(db: Session, by: SignedIn, now: datetime) -> None:
    """Go back to the desk."""
    assert by.view is not None
    assert by.customer is not None
    about = f"viewing:{by.view.id}"
    record(db, Change(customer_id=by.customer.id, actor=by.label, about=about, action="viewing ended", at=now))
    db.execute(update(Viewing).where(Viewing.session_id == by.session_id, Viewing.until > now).values(until=now))


def note_look(db: Session, by: SignedIn, page: str, now: datetime) -> None:
    """Record that a page of the customer was looked at; `page` holds no personal data."""
    assert by.view is not None
    assert by.customer is not None
    seen = {"page": page}
    about = f"viewing:{by.view.id}"
    record(db, Change(customer_id=by.customer.id, actor=by.label, about=about, action=_LOOKED, at=now, changed=seen))


@dataclass(frozen=True, slots=True)
class Look:
    """A page that was looked at."""

    at: datetime
    page: str


@dataclass(frozen=True, slots=True)
class PastViewing:
    """A viewing as the desk lists it, to answer a customer who asks."""

    id: int
    began_at: datetime
    staff: str
    as_user: str | None
    reason: str
    looks: tuple[Look, ...]


_staff, _as_user = aliased(User), aliased(User)
_PAST = (
    select(Viewing, _staff.full_name, _as_user.full_name)
    .join(_staff, _staff.id == Viewing.user_id)
    .outerjoin(_as_user, _as_user.id == Viewing.as_user_id)
    .where(Viewing.customer_id == bindparam("customer"))
    .order_by(Viewing.id.desc())
    .limit(bindparam("at_most"))
)


def viewings_of(db: Session, customer_id: int, at_most: int) -> list[PastViewing]:
    """The newest viewings of a customer, with what was looked at: two statements."""
    found = db.execute(_PAST, {"customer": customer_id, "at_most": at_most}).all()
    looks: dict[str, list[Look]] = {}
    entries = select(AuditEntry).where(
        AuditEntry.customer_id == customer_id,
        AuditEntry.about.in_([viewing.about for viewing, _, _ in found]),
        AuditEntry.action == _LOOKED,
    )
    for entry in db.scalars(entries.order_by(AuditEntry.id)):
        looks.setdefault(entry.about, []).append(Look(entry.at, entry.changed["page"]))
    return [
        PastViewing(
            viewing.id, viewing.began_at, staff_name, as_name, viewing.reason, tuple(looks.get(viewing.about, ()))
        )
        for viewing, staff_name, as_name in found
    ]
