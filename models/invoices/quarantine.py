"""The quarantine: documents that were refused, by name, digest and reason.

Their content is not kept: the sender has it, and the portal does not know whose it is (decision 0020).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Identity, Index, String, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment


class Refused(Base):
    """A file that could not be taken in; the same file again is the same row."""

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "last_at"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the content; of the name, where the content was too large to be read."""
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)


def keep_out(db: Session, *, digest: str, name: str, size: int, reason: str, now: datetime) -> None:
    """Note a refused file, or that it came once more."""
    again = update(Refused).where(Refused.digest == digest)
    again = again.values(name=name[:255], reason=reason[:500], last_at=now, times=Refused.times + 1)
    if db.scalar(again.returning(Refused.id)):
        return
    try:
        with db.begin_nested():
            db.add(Refused(digest=digest, name=name[:255], size=size, reason=reason[:500], first_at=now, last_at=now))
    except IntegrityError:  # it came twice at the same moment, and the other one was first
        db.execute(again)


def let_out(db: Session, digest: str) -> None:
    """The file has been taken in after all, for example because its payer became known."""
    db.execute(delete(Refused).where(Refused.digest == digest))


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused file as operators see it."""

    name: str
    reason: str
    times: int
    last_at: datetime


def quarantined(db: Session, at_most: int = 100) -> list[RefusedRow]:
    """What is in the quarantine, the latest first."""
    rows = db.execute(
        select(Refused.name, Refused.reason, Refused.times, Refused.last_at)
        .order_by(Refused.last_at.desc(), Refused.id.desc())
        .limit(at_most)
    )
    return [RefusedRow(*row) for row in rows]
