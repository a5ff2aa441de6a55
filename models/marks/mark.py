"""The table of marks, a row for each thing, and how one is set. What a mark means for an operator is not known here."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment


class Marked(StrEnum):
    """What has a mark."""

    POSTMAN = "postman"
    """A postman is at work; once a minute at most."""
    PURGE = "purge"
    BACKUP = "backup"
    FORWARDED = "forwarded"
    """A proxy that is named said for whom it asks,"""
    UNFORWARDED = "unforwarded"
    """one that is named did not,"""
    UNNAMED = "unnamed"
    """and one did that is not named; its address is told."""


class Mark(Base):
    """When a thing was last done or seen; without a row, never."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    told: Mapped[str] = mapped_column(String(100), default="")
    """What belongs to it, without personal data."""


def set_mark(db: Session, what: Marked, at: datetime, told: str = "") -> None:
    """Note that it was done or seen at a moment, for whoever asks; what was noted before is forgotten."""
    if _changed(db, what, at, told):
        return
    try:
        with db.begin_nested():
            db.add(Mark(name=what.value, at=at, told=told))
    except IntegrityError:  # another process was first
        _changed(db, what, at, told)


def marks(db: Session) -> Mapping[Marked, Mark]:
    """All marks that were ever set."""
    return {Marked(mark.name): mark for mark in db.scalars(select(Mark)) if mark.name in set(Marked)}


def _changed(db: Session, what: Marked, at: datetime, told: str) -> bool:
    changed = update(Mark).where(Mark.name == what.value).values(at=at, told=told).returning(Mark.name)
    return db.scalar(changed, execution_options={"synchronize_session": False}) is not None
