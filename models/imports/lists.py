"""Imports: a list of employees that somebody wants to bring in, looked over and not applied yet (section 5, number 9).

What such a list holds is in `dry_run`. A list is personal data, identity numbers among it: it is sealed, belongs to the
user who sent it, and is deleted after a day or once it is applied.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Identity, Index, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.core.sealed import Keyring, Sealed
from models.imports.dry_run import DryRun
from models.users.sessions import SignedIn

KEPT = timedelta(hours=24)
"""For how long a list waits to be applied."""
_STOPPED = timedelta(seconds=30)
"""After which the next chunk does not come by itself."""


class Import(CustomerOwned, Sealed, Base):
    """One list; `sealed` is a DryRun, and None once it is applied to its end."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "customer_id", "user_id", "made_at"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    """What the seal is bound to."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
    version: Mapped[int] = mapped_column(default=1)
    """Counted up when the list is corrected, so that what is applied is what was seen."""
    sealed: Mapped[str | None] = mapped_column(Text)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its last chunk was; None while it waits."""
    items: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much there is to do once it is applied,"""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    """and how much is done."""
    leavers: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """Whom the user has said to be gone, by their ids, until they are."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many were added, changed and so on."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"imports:{self.key}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is being applied, or was, when whoever did so was killed."""
        return self.applied_at is not None and self.sealed is not None

    def has_stopped(self, now: datetime) -> bool:
        """Whether nobody seems to apply it any more, although it is not at its end."""
        return self.is_under_way and self.applied_at is not None and now - self.applied_at > _STOPPED

    def open(self, keyring: Keyring) -> DryRun:
        """The list as it was left."""
        assert self.sealed is not None
        return DryRun.loads(keyring.open(self.sealed, place=self.place))


def keep(db: Session, keyring: Keyring, dumped: str, *, by: SignedIn, customer_id: int, now: datetime) -> int:
    """Keep a list, as `DryRun.dumps` gives it, for the user who sent it, until it is applied; returns its id."""
    forget_expired(db, now)
    kept = Import(
        customer_id=customer_id, user_id=by.user_id, key=secrets.token_hex(16), made_at=now, version=1, outcome={}
    )
    kept.sealed = keyring.seal(dumped, place=kept.place)
    db.add(kept)
    db.flush()
    return kept.id


def change(db: Session, keyring: Keyring, found: Import, dry_run: DryRun) -> bool:
    """Keep a list as it is now; False where somebody changed or applied it since it was opened."""
    changed = db.scalar(
        update(Import)
        .where(Import.id == found.id, Import.version == found.version, Import.applied_at.is_(None))
        .values(version=found.version + 1, sealed=keyring.seal(dry_run.dumps(), place=found.place))
        .returning(Import.version)
    )
    return changed is not None


def import_by_id(db: Session, id: int, *, by: SignedIn, now: datetime) -> Import | None:
    """The user's own list, as long as it is kept; the outcome stays as long."""
    return db.scalar(select(Import).where(Import.id == id, Import.user_id == by.user_id, Import.made_at > now - KEPT))


def under_way(db: Session, *, by: SignedIn, now: datetime) -> Import | None:
    """The user's newest list that was not applied to its end."""
    begun = (Import.applied_at.is_not(None), Import.sealed.is_not(None), Import.made_at > now - KEPT)
    return db.scalar(select(Import).where(Import.user_id == by.user_id, *begun).order_by(Import.id.desc()).limit(1))


def forget_expired(db: Session, now: datetime) -> int:
    """Delete the lists that nobody applied within a day, and what came of the others; returns how many."""
    gone = delete(Import).where(Import.made_at <= now - KEPT).returning(Import.id)
    return len(db.scalars(gone).all())


def forget(db: Session, found: Import) -> None:
    """Delete a list, as its user wishes."""
    db.delete(found)
