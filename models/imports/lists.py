"""Imports: a list of employees that somebody wants to bring in, looked over and not applied yet (section 5, number 9).

What such a list holds is in `dry_run`. A list is personal data, identity numbers among it: it is sealed, belongs to the
user who sent it, and is deleted after a day or once it is applied. What was done to whom stays for a while, in
`effects`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Identity, Index, Row, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, Right
from models.core.sealed import Keyring, Sealed
from models.imports.dry_run import DryRun
from models.users.sessions import SignedIn
from models.users.user import User

KEPT = timedelta(hours=24)
"""For how long a list waits to be applied."""
UNDONE_WITHIN = timedelta(days=7)
"""For how long one that was applied can be undone."""
_STOPPED = timedelta(seconds=30)
"""After which the next chunk does not come by itself."""
_LATELY = 20


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
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was settled what is done of it; None while it waits, and while a long one is looked over once more."""
    items: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many rows could be applied, until that is settled; then how much there is to do,"""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    """and how much is done."""
    leavers: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """Whom the user has said to be gone, by their ids, until they are."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many were added, changed and so on."""
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the last chunk of what it did was undone; None where nobody has asked for that."""
    undone_by: Mapped[str | None] = mapped_column(String(310))
    """Who has asked for it, as the log names one."""
    undone: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """How many of each fate are as they were before."""
    rest_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id", ondelete="SET NULL"))
    """The list in which the rows wait that were not brought in."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"imports:{self.key}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is being applied, or was, when whoever did so was killed."""
        return self.applied_at is not None and self.sealed is not None

    @property
    def is_looked_over(self) -> bool:
        """Whether it is settled what is done of it; what the release before has begun is."""
        return self.decided_at is not None or self.done > 0

    def has_stopped(self, now: datetime) -> bool:
        """Whether nobody seems to apply, or to undo it any more, where that is not at its end."""
        last = self.undone_at or self.applied_at
        return last is not None and now - last > _STOPPED

    @property
    def undone_until(self) -> datetime | None:
        """Until when it can be undone; None while it is not applied to its end."""
        return self.applied_at + UNDONE_WITHIN if self.applied_at and self.sealed is None else None

    def open(self, keyring: Keyring) -> DryRun:
        """The list as it was left."""
        assert self.sealed is not None
        return DryRun.loads(keyring.open(self.sealed, place=self.place))


@dataclass(frozen=True, slots=True)
class Dumped:
    """A list as it is kept: `DryRun.dumps` takes its time where the list is long."""

    text: str
    size: int

    @classmethod
    def of(cls, dry_run: DryRun) -> "Dumped":
        """As it is now."""
        return cls(dry_run.dumps(), dry_run.size)


def keep(db: Session, keyring: Keyring, dumped: Dumped, *, by: SignedIn, customer_id: int, now: datetime) -> int:
    """Keep a list for the user who sent it, until it is applied; returns its id."""
    forget_expired(db, now)
    kept = Import(
        customer_id=customer_id, user_id=by.user_id, key=secrets.token_hex(16), made_at=now, version=1, outcome={}
    )
    kept.sealed, kept.items = keyring.seal(dumped.text, place=kept.place), dumped.size
    db.add(kept)
    db.flush()
    return kept.id


def sealed_anew(keyring: Keyring, found: Import, dry_run: DryRun) -> str:
    """A list as it is now, sealed for where it stands."""
    return keyring.seal(dry_run.dumps(), place=found.place)


def change(db: Session, keyring: Keyring, found: Import, dry_run: DryRun) -> bool:
    """Keep a list as it is now; False where somebody changed or applied it since it was opened."""
    sealed = sealed_anew(keyring, found, dry_run)
    changed = db.scalar(
        update(Import)
        .where(Import.id == found.id, Import.version == found.version, Import.applied_at.is_(None))
        .values(version=found.version + 1, sealed=sealed, items=dry_run.size)
        .returning(Import.version)
    )
    return changed is not None


def import_by_id(db: Session, id: int, *, by: SignedIn, now: datetime) -> Import | None:
    """The user's own list, as long as it is kept; for whoever administers the whole company, what others applied."""
    return db.scalar(select(Import).where(Import.id == id, _is_seen(by), _is_kept(now)))


def applied_lately(db: Session, *, by: SignedIn, now: datetime) -> Sequence[Row[Any]]:
    """The lists that were applied, or are being applied, and can still be undone, the newest first, and by whom."""
    columns = (Import.id, Import.applied_at, Import.items, Import.done, Import.outcome, Import.undone_at)
    found = (
        select(*columns, Import.sealed.is_not(None).label("is_under_way"), User.full_name)
        .join(User, User.id == Import.user_id)
        .where(Import.applied_at.is_not(None), _is_seen(by), _is_kept(now))
        .order_by(Import.id.desc())
        .limit(_LATELY)
    )
    return db.execute(found).all()


def _is_seen(by: SignedIn) -> ColumnElement[bool]:
    own: ColumnElement[bool] = Import.user_id == by.user_id
    rights = (Right.ADMINISTRATOR, Right.EMPLOYEES)
    if by.scope is None or any(by.scope.units_with(right) is not None for right in rights):
        return own
    return own | (Import.applied_at.is_not(None) & Import.sealed.is_(None))


def _is_kept(now: datetime) -> ColumnElement[bool]:
    """Rows of a list for a day, whether it waits or was stopped; what it has done for as long as it can be undone."""
    kept: ColumnElement[bool] = Import.made_at > now - KEPT
    return kept | (Import.sealed.is_(None) & (Import.applied_at > now - UNDONE_WITHIN))


def forget_expired(db: Session, now: datetime) -> int:
    """Forget the rows of lists after a day, and the lists when they cannot be undone any more; returns how many."""
    stopped = (Import.made_at <= now - KEPT, Import.applied_at.is_not(None), Import.sealed.is_not(None))
    ended = update(Import).where(*stopped).values(sealed=None, leavers=[]).returning(Import.id)
    gone = delete(Import).where(~_is_kept(now)).returning(Import.id)
    how = {"synchronize_session": False}
    return sum(len(db.scalars(each, execution_options=how).all()) for each in (ended, gone))


def forget(db: Session, found: Import) -> None:
    """Delete a list, as its user wishes."""
    db.delete(found)
