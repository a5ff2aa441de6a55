"""Browsers: which of them are remembered, so that no code is asked for there, and which a user never came with before.

What names a browser is in its cookie, `routes.web.http.cookie`; only a digest of that is kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Identity, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import across_customers
from models.users.events import tell
from models.users.sessions import UserSession
from models.users.user import User

REMEMBERED_FOR = timedelta(days=30)


class RememberedDevice(Base):
    """A browser in which a user has given a second factor, and is not asked for it again for a while."""

    __tablename__ = "remembered_devices"
    __table_args__ = (Index(None, "user_id", "digest", unique=True),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(String(64))
    remembered_at: Mapped[datetime] = mapped_column(Moment)
    good_until: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A remembered browser, as its user sees it."""

    id: int
    remembered_at: datetime
    good_until: datetime
    is_here: bool


def remember(db: Session, user_id: int, device: str, now: datetime) -> None:
    """Ask for no second factor in this browser for a month."""
    with across_customers(db):
        db.execute(delete(RememberedDevice).where(_is(user_id, device)))
        db.add(
            RememberedDevice(
                user_id=user_id, digest=_digest(device), remembered_at=now, good_until=now + REMEMBERED_FOR
            )
        )


def is_remembered(db: Session, user_id: int, device: str | None, now: datetime) -> bool:
    """Whether the user's browser need not be asked for a second factor."""
    if device is None:
        return False
    with across_customers(db):
        found = select(RememberedDevice.id).where(_is(user_id, device), RememberedDevice.good_until > now)
        return db.scalar(found) is not None


def remembered(db: Session, user_id: int, here: str | None, now: datetime) -> list[Remembered]:
    """The remembered browsers of a user, the newest first."""
    good = (RememberedDevice.user_id == user_id) & (RememberedDevice.good_until > now)
    with across_customers(db):
        rows = db.scalars(select(RememberedDevice).where(good).order_by(RememberedDevice.id.desc())).all()
    digest = _digest(here) if here else None
    return [Remembered(row.id, row.remembered_at, row.good_until, row.digest == digest) for row in rows]


def forget(db: Session, user_id: int, id: int | None = None, *, but: str | None = None) -> int:
    """Ask again in one of a user's browsers, or in all of them `but` this one; returns in how many."""
    gone = delete(RememberedDevice).where(RememberedDevice.user_id == user_id)
    if id is not None:
        gone = gone.where(RememberedDevice.id == id)
    if but is not None:
        gone = gone.where(RememberedDevice.digest != _digest(but))
    with across_customers(db):
        return len(db.scalars(gone.returning(RememberedDevice.id)).all())


def forget_expired(db: Session, now: datetime) -> int:
    """Delete what is not remembered any more; returns how many. Across customers; the caller commits."""
    old = delete(RememberedDevice).where(RememberedDevice.good_until < now).returning(RememberedDevice.id)
    return len(db.scalars(old, execution_options={"synchronize_session": False}).all())


def tell_of_new(db: Session, user: User, now: datetime) -> None:
    """Write to a user who signs in with a browser that is new, unless it is the first one ever. Before the session."""
    with across_customers(db):
        before = db.scalar(select(UserSession.id).where(UserSession.user_id == user.id).limit(1))
    if before is not None:
        tell(db, user, "new_device", {"at": now.isoformat()}, now)


def _is(user_id: int, device: str) -> ColumnElement[bool]:
    return (RememberedDevice.user_id == user_id) & (RememberedDevice.digest == _digest(device))


def _digest(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()
