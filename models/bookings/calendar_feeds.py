"""Calendar feeds: a secret address at which a user's calendar program fetches the user's bookings at one customer.

Only a digest of the secret is kept. What the feed shows is decided anew each time, by what the user may see then.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Change, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, across_customers, narrow
from models.users.sessions import SignedIn
from models.users.user import User, scope_of


class CalendarFeed(CustomerOwned, Base):
    """A feed of one user at one customer."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (Index(None, "customer_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)


def feed_of(db: Session, user_id: int) -> CalendarFeed | None:
    """The user's feed at this customer, if there is one."""
    return db.scalar(
        select(CalendarFeed).where(CalendarFeed.user_id == user_id).order_by(CalendarFeed.id.desc()).limit(1)
    )


def make_feed(db: Session, customer_id: int, *, by: SignedIn, now: datetime) -> str:
    """Give the user a new secret, which nobody can look up again; the one before stops working."""
    db.execute(delete(CalendarFeed).where(CalendarFeed.user_id == by.user_id))
    secret = secrets.token_urlsafe(32)
    db.add(CalendarFeed(customer_id=customer_id, user_id=by.user_id, digest=_digest(secret), made_at=now))
    _log(db, customer_id, "made", by, now)
    return secret


def end_feed(db: Session, customer_id: int, *, by: SignedIn, now: datetime) -> None:
    """Take the user's feed at this customer away."""
    db.execute(delete(CalendarFeed).where(CalendarFeed.user_id == by.user_id))
    _log(db, customer_id, "ended", by, now)


def _log(db: Session, customer_id: int, action: str, by: SignedIn, now: datetime) -> None:
    about = f"calendar_feed:{by.user_id}"
    record(db, Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now))


def open_feed(db: Session, secret: str) -> int | None:
    """Hold the session to what the feed's owner may see now, and give the owner's id; None where it opens nothing."""
    with across_customers(db):
        found = db.execute(
            select(CalendarFeed.user_id, CalendarFeed.customer_id)
            .join(User, User.id == CalendarFeed.user_id)
            .where(CalendarFeed.digest == _digest(secret), User.active)
        ).one_or_none()
        scope = scope_of(db, found.user_id, found.customer_id) if found else None
    if found is None or scope is None:
        return None
    narrow(db, scope)
    return int(found.user_id)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
